"""The compiled rules give what owlrl gives, restricted to the terms that are kept."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode

from kg.namespaces import RDF_TYPE, SCHEME, enf, iri
from kg.reason import Fact, Reasoner, facts, owlrl_closure, reference_facts, triples
from kg.resources import ONTOLOGY, ontology_files
from kg.store import open_store
from tests.corpus import sample

ID = "https://w3id.org/enforcement-kg/id/"


def node(path: str) -> NamedNode:
    return NamedNode(ID + path)


def decision() -> set[Fact]:
    """A sanction by a unit: one finding on a point of Article 5, one fine on one party."""
    act, finding, fine, party = (
        node(f"decision/fr-cnil/T-1{part}") for part in ("", "/finding/1", "/measure/1", "/party")
    )
    return {
        (act, RDF_TYPE, enf("SanctionDecision")),
        (act, enf("issuedBy"), node("authority/fr-cnil/restricted-committee")),
        (act, enf("inCase"), node("case/fr-cnil/t1")),
        (act, enf("hasEstablishedFinding"), finding),
        (act, enf("hasMeasure"), fine),
        (finding, enf("concernsProvision"), node("prov/eu/reg/2016/679/art_5/par_1/pnt_f")),
        (finding, enf("findingOutcome"), NamedNode(f"{SCHEME}finding-outcome/infringement-established")),
        (fine, RDF_TYPE, enf("AdministrativeFine")),
        (fine, enf("exercisesPower"), NamedNode(f"{SCHEME}gdpr-58-2/i")),
        (fine, enf("addressedTo"), party),
        (fine, enf("measureStage"), NamedNode(f"{SCHEME}measure-stage/imposed")),
        (party, iri("skos:prefLabel"), Literal("Example Retail SA")),
    }


def about(reference: set[Fact], given: set[Fact]) -> set[Fact]:
    """The part of the reference data that the graph touches, and what that is part of."""
    wanted = {value for _, _, value in given} | {subject for subject, _, _ in given}
    for _ in range(6):
        wanted |= {
            value for subject, predicate, value in reference
            if subject in wanted and predicate in (enf("partOfProvision"), iri("org:unitOf"))
        }  # fmt: skip
    return {fact for fact in reference if fact[0] in wanted}


def test_rolls_a_finding_up_to_the_regulation() -> None:
    inferred = Reasoner.load().infer(decision())
    finding = node("decision/fr-cnil/T-1/finding/1")
    for part in ("art_5/par_1/pnt_f", "art_5/par_1", "art_5"):
        assert (finding, enf("underProvision"), node(f"prov/eu/reg/2016/679/{part}")) in inferred
    assert (finding, enf("underProvision"), node("prov/eu/reg/2016/679")) in inferred


def test_a_units_decision_is_its_authoritys() -> None:
    inferred = Reasoner.load().infer(decision())
    assert (node("decision/fr-cnil/T-1"), enf("issuedBy"), node("authority/fr-cnil")) in inferred


def test_inverses_classes_and_respondents() -> None:
    inferred = Reasoner.load().infer(decision())
    act, party = node("decision/fr-cnil/T-1"), node("decision/fr-cnil/T-1/party")
    assert (act, RDF_TYPE, enf("Decision")) in inferred
    assert (act, enf("hasRespondent"), party) in inferred
    assert (node("case/fr-cnil/t1"), enf("hasDecision"), act) in inferred
    assert (node("decision/fr-cnil/T-1/measure/1"), RDF_TYPE, enf("GdprFine")) in inferred
    assert (node("decision/fr-cnil/T-1/finding/1"), RDF_TYPE, enf("EstablishedFinding")) in inferred
    assert (party, RDF_TYPE, enf("FinedParty")) in inferred


def test_asserted_facts_are_not_inferred_again() -> None:
    given = decision()
    assert not Reasoner.load().infer(given) & given


def test_equals_owlrl_on_a_decision() -> None:
    given = decision()
    reference = set(reference_facts())
    background = about(reference, given)
    ours = Reasoner(frozenset(facts(ONTOLOGY / "core.ttl")), frozenset(background)).infer(given)
    theirs = owlrl_closure(given, background) - owlrl_closure(set(), background)
    assert {fact for fact in ours if fact in theirs} == ours
    assert {fact for fact in theirs if fact not in ours} == set()


def test_the_examples_of_the_shapes_close_as_owlrl_closes_them() -> None:
    examples = [path for path in ontology_files("examples") if path.name == "conforms.ttl"][::9]
    assert len(examples) >= 10
    given = {fact for path in examples for fact in facts(path)}
    background = about(set(reference_facts()), given)
    reasoner = Reasoner.load()
    ours, theirs = reasoner.infer(given), owlrl_closure(given, background)
    assert theirs - ours - reasoner.background.facts == set()
    assert ours - theirs == set()


def assert_closes_as_owlrl(graphs: list[set[Fact]]) -> None:
    """Each graph closed alone by us, all of them at once by owlrl: the same statements follow."""
    reasoner, given = Reasoner.load(), set[Fact]().union(*graphs)
    ours = {fact for graph in graphs for fact in reasoner.infer(graph)} - given
    theirs = owlrl_closure(given, about(set(reference_facts()), given))
    assert ours, "nothing follows: the graphs are not what they should be"
    assert theirs - ours - reasoner.background.facts == set()
    assert ours - theirs == set()


def test_real_records_close_as_owlrl_closes_them(shared_data: Path) -> None:
    records = [set(triples(quads)) for quads in sample(shared_data, 300).values()]
    assert len(records) >= 500
    assert_closes_as_owlrl(records)


def test_the_curated_decisions_close_as_owlrl_closes_them(demo_store: str) -> None:
    with open_store(demo_store, write=False) as store:
        names = [name for name in store.graph_names() if "/graph/decision/" in name.value]
        decisions = [fact for name in names for fact in triples(store.quads(name))]
    assert len(names) >= 35
    assert_closes_as_owlrl([set(decisions)])  # decisions of a case follow from each other
