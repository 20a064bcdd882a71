"""The ontology, the schemes and the curated decisions are consistent and coherent under HermiT,
an OWL 2 DL reasoner, read through owlready2. Needs Java."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg.namespaces import RDF_TYPE, enf, iri
from kg.reason import Fact, facts, triples
from kg.resources import ONTOLOGY, ontology_files
from kg.store import open_store

owlready2 = pytest.importorskip("owlready2", reason="owlready2 is not installed (pip install owlready2)")

UNKNOWN = {iri(f"xsd:{name}") for name in ("duration", "gYear", "gYearMonth")}
OWL_TERMS = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")


@pytest.fixture(scope="module", autouse=True)
def java() -> None:
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("Java must be installed under CI: HermiT runs on it")
        pytest.skip("no Java on this machine: HermiT runs on it")


def readable(given: Iterable[Fact]) -> Iterator[Fact]:
    """The statements as HermiT reads them: individuals have object and data properties only, and
    xsd:date, which is outside OWL 2's datatypes (Structural Specification, section 4), is the
    midnight that begins the day; the other datatypes it lacks are text."""
    for subject, predicate, value in given:
        if isinstance(value, Literal) and value.datatype == iri("xsd:date"):
            value = Literal(f"{value.value}T00:00:00", datatype=iri("xsd:dateTime"))
        elif isinstance(value, Literal) and value.datatype in UNKNOWN:
            value = Literal(value.value)
        yield subject, predicate, value


def declared(given: set[Fact]) -> set[Fact]:
    """Declarations (OWL 2 Mapping to RDF, section 3.1) of properties that the data take from other
    vocabularies: with values that are literals, data properties; otherwise object properties."""
    core = set(facts(ONTOLOGY / "core.ttl"))
    known = {s for s, p, o in core if p == RDF_TYPE and o in {iri(f"owl:{name}") for name in OWL_TERMS}}
    kinds: dict[NamedNode, set[bool]] = {}
    for _, predicate, value in given - core:
        if predicate not in known and not predicate.value.startswith(iri("rdf:type").value[:-4]):
            kinds.setdefault(predicate, set()).add(isinstance(value, Literal))
    found: set[Fact] = set()
    for predicate, literal in kinds.items():
        if "rdf-schema#" in predicate.value or "owl#" in predicate.value:
            continue
        kind = (
            "AnnotationProperty"
            if len(literal) > 1
            else "DatatypeProperty"
            if True in literal
            else "ObjectProperty"
        )
        found.add((predicate, RDF_TYPE, iri(f"owl:{kind}")))
    return found


def classified(given: set[Fact], folder: Path) -> tuple[bool, list[str]]:
    """Whether HermiT finds the statements consistent, and the classes that can have no member."""
    path = folder / "model.nt"
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in readable(given | declared(given)))
    path.write_text(text, "utf-8")
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load()
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False, []
    return True, sorted(
        entity.iri for entity in world.inconsistent_classes() if entity is not owlready2.Nothing
    )


@pytest.fixture(scope="module")
def model(demo_store: str) -> set[Fact]:
    files = [ONTOLOGY / "core.ttl", ONTOLOGY / "sources.ttl", *ontology_files("schemes")]
    with open_store(demo_store, write=False) as store:
        names = [name for name in store.graph_names() if "/graph/decision/" in name.value]
        decisions = {fact for name in names for fact in triples(store.quads(name))}
    assert decisions
    return decisions | {fact for file in files for fact in facts(file)}


def test_the_model_with_the_curated_decisions_is_consistent_and_coherent(
    model: set[Fact], tmp_path: Path
) -> None:
    assert classified(model, tmp_path) == (True, [])


def test_a_fine_that_is_a_decision_is_reported(tmp_path: Path) -> None:
    node = NamedNode("https://e.example/act")
    both: set[Fact] = {(node, RDF_TYPE, enf(name)) for name in ("AdministrativeFine", "SanctionDecision")}
    assert classified(both | set(facts(ONTOLOGY / "core.ttl")), tmp_path) == (False, [])


def test_a_class_without_possible_members_is_reported(tmp_path: Path) -> None:
    core = set(facts(ONTOLOGY / "core.ttl"))
    clash = (enf("Warning"), iri("rdfs:subClassOf"), enf("Decision"))
    assert enf("Warning").value in classified(core | {clash}, tmp_path)[1]
