"""The rules for the values of a curated case: strings as written, checked one by one.

YAML is read without types (see `kg.sources.curated`), so every value arrives as the text
the curator wrote: `NO`, `1_000`, `010` and `2022-10-17` mean here what they look like.
What a value may refer to (authorities, provisions, parties, sources, decisions, measures)
comes from the `Scope` given as pydantic's validation context.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

import pycountry
from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kg.model import DateValue, ProvisionRef

ProvisionParser = Callable[[str, str], Sequence[tuple[str, str]]]
"""`(text, instrument key) -> [(instrument key, path)]`; raises ValueError for a provision
that does not exist. `text` is written like "Art. 5(1)(a)"."""

GDPR: Final = "eu/reg/2016/679"
INSTRUMENTS: Final[Mapping[str, str]] = {"gdpr": GDPR}
CURRENCIES: Final = frozenset(re.findall(r"\w+", "EUR GBP NOK SEK DKK ISK PLN HUF RON BGN CZK HRK CHF USD"))
LANGUAGES: Final = frozenset(
    re.findall(
        r"\w+",
        "BUL CAT CES DAN DEU ELL ENG EST EUS FIN FRA GLE GLG HRV HUN ISL ITA LAV LIT LTZ MLT NLD NNO NOB NOR "
        "POL POR RON SLK SLV SPA SWE",
    )
)
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Scope:
    """What the values of one file may refer to."""

    parse_provision: ProvisionParser
    authorities: Collection[str] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    """Reference as written (`authority/number`) to the decision's key (`authority/key`)."""
    parties: Collection[str] = ()
    sources: Collection[str] = ()
    conduct: Collection[str] = ()
    findings: Collection[str] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    """Local id to kind."""


def fail(rule: str, *, fix: str = "", secret: bool = False) -> PydanticCustomError:
    """An error that carries the project's own rule and fix; `secret` keeps the value out of it."""
    text = rule.replace("{", "(").replace("}", ")")
    return PydanticCustomError("rule", text, {"fix": fix, "secret": secret})


def nearest(value: str, known: Iterable[str]) -> str:
    """A suggestion: the known word nearest to `value`, or nothing."""
    found = get_close_matches(value, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]!r}?" if found else ""


def _scope(info: ValidationInfo) -> Scope:
    assert isinstance(info.context, Scope), "a case is validated in a Scope"
    return info.context


def one_of(what: str, known: Callable[[Scope], Collection[str]]) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        names = known(_scope(info))
        if value not in names:
            raise fail(f"unknown {what}", fix=nearest(value, names))
        return value

    return check


def text_of(value: Any) -> Any:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise fail("must not be empty")
    if not isinstance(value, str):
        raise fail("must be one text, not a list or a mapping")
    return value.strip()


def matching(pattern: str, rule: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise fail(rule)
        return value

    return check


def member(what: str, known: Callable[[], Collection[str]]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known():
            raise fail(f"unknown {what}", fix=nearest(value, known()))
        return value

    return check


@dataclass(frozen=True, slots=True)
class Choice:
    """Annotation metadata: one of some words, with a suggestion where it is none of them."""

    what: str
    names: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        known = member(self.what, lambda: self.names)
        return core_schema.no_info_plain_validator_function(lambda value: known(text_of(value)))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.names)}


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-3 codes, as the EU country table uses them."""
    return frozenset(country.alpha_3 for country in pycountry.countries)


def parse_date(value: str) -> DateValue:
    """`2022-10-17`, `2022-10` or `2022`; the precision is what is written. ValueError otherwise."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value)
    if not found:
        raise fail("a date is written 2022-10-17, 2022-10 or 2022")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise fail(f"the year is outside {FIRST_YEAR} to {LAST_YEAR}")
    if month is not None and not 1 <= month <= 12:
        raise fail("there is no such month")
    last = calendar.monthrange(year, month)[1] if month else 31
    if day is not None and not 1 <= day <= last:
        raise fail(f"there is no such day: {year}-{month:02d} has {last} days")
    return DateValue(
        verbatim=value,
        earliest=date(year, month or 1, day or 1),
        latest=date(year, month or 12, day or last),
        precision="day" if day else "month" if month else "year",
    )


def exact(value: DateValue) -> DateValue:
    if value.precision != "day":
        raise fail("the exact day is needed here, written 2022-10-17")
    return value


def decimal_of(value: str) -> Decimal:
    if value.startswith("-"):
        raise fail("an amount must not be negative")
    if not re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", value):
        raise fail("one number in digits, with a point before decimals and no separator, e.g. 7552800.50")
    return Decimal(value)


def integer_of(value: str) -> int:
    if not re.fullmatch(r"0|[1-9]\d{0,6}", value):
        raise fail("a whole number in digits")
    return int(value)


def parse_reference(value: str, parse: ProvisionParser) -> ProvisionRef:
    """`gdpr 5(1)(a)` or `{instrument key} {article}` as one provision. PydanticCustomError otherwise."""
    law, _, place = value.partition(" ")
    fix = "write it like `gdpr 5(1)(a)`"
    if not place:
        raise fail("a provision names a law and an article", fix=fix)
    try:
        found = parse(f"Art. {place.strip()}", INSTRUMENTS.get(law, law))
    except ValueError as error:
        raise fail(str(error) or "no such provision", fix=fix) from None
    if len(found) != 1:
        raise fail("exactly one provision is needed here", fix=fix)
    return ProvisionRef(instrument=found[0][0], path=found[0][1], verbatim=value)


def check_value(property_: str, value: str, info: ValidationInfo) -> None:
    """Fails where a value in conflict is not of the property's kind: a provision, a date."""
    if property_ == "concernsProvision":
        parse_reference(value, _scope(info).parse_provision)
    elif property_.endswith("Date"):
        parse_date(value)


def provision_of(value: Any, info: ValidationInfo) -> ProvisionRef:
    return parse_reference(text_of(value), _scope(info).parse_provision)


def decision_of(value: str, info: ValidationInfo) -> str:
    known = _scope(info).decisions
    if value not in known:
        raise fail("no decision has this authority/number", fix=nearest(value, known))
    return known[value]


def target_of(value: str, info: ValidationInfo) -> str:
    if "/" in value:
        return decision_of(value, info)
    return one_of("measure or finding", lambda s: {*s.measures, *s.findings})(value, info)


def claimant_of(value: str, info: ValidationInfo) -> str:
    scope = _scope(info)
    known = {*scope.parties, *scope.sources, *scope.authorities}
    if value not in known:
        raise fail("unknown party, authority or source", fix=nearest(value, known))
    return value


def measure_of(kind: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        measures = _scope(info).measures
        if value not in measures:
            raise fail("unknown measure", fix=nearest(value, measures))
        if measures[value] != kind:
            raise fail(f"must be the id of a measure of kind {kind}")
        return value

    return check


def valid_lei(value: str) -> bool:
    """ISO 17442 with the ISO 7064 MOD 97-10 check digits."""
    return (
        bool(re.fullmatch(r"[A-Z0-9]{18}\d{2}", value))
        and int("".join(str(int(c, 36)) for c in value)) % 97 == 1
    )


def party_id(value: str) -> str:
    head, _, rest = value.partition("/")
    if head == "lei":
        if not valid_lei(rest):
            raise fail("not a valid LEI (20 characters with two check digits)")
    elif not re.fullmatch(r"x/[0-9A-HJKMNP-TV-Z]{26}|[a-z]{2}/[a-z0-9-]+/[A-Za-z0-9.-]+", value):
        raise fail("a party id is lei/{LEI}, {country}/{register}/{number} or x/{ULID}")
    return value
