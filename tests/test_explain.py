"""A derivation is right if each of its steps is an instance of an axiom and ends in what is stated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode

from kg.errors import NotFound
from kg.explain import Explainer, Step, as_json, as_lines, explain
from kg.graphs import in_default_graph
from kg.ingest import Options, run
from kg.iris import Iris
from kg.namespaces import BASE, RDF_TYPE, enf, iri
from kg.reason import Fact, Reasoner, facts, reference_facts
from kg.resources import ONTOLOGY
from kg.store import Store, open_store
from tests.conftest import ROOT
from tests.test_reason import decision

ACT = NamedNode(f"{BASE}id/decision/fr-cnil/SAN-2022-019")
GDPR = NamedNode(f"{BASE}id/prov/eu/reg/2016/679")
IRIS = Iris()

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def store(demo_store: str) -> Iterator[Store]:
    with open_store(demo_store, write=False) as opened:
        yield opened


def leaves(step: Step) -> Iterator[Step]:
    if step.axiom is None:
        yield step
    for premise in step.premises:
        yield from leaves(premise)


def test_a_chain_names_its_axiom_and_the_graphs_of_its_premises(store: Store) -> None:
    [step] = explain(store, IRIS, ACT, enf("issuedBy"), IRIS.authority("fr-cnil"))
    assert step.axiom is not None
    assert step.axiom.text == "enf:issuedBy owl:propertyChainAxiom ( enf:issuedBy org:unitOf )"
    assert step.axiom.label == "issued by"
    unit = IRIS.authority("fr-cnil/restricted-committee")
    assert [(leaf.fact, leaf.graphs) for leaf in leaves(step)] == [
        ((ACT, enf("issuedBy"), unit), (f"{BASE}graph/decision/fr-cnil/SAN-2022-019",)),
        ((unit, iri("org:unitOf"), IRIS.authority("fr-cnil")), (f"{BASE}graph/authorities",)),
    ]


def test_without_a_predicate_every_inferred_statement_is_explained(store: Store) -> None:
    fine = NamedNode(f"{ACT.value}/measure/1")
    inferred = {
        (quad.subject, quad.predicate, quad.object)
        for quad in store.quads(IRIS.graph("inferred"))
        if quad.subject == fine
    }
    steps = explain(store, IRIS, fine)
    assert {step.fact for step in steps} == inferred
    assert enf("ImposedFine") in {step.fact[2] for step in steps}
    # The effective amount is computed from the effects of appeals, not by an axiom.
    by_axiom = [step for step in steps if step.fact[1] != enf("effectiveAmount")]
    assert all(step.axiom and all(leaf.graphs for leaf in leaves(step)) for step in by_axiom)


def test_what_follows_from_the_law_alone_is_explained_too(store: Store) -> None:
    [step] = explain(store, IRIS, NamedNode(f"{GDPR.value}/art_5/par_1/pnt_f"), enf("partOfProvision"), GDPR)
    assert step.axiom is not None
    assert step.axiom.text == "enf:partOfProvision rdf:type owl:TransitiveProperty"
    assert {leaf.graphs for leaf in leaves(step)} == {(f"{BASE}graph/law",)}
    assert len(list(leaves(step))) == 3


def test_a_stated_fact_has_no_axiom(store: Store) -> None:
    [step] = explain(store, IRIS, ACT, RDF_TYPE, enf("SanctionDecision"))
    assert (step.axiom, step.premises) == (None, ())
    assert step.graphs == (f"{BASE}graph/decision/fr-cnil/SAN-2022-019",)
    assert list(as_lines(step))[1] == "  stated in graph:decision/fr-cnil/SAN-2022-019"


def test_what_is_neither_stated_nor_inferred_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="SAN-2022-019 rdf:type enf:Court"):
        explain(store, IRIS, ACT, RDF_TYPE, enf("Court"))


def test_json_has_every_term_and_graph(store: Store) -> None:
    [step] = explain(store, IRIS, ACT, enf("hasRespondent"))
    shown = as_json(step)
    assert shown["subject"] == str(ACT)
    assert shown["axiom"].startswith("enf:hasRespondent owl:propertyChainAxiom")
    assert [set(premise) for premise in shown["from"]] == [{"subject", "predicate", "object", "statedIn"}] * 2


@cache
def ontology() -> frozenset[Fact]:
    """Read once: its blank nodes are new at each reading."""
    return frozenset(facts(ONTOLOGY / "core.ttl"))


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer(ontology(), decision() | set(reference_facts()))


def test_every_inferred_fact_has_a_derivation_from_given_facts(explainer: Explainer) -> None:
    given = decision() | set(reference_facts())
    reasoner = Reasoner.load()
    for fact in reasoner.infer(decision()) | reasoner.inferred_reference():
        for leaf in leaves(explainer.derive(fact, lambda _: ())):
            assert leaf.fact in given, fact


def test_each_step_follows_from_its_premises_alone(explainer: Explainer) -> None:
    def check(step: Step) -> None:
        if step.axiom is None:
            return
        alone = Explainer(ontology(), {premise.fact for premise in step.premises})
        assert alone.heights.get(step.fact) == 1, step.words
        for premise in step.premises:
            check(premise)

    for fact in sorted(Reasoner.load().infer(decision()), key=str):
        check(explainer.derive(fact, lambda _: ()))


def test_the_lowest_derivation_is_taken() -> None:
    """A chain of three parts is derived in two rounds, not three; ties go to the first in order."""
    a, b, c, d = (NamedNode(f"{BASE}id/prov/x/{name}") for name in "abcd")
    given: set[Fact] = {(left, enf("partOfProvision"), right) for left, right in ((a, b), (b, c), (c, d))}
    explainer = Explainer(ontology(), given)
    assert explainer.heights[a, enf("partOfProvision"), d] == 2
    found = explainer.premises((a, enf("partOfProvision"), d))
    assert found is not None
    assert found[1] == ((a, enf("partOfProvision"), b), (b, enf("partOfProvision"), d))


def test_literals_do_not_disturb() -> None:
    fact: Fact = (ACT, iri("rdfs:label"), Literal("x"))
    explainer = Explainer(ontology(), {fact})
    assert explainer.premises(fact) is None


def test_only_graphs_that_a_query_sees_explain_a_decision(store: Store) -> None:
    for step in explain(store, IRIS, ACT):
        assert all(in_default_graph(name) for leaf in leaves(step) for name in leaf.graphs)


def test_a_record_is_explained_by_its_own_graph() -> None:
    with open_store("memory:", write=True) as store:
        path = ROOT / "tests" / "fixtures" / "enforcementtracker.json"
        list(run(store, [path], Options(date(2024, 3, 31))))
        graph = next(name for name in store.graph_names() if "/graph/inferred/" in name.value)
        record = graph.value.replace("/graph/inferred/", "/graph/record/", 1)
        inferred = {(q.subject, q.predicate, q.object) for q in store.quads(graph)}
        subjects = {s for s, _, _ in inferred if isinstance(s, NamedNode) and "/id/record/" in s.value}
        steps = [step for subject in subjects for step in explain(store, IRIS, subject)]
        assert {step.fact for step in steps} == {fact for fact in inferred if fact[0] in subjects}
        reference = {f"{BASE}graph/{name}" for name in ("law", "authorities", "schemes")}
        for step in steps:
            for leaf in leaves(step):
                assert leaf.graphs
                assert record in leaf.graphs or reference & set(leaf.graphs)
