"""Published amounts of money. What is not certain is kept as written, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import Literal, RdfFormat, parse

from kg.model import Amount, Unparsed
from kg.namespaces import iri
from kg.resources import ONTOLOGY

Stage = OneOf["imposed", "intended", "unknown"]

ZERO: Final = "a fine of zero is not an amount imposed"
"""The rule of an amount of zero, by which a tracker marks a fine that does not stand."""

_FIX: Final = "state one amount and its currency"
_STATED_ABSENCE: Final = {"", "unknown", "n/a", "none", "not known"}
_DIGIT_WORDS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
# No-break, narrow no-break and thin spaces, and the typographic apostrophe, are written too.
_MARKS: Final = ".,'’ \u00a0\u202f\u2009"
_DIGITS: Final = re.compile(r"fine in (\w+)-digit amount", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"fine amount between (\S+) ([\d.,]+) and (\S+) ([\d.,]+)", re.IGNORECASE)
_INTENTION: Final = re.compile(r"only intention to issue fine", re.IGNORECASE)
_PLAIN: Final = re.compile(
    rf"(?P<before>[^\d\s.,+−–—-]*)\s?(?P<number>[0-9][0-9{_MARKS}]*)(?P<after>[^\d\s.,+−–—-]*)"
)
_GROUPED: Final = re.compile(
    rf"[1-9][0-9]{{0,2}}(?P<mark>[{_MARKS}])[0-9]{{3}}(?:(?P=mark)[0-9]{{3}})*(?:(?!(?P=mark))[.,][0-9]{{1,2}})?"
)
_DECIMAL: Final = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """What a source says about the sum: an amount, or none, at a stage of the procedure."""

    amount: Amount | None
    stage: Stage = "imposed"


@cache
def currencies() -> dict[str, str]:
    """Every code and symbol of ontology/schemes/currency.ttl, to its ISO 4217 code."""
    codes: dict[str, str] = {}
    names: list[tuple[str, str]] = []
    path = ONTOLOGY / "schemes" / "currency.ttl"
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        subject, value = str(quad.subject), quad.object.value if isinstance(quad.object, Literal) else ""
        if quad.predicate == iri("skos:notation"):
            codes[subject] = value
        elif quad.predicate == iri("skos:hiddenLabel"):
            names.append((subject, value))
    return {code: code for code in codes.values()} | {name: codes[subject] for subject, name in names}


def parse_number(text: str) -> Decimal | None:
    """A number with dot, comma, apostrophe or space between thousands; None if it is not one.

    Money has at most two decimals, so a mark before exactly three digits separates
    thousands: `12.000` is twelve thousand, `4918.60` is not.
    """
    if match := _GROUPED.fullmatch(text):
        mark = match["mark"]
        whole = text.replace(mark, "")
        return Decimal(whole.replace(",", "."))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def parse_amount(text: str, currency: str, *, field: str = "amount") -> StatedAmount | Unparsed:
    """An amount as published in `text`, with the currency the source gives beside it ("" if none).

    Returns the stated amount in major currency units, or Unparsed with the rule it breaks.
    """
    written = text.strip()
    if written.casefold() in _STATED_ABSENCE:
        return StatedAmount(None, "unknown")
    if _INTENTION.fullmatch(written):
        return StatedAmount(None, "intended")
    bounds = _bounds(written, currency)
    if bounds is not None:
        return _in_currency(text, bounds[0], field, minimum=bounds[1], maximum=bounds[2])
    match = _PLAIN.fullmatch(written)
    value = parse_number(match["number"].strip()) if match else None
    if match is None or value is None:
        return Unparsed(field=field, verbatim=text, rule=_why_not(written), fix=_FIX)
    if value == 0:
        fix = "state the amount imposed, and what ended it"
        return Unparsed(field=field, verbatim=text, rule=ZERO, fix=fix)
    named = [name for name in (match["before"], match["after"]) if name]
    return _in_currency(text, [*named, currency], field, value=value)


def _bounds(written: str, currency: str) -> tuple[list[str], Decimal, Decimal] | None:
    if (match := _DIGITS.fullmatch(written)) and (digits := _DIGIT_WORDS.get(match[1].casefold())):
        return [currency], Decimal(10 ** (digits - 1)), Decimal(10**digits - 1)
    if match := _BETWEEN.fullmatch(written):
        low, high = parse_number(match[2]), parse_number(match[4])
        if low is not None and high is not None and low <= high:
            return [match[1], match[3], currency], low, high
    return None


def _code(name: str) -> str | None:
    return currencies().get(name) or currencies().get(name.upper())


def _in_currency(
    text: str,
    names: list[str],
    field: str,
    *,
    value: Decimal | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
) -> StatedAmount | Unparsed:
    """The amount in the one currency that all `names` stand for; empty names say nothing."""
    codes = {name: _code(name) for name in names if name}
    unknown = [name for name, code in codes.items() if code is None]
    if len(set(codes.values())) == 1 and not unknown:
        (code,) = {code for code in codes.values() if code}
        return StatedAmount(
            Amount(verbatim=text.strip(), currency=code, value=value, minimum=minimum, maximum=maximum)
        )
    if unknown:
        rule = f"unknown currency {unknown[0]!r}"
    else:
        rule = "two currencies for one amount" if codes else "no currency stated"
    beside = f" ({names[-1]})" if names[-1] else ""
    return Unparsed(field=field, verbatim=f"{text}{beside}", rule=rule, fix="use one ISO 4217 code")


def _why_not(written: str) -> str:
    if re.match(r"[^\d.,]*[-−–]\s*\d", written):
        return "an amount cannot be negative"
    if len(re.findall(r"\d[\d.,]*", written)) > 1:
        return "more than one amount"
    return "not an amount"
