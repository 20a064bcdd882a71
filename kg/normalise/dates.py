"""Published dates as bounds with a precision. Nothing is completed or corrected."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final, Literal

from kg.model import DateValue, Unparsed

EARLIEST: Final = date(1995, 10, 24)
"""Adoption of Directive 95/46/EC: no decision on European data protection law is older."""

_STATED_ABSENCE: Final = {"", "unknown", "n/a", "none", "not known"}
_ISO: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ]00:00:00(?: UTC|Z|\+00:00)?)?)?)?")
_US: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def parse_date(
    text: str, *, field: str, as_of: date, month_first: bool = False
) -> DateValue | Unparsed | None:
    """A date as published, its bounds and precision; None where the source says it has none.

    Accepts `YYYY`, `YYYY-MM`, `YYYY-MM-DD` with an optional midnight in UTC, and
    `MM/DD/YYYY` where `month_first` says that the source writes so. Days that do not exist
    and dates outside `EARLIEST` to `as_of` come back as Unparsed, as written.
    """
    written = text.strip()
    if written.casefold() in _STATED_ABSENCE:
        return None

    def unparsed(rule: str, fix: str = "look the date up in the decision") -> Unparsed:
        return Unparsed(field=field, verbatim=text, rule=rule, fix=fix)

    parts = _parts(written, month_first)
    if parts is None:
        return unparsed("not a date", "write YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = parts
    try:
        earliest = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return unparsed("no such day in the calendar")
    last_month = month or 12
    latest = date(year, last_month, day or monthrange(year, last_month)[1])
    if latest < EARLIEST or earliest > as_of:
        return unparsed(f"outside {EARLIEST.isoformat()} to {as_of.isoformat()}")
    precision: Literal["day", "month", "year"] = "day" if day else "month" if month else "year"
    return DateValue(verbatim=written, earliest=earliest, latest=latest, precision=precision)


def _parts(written: str, month_first: bool) -> tuple[int, int | None, int | None] | None:
    if month_first and (us := _US.fullmatch(written)):
        return int(us[3]), int(us[1]), int(us[2])
    iso = _ISO.fullmatch(written)
    if iso is None:
        return None
    return int(iso[1]), int(iso[2]) if iso[2] else None, int(iso[3]) if iso[3] else None
