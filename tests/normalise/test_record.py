"""A record, typed: nothing guessed, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InvalidRecord, UnsupportedRecord
from kg.model import Conventions, RawRecord, Record
from kg.normalise import normalise, unsupported
from kg.sources import SOURCES
from tests.conftest import ROOT

AS_OF = date(2024, 3, 31)
GDPR = "eu/reg/2016/679"
FILES = {"enforcementtracker": "enforcementtracker.json", "gdprhub": "gdprhub.jsonl"}
RAW: dict[str, RawRecord] = {
    item.key: item
    for source, file in FILES.items()
    for item in SOURCES[source].read(ROOT / "tests" / "fixtures" / file)
    if isinstance(item, RawRecord)
}


def typed(raw: RawRecord, **changes: Any) -> Record:
    """The record, with some of its fields changed (None takes one away)."""
    fields = {name: value for name, value in (raw.fields | changes).items() if value is not None}
    changed = raw.model_copy(update={"fields": fields})
    return normalise(changed, SOURCES[raw.source].conventions, as_of=AS_OF)


def tracker(number: int, **changes: Any) -> Record:
    return typed(RAW[f"ETid-{number}"], **changes)


def hub(number: int, **changes: Any) -> Record:
    return typed(RAW[str(number)], **changes)


def left(record: Record) -> list[tuple[str, str | None]]:
    return [(item.field, item.verbatim) for item in record.unparsed]


def paths(record: Record) -> tuple[list[str], list[str]]:
    return [ref.path for ref in record.infringed], [ref.path for ref in record.cited]


# The tracker's rows


def test_the_trackers_articles_are_findings() -> None:
    record = tracker(9002)
    assert paths(record) == (
        [
            "art_5/par_1/pnt_a",
            "art_5/par_1/pnt_f",
            "art_32/par_1/pnt_b",
            "art_32/par_1/pnt_d",
            "art_32/par_2",
        ],
        [],
    )
    assert record.kind == "SanctionDecision"
    assert record.unparsed == ()


@pytest.mark.parametrize("number", [9006, 9007])
def test_but_not_where_the_fine_is_only_intended_or_fell(number: int) -> None:
    record = tracker(number)
    assert record.infringed == ()
    assert len(record.cited) == 2
    assert record.kind is None


def test_an_intended_fine_has_its_stage_and_no_amount() -> None:
    (measure,) = tracker(9006).measures
    assert (measure.kind, measure.stage, measure.amount) == ("AdministrativeFine", "intended", None)


@pytest.mark.parametrize("zero", ["0", "0.00", "0 EUR", " 0 "])
def test_a_fine_of_zero_is_kept_as_written_and_is_no_measure(zero: str) -> None:
    record = tracker(9007, amount=zero)
    assert record.measures == ()
    assert left(record) == [("amount", zero)]
    assert record.infringed == ()


def test_an_amount_that_is_not_understood_leaves_the_findings() -> None:
    record = tracker(9002, amount="20,000 and 30,000")
    assert len(record.infringed) == 5
    assert record.measures == ()
    assert record.kind is None
    assert left(record) == [("amount", "20,000 and 30,000")]


def test_an_unknown_amount_leaves_the_findings_and_states_no_measure() -> None:
    record = tracker(9002, amount="Unknown")
    assert len(record.infringed) == 5
    assert (record.measures, record.kind, record.unparsed) == ((), None, ())


def test_a_whole_law_is_never_a_finding() -> None:
    record = tracker(9011)
    assert record.infringed == ()
    assert [(ref.instrument, ref.path) for ref in record.cited] == [(GDPR, "")]


def test_national_law_is_read_with_the_authoritys_country() -> None:
    assert [(ref.instrument, ref.path) for ref in tracker(9008).infringed] == [
        (GDPR, "art_5/par_1/pnt_a"),
        (GDPR, "art_5/par_1/pnt_c"),
        ("it/codice-privacy", "art_2-ter"),
    ]


@pytest.mark.parametrize(
    ("number", "verbatim", "rest"),
    [(9009, "Art. 100 GDPR", ["art_15"]), (9010, "Art. 5 (1) z) GDPR", ["art_6"])],
)
def test_provisions_that_do_not_exist_are_kept_beside_those_that_do(
    number: int, verbatim: str, rest: list[str]
) -> None:
    record = tracker(number)
    assert left(record) == [("provisions", verbatim)]
    assert paths(record) == (rest, [])


def test_exact_and_bounded_amounts() -> None:
    amounts = [tracker(number).measures[0].amount for number in (9001, 9002, 9005)]
    found = [(a.value, a.minimum, a.maximum, a.currency) for a in amounts if a is not None]
    assert found == [
        (Decimal(4800), None, None, "EUR"),
        (None, Decimal(10000), Decimal(99999), "EUR"),
        (None, Decimal(100), Decimal(1000), "EUR"),
    ]


def test_dates_keep_their_precision() -> None:
    stated = [tracker(number).decided for number in (9001, 9002, 9003, 9004)]
    assert [value and value.precision for value in stated] == ["day", "month", "year", None]


def test_parties_of_the_tracker_are_respondents_and_people_have_no_name() -> None:
    parties = [tracker(number).parties[0] for number in range(9001, 9013)]
    assert {party.role for party in parties} == {"respondent"}
    assert [party.name for party in parties if party.name_status != "published"] == [None] * 4
    assert parties[3].kind == "natural-person"
    assert [parties[n].name_status for n in (10, 11)] == ["withheld", "withheld"]


def test_a_row_that_says_nothing_is_still_a_record() -> None:
    record = tracker(9004)
    assert (record.authority, record.sector) == ("at-dsb", "individuals-associations")
    assert (record.decided, record.measures, record.infringed, record.cited) == (None, (), (), ())
    assert (record.infringement_type, record.unparsed) == (None, ())


# GDPRhub's records


def test_relevant_law_is_cited_and_not_infringed() -> None:
    record = hub(90002)
    assert record.infringed == ()
    assert len(record.cited) == 6
    assert record.kind == "SanctionDecision"
    assert record.outcome == "violation-found"


def test_a_single_candidate_is_what_a_violation_was_found_of() -> None:
    assert paths(hub(90005)) == (["art_32/par_1/pnt_b"], [])
    procedure = [{"article": "32"}, {"article": "4", "paragraph": "1"}, {"article": "83"}]
    infringed, cited = paths(hub(90005, provisions=procedure))
    assert infringed == ["art_32"]
    assert "art_83" in cited


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "No Violation Found"},
        {"outcome": "Rejected"},
        {"outcome": "Partly Upheld"},
        {"outcome": "Other Outcome"},
        {"outcome": "n/a"},
        {"outcome": None},
        {"outcome": "something new"},
        {"provisions": [{"article": "32"}, {"article": "33"}]},
        {"provisions": [{"article": "32"}, {"article": "100"}]},
        {"provisions": [{"article": "83"}]},
        {"other_laws": ["Art. 21 LSSI"]},
        {"other_laws": ["some law that is not known"]},
        {"amount": "0"},
        {"trigger": "Advisory Opinion"},
    ],
)
def test_in_any_other_case_nothing_is_said_to_be_infringed(changes: dict[str, Any]) -> None:
    assert hub(90005, **changes).infringed == ()


def test_parties_of_gdprhub_have_no_side_unless_it_is_said() -> None:
    assert [party.role for party in hub(90009).parties] == ["complainant", "undetermined"]
    assert [party.name_status for party in hub(90001).parties] == ["withheld", "published"]
    assert [party.name for party in hub(90003).parties] == [None, "EJEMPLO ENERGÍA, S.L."]


def test_every_class_of_outcome() -> None:
    outcomes = [hub(number).outcome for number in (90001, 90002, 90003, 90004, 90006, 90007, 90009)]
    assert outcomes == [
        "upheld",
        "violation-found",
        "rejected",
        "other",
        "no-violation",
        "no-further-action",
        "partly-upheld",
    ]
    assert hub(90003).kind == "DismissalDecision"


def test_a_rejection_with_an_amount_that_is_not_understood_is_no_dismissal() -> None:
    assert hub(90003, amount="-3", currency="EUR").kind is None
    assert hub(90003, amount="3", currency="EUR").kind == "SanctionDecision"


def test_an_opinion_is_no_decision_and_has_neither_fine_nor_finding() -> None:
    record = hub(90008, amount="500", currency="EUR", outcome="Violation Found")
    assert record.kind == "AdvisoryOpinion"
    assert (record.measures, record.infringed, record.trigger) == ((), (), None)
    assert left(record) == [("amount", "500")]


def test_missing_currency_is_not_guessed_from_the_country() -> None:
    record = hub(90005)
    assert record.measures == ()
    assert ("amount", "2000") in left(record)


def test_a_currencys_sign_is_read() -> None:
    amount = hub(90002).measures[0].amount
    assert amount is not None
    assert (amount.currency, amount.value) == ("EUR", Decimal(20_000_000))


def test_implausible_dates_and_malformed_identifiers_are_kept() -> None:
    assert left(hub(90004)) == [("decided", "2035-08-16 00:00:00 UTC")]
    assert left(hub(90006)) == [("ecli", "EDPBI:EE:OSS:D:2019:9")]
    assert hub(90001).ecli == "ECLI:AT:DSB:2021:2021.0.000.001"


@pytest.mark.parametrize(
    "number",
    [
        "SAN-2022-900",
        "PS/00001/2021",
        "ps-00205-2021",
        "NAIH-9/2021",
        "2021-0.000.001 (D000.001)",
        "Délibération SAN-2021-024",
        "Decision 50/2021",
        "Mál nr. 2020010601",
        "ZSPR.421.2.2019",
        "9896808",
        "C-999/99",
    ],
)
def test_official_numbers(number: str) -> None:
    assert hub(90001, official_number=f" {number} ").official_number == number


@pytest.mark.parametrize(
    "name",
    [
        "Fine against Erika Mustermann",
        "Erika Mustermann",
        "Mustermann 12/2020",
        "Max 12/2020",
        "Ana Paz 7",
        "12/2020 (Erika)",
        "MUSTERMANN-12/2020",
        "Mr. M 3",
        "no number",
        "X" * 70 + "1",
    ],
)
def test_names_of_cases_are_withheld(name: str) -> None:
    record = hub(90001, official_number=name)
    assert record.official_number is None
    assert left(record) == [("official_number", None)]


@pytest.mark.parametrize("text", ["", "n/a", "Unknown", "-", "Not public", "not known."])
def test_numbers_that_are_stated_to_be_absent(text: str) -> None:
    record = hub(90001, official_number=text)
    assert (record.official_number, left(record)) == (None, [])


@pytest.mark.parametrize("status", ["Not appealed", "Pending appeal", "Appealed - Partly Confirmed", "no"])
def test_statuses_of_appeals(status: str) -> None:
    assert hub(90001, appeal_status=status).appeal_status == status


@pytest.mark.parametrize("status", ["Erika appealed", "Appealed by Erika Mustermann", "Unknown: " + "x" * 99])
def test_sentences_about_appeals_are_withheld(status: str) -> None:
    record = hub(90001, appeal_status=status)
    assert record.appeal_status is None
    assert left(record) == [("appeal_status", None)]


def test_a_sentence_in_the_fixture_is_withheld() -> None:
    assert left(hub(90003)) == [("appeal_status", None)]


# What is refused, and what waits


@pytest.mark.parametrize(("number", "kind"), [(90011, "court"), (90012, "cjeu")])
def test_court_records_are_sound_but_not_handled_yet(number: int, kind: str) -> None:
    error = unsupported(RAW[str(number)])
    assert isinstance(error, UnsupportedRecord)
    assert (error.field, error.value, error.line, error.key) == ("decider", kind, number - 90000, str(number))
    assert "not supported yet" in error.rule


def test_records_of_authorities_are_handled() -> None:
    assert [unsupported(raw) for raw in RAW.values()].count(None) == len(RAW) - 2


@pytest.mark.parametrize(
    ("label", "country", "reason"),
    [
        ("Oracle (Atlantis)", "Atlantis", "unknown label"),
        ("CNIL (France)", "Spain", "conflict"),
        ("Datatilsynet", "", "ambiguous"),
        ("", "France", ""),
    ],
)
def test_an_unknown_authority_refuses_the_record(label: str, country: str, reason: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        hub(90001, authority=label, country=country)
    error = caught.value
    assert (error.field, error.value, error.key, error.line) == ("authority", label, "90001", 1)
    assert reason in error.rule
    assert error.rule
    assert error.fix
    assert error.file.endswith("gdprhub.jsonl")


# Fields out of order


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decided", "31 February"),
        ("published", "2021-02-31"),
        ("opened", "tomorrow"),
        ("ecli", "ECLI:AT"),
        ("outcome", "brand new"),
        ("trigger", "brand new"),
        ("sector", "brand new"),
        ("infringement_type", "brand new"),
        ("amount", "a lot"),
        ("page", "javascript:alert(1)"),
        ("page", "https://[::1"),
    ],
)
def test_values_that_are_not_understood_are_kept_with_rule_and_fix(field: str, value: str) -> None:
    record = hub(90001, **{field: value})
    (item,) = record.unparsed
    assert (item.field, item.verbatim) == (field, value)
    assert item.rule
    assert item.fix


@pytest.mark.parametrize("field", ["decided", "amount", "ecli", "outcome", "trigger", "sector", "page"])
def test_values_that_may_name_a_person_are_not_repeated(field: str) -> None:
    record = hub(90001, **{field: "see Erika Mustermann"})
    assert left(record) == [(field, None)]
    assert "Mustermann" not in record.model_dump_json()


@pytest.mark.parametrize(
    "url", ["ftp://example.org", "example.org", "https://exa mple.org", "https://example.org/%zz", "https://["]
)
def test_links_that_are_no_web_addresses(url: str) -> None:
    good = {"url": " https://example.org/é "}
    record = hub(90001, links=[{"url": url}, good])
    assert [link.url for link in record.links] == ["https://example.org/é"]
    assert left(record) == [("links", url)]


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {name: st.text() for name in ("decided", "amount", "currency", "official_number", "ecli", "outcome")}
    ),
    st.lists(st.text(), max_size=3),
)
def test_no_text_makes_it_fail(texts: dict[str, str], items: list[str]) -> None:
    links = [{"url": item} for item in items]
    record = hub(90001, **texts, parties=items, other_laws=items, links=links, provisions=items)
    assert len(record.parties) == len(items)


# Nothing is lost

TYPED: dict[str, Callable[[Record], object]] = {
    "decided": lambda r: r.decided,
    "published": lambda r: r.published,
    "opened": lambda r: r.opened,
    "amount": lambda r: r.measures,
    "currency": lambda r: r.measures,
    "official_number": lambda r: r.official_number,
    "ecli": lambda r: r.ecli,
    "outcome": lambda r: r.outcome,
    "sector": lambda r: r.sector,
    "infringement_type": lambda r: r.infringement_type,
    "appeal_status": lambda r: r.appeal_status,
    "trigger": lambda r: r.trigger or r.kind == "AdvisoryOpinion",
    "authority": lambda r: r.authority,
    "country": lambda r: r.authority,
    "page": lambda r: r.page,
}
ABSENT = {"", "-", "n/a", "na", "unknown", "none", "other", "not public", "not known", "not available"}


def misplaced(raw: RawRecord, record: Record) -> Iterator[str]:
    """Fields that were neither typed nor kept nor stated to be absent, or that were both."""
    kept = {item.field for item in record.unparsed}
    for name, value in raw.fields.items():
        if name in TYPED:
            found, absent = bool(TYPED[name](record)), value.strip(" .").casefold() in ABSENT
            field = "amount" if name == "currency" else name
            if not absent and found + (field in kept) != 1:
                yield name
    if len(record.parties) != len(raw.fields["parties"]):
        yield "parties"
    unread = [item for item in record.unparsed if item.field == "links"]
    if len(record.links) + len(unread) != len(raw.fields["links"]):
        yield "links"
    yield from lost_references(raw, record)


def lost_references(raw: RawRecord, record: Record) -> Iterator[str]:
    stated = {ref.verbatim for ref in record.infringed + record.cited}
    kept = [item for item in record.unparsed if item.field in ("provisions", "other_laws")]
    whole = {item.verbatim for item in kept}
    for piece in raw.fields["provisions"]:
        if isinstance(piece, dict):
            parts = [piece[name] for name in ("article", "paragraph", "subparagraph") if name in piece]
            verbatim = parts[0] + "".join(f"({part})" for part in parts[1:])
            if (verbatim in stated) + (verbatim in whole) != 1:
                yield f"provisions {verbatim}"
        elif piece.strip().casefold() not in ABSENT and not stated and not kept:
            yield "provisions"
    for law in raw.fields.get("other_laws", ()):
        if law.strip(" .").casefold() not in ABSENT and not stated and not kept:
            yield "other_laws"


def check(raws: list[RawRecord], conventions: Conventions) -> tuple[int, int]:
    done = refused = 0
    for raw in raws:
        if unsupported(raw):
            continue
        try:
            record = normalise(raw, conventions, as_of=AS_OF)
        except InvalidRecord:
            refused += 1
            continue
        done += 1
        assert list(misplaced(raw, record)) == [], raw.key
        assert set(record.infringed).isdisjoint(record.cited)
        assert all(ref.path for ref in record.infringed)
        assert all(party.name is None for party in record.parties if party.name_status != "published")
        for measure in record.measures:
            assert not any(isinstance(value, float) for _, value in measure.amount or ())
    return done, refused


def test_nothing_of_the_fixtures_is_lost() -> None:
    for source in FILES:
        check([raw for raw in RAW.values() if raw.source == source], SOURCES[source].conventions)


@pytest.mark.parametrize(
    ("source", "file", "done", "refused"),
    [
        ("enforcementtracker", "enforcementtracker_2024-03.json", 2224, 1),
        ("gdprhub", "gdprhub_api_2024-03.jsonl", 2267, 0),
    ],
)
def test_nothing_of_the_real_files_is_lost(
    shared_data: Path, source: str, file: str, done: int, refused: int
) -> None:
    raws = [item for item in SOURCES[source].read(shared_data / file) if isinstance(item, RawRecord)]
    assert check(raws, SOURCES[source].conventions) == (done, refused)
