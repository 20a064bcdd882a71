"""Amounts as published: exact, and never guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Amount, Unparsed
from kg.normalise.amounts import ZERO, StatedAmount, currencies, parse_amount, parse_number


def amount(text: str, currency: str = "EUR") -> Amount:
    stated = parse_amount(text, currency)
    assert isinstance(stated, StatedAmount)
    assert stated.amount is not None
    assert stated.stage == "imposed"
    return stated.amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4,800", "4800"),
        ("1,200,000,000", "1200000000"),
        ("12.000", "12000"),
        ("2.000", "2000"),
        ("4918.60", "4918.60"),
        ("4918,60", "4918.60"),
        ("9851.4", "9851.4"),
        ("239,000.00", "239000.00"),
        ("239.000,00", "239000.00"),
        ("1136975.00", "1136975.00"),
        ("7'552'800", "7552800"),
        ("7’552’800.50", "7552800.50"),
        ("7 552 800", "7552800"),
        ("7\u00a0552\u00a0800,5", "7552800.5"),
        ("7\u202f552\u202f800", "7552800"),
        ("0", "0"),
        ("0.00", "0"),
        ("2000030000", "2000030000"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,23,456",
        "1,234,56",
        "1.234.56",
        "12,0000",
        "0.500",
        "1.2345",
        "1,000.000",
        "1,000 000",
        "12.",
        ".5",
        "1e5",
        "-3",
        "+3",
        "١٢",
        "½",
        "1 2",
        "0,000",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


@given(st.integers(0, 10**15), st.sampled_from(",.'’ \u00a0\u202f\u2009"), st.integers(0, 99) | st.none())
def test_thousands_read_back(whole: int, mark: str, cents: int | None) -> None:
    fraction = "" if cents is None else f"{'.' if mark != '.' else ','}{cents:02d}"
    text = f"{whole:,}".replace(",", mark) + fraction
    assert parse_number(text) == Decimal(whole) + Decimal(cents or 0) / 100


@given(st.integers(0, 10**15), st.integers(0, 99), st.sampled_from(".,"))
def test_plain_numbers_read_back(whole: int, cents: int, mark: str) -> None:
    assert parse_number(f"{whole}") == whole
    assert parse_number(f"{whole}{mark}{cents:02d}") == Decimal(f"{whole}.{cents:02d}")


def test_numbers_are_exact() -> None:
    digits = "123456789012345678901234567890.12"
    assert str(parse_number(digits)) == digits
    assert str(amount("0.10").value) == "0.10"


@pytest.mark.parametrize(
    ("text", "currency", "value", "code"),
    [
        ("4,800", "EUR", "4800", "EUR"),
        ("12.000 EUR", "", "12000", "EUR"),
        ("12.000 EUR", "EUR", "12000", "EUR"),
        ("12.000 EUR", "€", "12000", "EUR"),
        ("4918.60 RON", "", "4918.60", "RON"),
        ("440,000 EUR", "", "440000", "EUR"),
        ("€12,000", "", "12000", "EUR"),
        ("EUR 12,000", "", "12000", "EUR"),
        ("EUR\u00a012\u00a0000", "", "12000", "EUR"),
        ("12 000\u00a0€", "", "12000", "EUR"),
        ("£500000", "", "500000", "GBP"),
        ("500000", "£", "500000", "GBP"),
        ("300", "nok", "300", "NOK"),
        ("1500 zł", "", "1500", "PLN"),
        ("1000 lei", "", "1000", "RON"),
    ],
)
def test_amounts(text: str, currency: str, value: str, code: str) -> None:
    found = amount(text, currency)
    assert (found.value, found.currency) == (Decimal(value), code)
    assert (found.minimum, found.maximum) == (None, None)
    assert found.verbatim == text


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Fine in three-digit amount", 100, 999),
        ("Fine in four-digit amount", 1000, 9999),
        ("Fine in five-digit amount", 10000, 99999),
        ("fine in SIX-digit amount", 100000, 999999),
        ("Fine amount between EUR 50 and EUR 800", 50, 800),
        ("Fine amount between EUR 100 and EUR 1,000", 100, 1000),
        ("Fine amount between € 350 and EUR 1000", 350, 1000),
    ],
)
def test_bounds(text: str, low: int, high: int) -> None:
    found = amount(text)
    assert found.value is None
    assert (found.minimum, found.maximum) == (Decimal(low), Decimal(high))
    assert (found.currency, found.verbatim) == ("EUR", text)


def test_stages_without_an_amount() -> None:
    assert parse_amount("Only intention to issue fine", "EUR") == StatedAmount(None, "intended")
    for text in ("", "Unknown", " unknown ", "n/a", "None"):
        assert parse_amount(text, "EUR") == StatedAmount(None, "unknown")


@pytest.mark.parametrize(
    ("text", "currency", "rule"),
    [
        ("0", "EUR", ZERO),
        ("0.00", "EUR", ZERO),
        ("0", "", ZERO),
        ("0 EUR", "", ZERO),
        ("-3 EUR", "", "an amount cannot be negative"),
        ("-3", "EUR", "an amount cannot be negative"),
        ("−3", "EUR", "an amount cannot be negative"),
        ("EUR -3", "", "an amount cannot be negative"),
        ("20,000 and 30,000 €", "", "more than one amount"),
        ("100-200", "EUR", "more than one amount"),
        ("Fine amount between EUR 800 and EUR 50", "EUR", "more than one amount"),
        ("Fine amount between EUR 50 and GBP 80", "EUR", "two currencies for one amount"),
        ("Fine amount between EUR 50 and EUR 80", "GBP", "two currencies for one amount"),
        ("15000", "", "no currency stated"),
        ("Fine in five-digit amount", "", "no currency stated"),
        ("15000 XAU", "", "unknown currency 'XAU'"),
        ("15000", "kr", "unknown currency 'kr'"),
        ("15000 EUR", "GBP", "two currencies for one amount"),
        ("€ 15000 GBP", "", "two currencies for one amount"),
        ("£ 15000 GBP", "€", "two currencies for one amount"),
        ("about 15000", "EUR", "unknown currency 'about'"),
        ("about 15000 EUR", "", "unknown currency 'about'"),
        ("Fine in several-digit amount", "EUR", "not an amount"),
        ("1,23,456", "EUR", "not an amount"),
        ("a warning", "EUR", "not an amount"),
        ("15k", "EUR", "unknown currency 'k'"),
        ("1.5 million", "EUR", "unknown currency 'million'"),
    ],
)
def test_what_is_not_certain_is_kept_as_written(text: str, currency: str, rule: str) -> None:
    value = parse_amount(text, currency, field="amount")
    assert isinstance(value, Unparsed)
    assert value.rule == rule
    assert value.field == "amount"
    assert value.verbatim is not None
    assert value.verbatim.removesuffix(f" ({currency})") == text
    assert value.fix


@given(
    st.text() | st.from_regex(r"[A-Z€]{0,3} ?[0-9.,' -]{0,20} ?[a-z€]{0,3}"),
    st.text() | st.just("EUR"),
)
def test_never_raises(text: str, currency: str) -> None:
    stated = parse_amount(text, currency)
    if isinstance(stated, StatedAmount) and stated.amount is not None:
        found = stated.amount
        numbers = [n for n in (found.value, found.minimum, found.maximum) if n is not None]
        assert numbers
        assert all(isinstance(number, Decimal) and number >= 0 for number in numbers)
        assert found.currency in currencies().values()


def test_long_numbers_take_no_time() -> None:
    endings = ("1" * 100_000, "1 " * 50_000, "1," * 50_000, "x" * 100_000, "1,000" * 20_000)
    for text in [f"{ending}x y" for ending in endings]:
        assert isinstance(parse_amount(text, "EUR"), Unparsed)


def test_every_currency_of_the_scheme() -> None:
    table = currencies()
    assert {"EUR", "GBP", "NOK", "SEK", "DKK", "ISK", "PLN", "HUF", "RON", "CZK"} <= table.keys()
    assert all(table[code] == code for code in table.values())
    assert (table["€"], table["£"]) == ("EUR", "GBP")


def test_every_amount_of_the_real_tracker(shared_data: Path) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    stated = [parse_amount(row[5], "EUR") for row in rows]
    assert [item.rule for item in stated if isinstance(item, Unparsed)] == [ZERO] * 6
    known = [item for item in stated if isinstance(item, StatedAmount)]
    exact = sum(item.amount is not None and item.amount.value is not None for item in known)
    ranges = sum(item.amount is not None and item.amount.minimum is not None for item in known)
    assert (exact, ranges) == (1766 + 249 + 94 + 1 - 6, 20 + 13)
    assert [item.stage for item in known].count("intended") == 6
    assert [item.stage for item in known].count("unknown") == 76
