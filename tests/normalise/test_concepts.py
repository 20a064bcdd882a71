"""Published categories resolve through the labels of the schemes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.namespaces import iri
from kg.normalise.concepts import notation_of
from kg.resources import ONTOLOGY


@pytest.mark.parametrize(
    ("scheme", "label", "notation"),
    [
        ("decision-outcome", "Violation Found", "violation-found"),
        ("decision-outcome", "violation  found", "violation-found"),
        ("decision-outcome", " Other Outcome ", "other"),
        ("decision-outcome", "Complaint dismissed", "rejected"),
        ("decision-outcome", "Partly upheld", "partly-upheld"),
        ("decision-outcome", "No Violation Found", "no-violation"),
        ("decision-outcome", "No further action", "no-further-action"),
        ("trigger", "Complaint", "complaint"),
        ("trigger", "Data Breach Notification", "breach-notification"),
        ("trigger", "Investigation", "investigation"),
        ("sector", "Accomodation and Hospitalty", "accommodation-hospitality"),
        ("sector", "Not assigned", "not-assigned"),
        ("infringement-type", "Insufficient involvement of data protection officer", "dpo"),
    ],
)
def test_labels(scheme: str, label: str, notation: str) -> None:
    assert notation_of(scheme, label) == notation


@pytest.mark.parametrize("label", ["", "complaints", "Data breach notification of a sort", "non-binding"])
def test_what_no_scheme_calls_so(label: str) -> None:
    assert notation_of("trigger", label) is None


@given(st.text())
def test_never_raises(label: str) -> None:
    notation_of("sector", label)


@pytest.mark.parametrize("scheme", ["decision-outcome", "trigger", "sector", "infringement-type"])
def test_every_label_of_a_scheme_finds_its_own_concept(scheme: str) -> None:
    quads = list(parse(path=ONTOLOGY / "schemes" / f"{scheme}.ttl", format=RdfFormat.TURTLE))
    codes = {q.subject: q.object.value for q in quads if q.predicate == iri("skos:notation")}
    names = {iri("skos:prefLabel"), iri("skos:altLabel"), iri("skos:hiddenLabel")}
    named = [q for q in quads if q.predicate in names and q.subject in codes]
    labels = [(q.object.value, codes[q.subject]) for q in named]
    assert labels
    for label, code in labels:
        assert notation_of(scheme, label) == code
    for subject, code in codes.items():
        assert isinstance(subject, NamedNode)
        assert subject.value.endswith(f"/{scheme}/{code}")


def test_every_category_of_the_real_tracker(shared_data: Path) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    for column, scheme in ((7, "sector"), (9, "infringement-type")):
        for label in sorted({row[column] for row in rows}):
            assert notation_of(scheme, label) is not None, label
