"""The alignments are matches and nothing else: from our terms, to IRIs read in their own files."""

from __future__ import annotations

import csv

from pyoxigraph import NamedNode

from kg.ingest.dataset import MODEL
from kg.namespaces import BASE, iri
from kg.reason import Reasoner, facts, reference_facts
from kg.resources import ONTOLOGY
from tests.conftest import ROOT

FILE = ONTOLOGY / "alignments.ttl"
MATCHES = {iri(f"skos:{kind}Match") for kind in ("exact", "close", "broad", "narrow", "related")}


def verified() -> dict[str, str]:
    """External IRI to the vocabulary file it was read in."""
    with (ROOT / "tests" / "fixtures" / "external-iris.csv").open(encoding="utf-8", newline="") as lines:
        return {row["iri"]: row["file"] for row in csv.DictReader(lines)}


def test_only_matches_are_stated() -> None:
    assert {predicate for _, predicate, _ in facts(FILE)} <= MATCHES | {iri("rdfs:seeAlso")}


def test_each_subject_is_ours() -> None:
    ours = {fact[0] for fact in (*facts(ONTOLOGY / "core.ttl"), *reference_facts())}
    subjects = {subject for subject, _, _ in facts(FILE)}
    assert len(subjects) > 25
    assert not [node for node in subjects if node not in ours]
    assert all(isinstance(node, NamedNode) and node.value.startswith(BASE) for node in subjects)


def test_each_object_was_read_in_the_file_of_its_vocabulary() -> None:
    objects = {value.value for _, _, value in facts(FILE) if isinstance(value, NamedNode)}
    assert objects == set(verified())
    assert all(verified().values())
    assert not [name for name in objects if name.startswith(BASE)]


def test_alignments_are_served_with_the_ontology_and_never_reasoned_over() -> None:
    assert FILE.name in MODEL["ontology"]
    reasoner, stated = Reasoner.load(), set(facts(FILE))
    assert not stated & (reasoner.reference | reasoner.background.facts)
    external = {value for _, _, value in stated} - {fact[0] for fact in facts(ONTOLOGY / "core.ttl")}
    assert len(external) > 30
    assert not [name for name in external if name in reasoner.rules.super_classes]
