"""Organisations are named, people never.

Every person here is invented: Mustermann and Mintapéldány are what forms are filled in with.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import Party
from kg.normalise.parties import MAX_LENGTH, mentions_person, parse_party

with Path(__file__).with_name("party_texts.csv").open(encoding="utf-8", newline="") as table:
    TEXTS = [(row["text"], row["kind"], row["status"]) for row in csv.DictReader(table)]

PEOPLE = [
    "Erika Mustermann",
    "Max Mustermann",
    "Anna Mintapéldány",
    "Juan Ejemplo",
    "Giovanni Esempio",
    "Wojciech Przykładowski",
    "Ioannis Paradeigma",
    "Lars Eksempel",
    "Siobhán Sampla",
]


@pytest.mark.parametrize(("text", "kind", "status"), TEXTS, ids=[text for text, _, _ in TEXTS])
def test_hand_checked_texts(text: str, kind: str, status: str) -> None:
    party = parse_party(text)
    assert (party.kind, party.name_status) == (kind, status)
    assert (party.name is not None) == (status == "published")
    if party.name:
        assert party.name == " ".join(text.split())
        assert party.description is None


def test_the_table_has_both_sides() -> None:
    status = [status for _, _, status in TEXTS]
    assert len(TEXTS) >= 100
    assert min(status.count(s) for s in ("published", "withheld", "anonymous")) >= 10


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{} ",
        "Mr {}",
        "{} (respondent)",
        "Complainant: {}",
        "{}, mayor",
        "Mayor {}",
        "{} v. Exemple Visages SAS",
        "Exemple Visages SAS and {}",
        "Exemple Visages SAS & {}",
        "Muster Wetten GmbH, {}",
        "Muster Wetten GmbH; {}",
        "{} / Muster Wetten GmbH",
        "Bar Azul ({})",
        "{} (Bar Azul)",
        "{} - Bar Azul",
        "Minister {}",
        "{} Consulting",
        "{}, Ministry of Examples",
        "represented by {}",
        "{} as controller",
        "user {} of Facebook",
    ],
)
def test_people_are_never_named(person: str, text: str) -> None:
    party = parse_party(text.format(person), role="respondent")
    assert party.name is None
    assert party.description is None or not set(person.split()) & set(party.description.split())


def test_invisible_characters_do_not_hide_a_name() -> None:
    for hidden in ("Er\u200bika Muster", "Erika\u00a0Muster", "Erika\nMuster", "\u202eErika Muster"):
        text = f"{hidden}mann"
        assert parse_party(text).name_status == "withheld"


def test_sentences_are_no_names() -> None:
    assert parse_party("Muster Wetten GmbH " * 20).name_status == "withheld"
    assert len("Muster Wetten GmbH " * 20) > MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "default", "role"),
    [
        ("Muster Wetten GmbH", "undetermined", "undetermined"),
        ("Muster Wetten GmbH", "respondent", "respondent"),
        ("Muster Wetten GmbH (controller)", "undetermined", "respondent"),
        ("Muster Wetten GmbH (the respondent)", "undetermined", "respondent"),
        ("Complainant: Mr. X", "respondent", "complainant"),
        ("A.A.A. (data subject)", "respondent", "complainant"),
        ("Data subject", "undetermined", "complainant"),
        ("The data subject and the controller", "respondent", "undetermined"),
        ("Private individual", "respondent", "respondent"),
        ("", "respondent", "respondent"),
    ],
)
def test_roles(text: str, default: str, role: str) -> None:
    assert parse_party(text, role=default).role == role  # type: ignore[arg-type]


def test_descriptions_are_the_sources_generic_words() -> None:
    party = parse_party(" Betting place. ")
    assert party == Party(kind="legal-entity", description="Betting place")
    assert parse_party("Police officer") == Party(kind="natural-person", description="Police officer")


@given(st.text(), st.sampled_from(["respondent", "undetermined"]))
def test_never_raises(text: str, role: str) -> None:
    party = parse_party(text, role=role)  # type: ignore[arg-type]
    assert (party.name is not None) == (party.name_status == "published")
    assert party.kind != "natural-person" or party.name is None


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Erika Mustermann appeals", True),
        ("Order of 4 May against Erika Mustermann", True),
        ("Pending, says Mr M", True),
        ("Not appealed", False),
        ("Pending appeal", False),
        ("Admissible and partially founded", False),
        ("2020-09-20 00:00:00 UTC", False),
        ("AT:DSB:2021:2021.0.024.862", False),
        ("Upheld, pending appeal", False),
        ("", False),
    ],
)
def test_mentions_of_a_person(text: str, mentions: bool) -> None:
    assert mentions_person(text) is mentions


FORM = re.compile(
    r"\b(?:S\.?L\.?U?|S\.?A\.?U?|S\.?p\.?A|S\.?r\.?l|GmbH|AG|Ltd|Limited|Inc|LLC|A/S|AS|AB|Oy|B\.?V|N\.?V|Kft|d\.o\.o|s\.r\.o"
    r"|Sp\. z o\.?o|SAS|SRL|PLC|ehf)\b\.?",
    re.IGNORECASE,
)


def test_companies_of_the_real_tracker_are_named(shared_data: Path) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    cells = [row[6] for row in rows if FORM.search(row[6])]
    named = sum(parse_party(cell).name is not None for cell in cells)
    assert len(cells) > 700
    assert named / len(cells) >= 0.9


def test_descriptions_of_people_in_the_real_tracker(shared_data: Path) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    people = [row[6] for row in rows if row[6].strip().casefold() in ("private individual", "private person")]
    assert len(people) > 100
    assert {parse_party(cell).kind for cell in people} == {"natural-person"}
