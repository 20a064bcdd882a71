"""Dates as published: bounds, precision, and nothing guessed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import DateValue, Unparsed
from kg.normalise.dates import EARLIEST, parse_date

AS_OF = date(2024, 3, 31)


def read(text: str, *, month_first: bool = False) -> DateValue | Unparsed | None:
    return parse_date(text, field="decided", as_of=AS_OF, month_first=month_first)


def bounds(text: str, *, month_first: bool = False) -> tuple[str, str, str]:
    value = read(text, month_first=month_first)
    assert isinstance(value, DateValue)
    return value.earliest.isoformat(), value.latest.isoformat(), value.precision


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2018-12-09", "2018-12-09", "2018-12-09", "day"),
        (" 2018-12-09 ", "2018-12-09", "2018-12-09", "day"),
        ("2020-09-20 00:00:00 UTC", "2020-09-20", "2020-09-20", "day"),
        ("2020-09-20T00:00:00Z", "2020-09-20", "2020-09-20", "day"),
        ("2020-09-20T00:00:00+00:00", "2020-09-20", "2020-09-20", "day"),
        ("2019-03", "2019-03-01", "2019-03-31", "month"),
        ("2020-02", "2020-02-01", "2020-02-29", "month"),
        ("2019-02", "2019-02-01", "2019-02-28", "month"),
        ("2000-02", "2000-02-01", "2000-02-29", "month"),
        ("2018", "2018-01-01", "2018-12-31", "year"),
        ("2020-02-29", "2020-02-29", "2020-02-29", "day"),
        ("1995-10-24", "1995-10-24", "1995-10-24", "day"),
        ("1995", "1995-01-01", "1995-12-31", "year"),
        ("2024-03-31", "2024-03-31", "2024-03-31", "day"),
        ("2024", "2024-01-01", "2024-12-31", "year"),
    ],
)
def test_bounds_and_precision(text: str, earliest: str, latest: str, precision: str) -> None:
    assert bounds(text) == (earliest, latest, precision)


@pytest.mark.parametrize("text", ["", " ", "Unknown", "UNKNOWN", "n/a", "None", "not known"])
def test_stated_absence(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2021-02-31", "no such day"),
        ("2021-02-29", "no such day"),
        ("1900-02-29", "no such day"),
        ("2021-13", "no such day"),
        ("2021-00", "no such day"),
        ("2021-00-15", "no such day"),
        ("2021-05-00", "no such day"),
        ("0000", "no such day"),
        ("1995-10-23", "outside 1995-10-24 to 2024-03-31"),
        ("1994", "outside"),
        ("0209-12-03 00:00:00 UTC", "outside"),
        ("2024-04-01", "outside"),
        ("2024-04", "outside"),
        ("2025", "outside"),
        ("9999-12-31", "outside"),
        ("2021-5-4", "not a date"),
        ("2021/05/04", "not a date"),
        ("04.05.2021", "not a date"),
        ("10/18/2019", "not a date"),
        ("2021-05-04 13:00:00 UTC", "not a date"),
        ("2021-05-04T00:00:00+02:00", "not a date"),
        ("spring 2021", "not a date"),
        ("２０２１", "not a date"),
        ("-2021", "not a date"),
    ],
)
def test_what_is_no_date_is_kept_as_written(text: str, rule: str) -> None:
    value = read(text)
    assert isinstance(value, Unparsed)
    assert (value.field, value.verbatim) == ("decided", text)
    assert rule in value.rule
    assert value.fix


def test_month_first_is_a_convention_of_the_source() -> None:
    assert bounds("10/18/2019", month_first=True) == ("2019-10-18", "2019-10-18", "day")
    assert bounds("02/03/2019", month_first=True) == ("2019-02-03", "2019-02-03", "day")
    for text in ("18/10/2019", "02/30/2019", "01/01/1970", "00/01/2019"):
        assert isinstance(read(text, month_first=True), Unparsed)


@given(st.dates(EARLIEST, AS_OF))
def test_every_day_in_bounds(day: date) -> None:
    assert bounds(day.isoformat()) == (day.isoformat(), day.isoformat(), "day")
    assert bounds(day.strftime("%m/%d/%Y"), month_first=True)[0] == day.isoformat()
    first, last, _ = bounds(day.isoformat()[:7])
    assert first <= day.isoformat() <= last
    assert date.fromisoformat(last) + timedelta(days=1) == (
        date(day.year + day.month // 12, day.month % 12 + 1, 1)
    )


@given(st.dates() | st.text(), st.dates(), st.booleans())
def test_never_raises(written: date | str, as_of: date, month_first: bool) -> None:
    text = str(written)
    value = parse_date(text, field="f", as_of=as_of, month_first=month_first)
    if isinstance(value, DateValue):
        assert value.earliest <= min(value.latest, as_of)
        assert value.latest >= EARLIEST
    elif value is not None:
        assert value.verbatim == text


def test_every_date_of_the_real_tracker(shared_data: Path) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    values = [read(row[4]) for row in rows]
    precision = [value.precision for value in values if isinstance(value, DateValue)]
    counts = [precision.count("day"), precision.count("month"), precision.count("year"), values.count(None)]
    assert counts == [1994, 8, 201, 22]
