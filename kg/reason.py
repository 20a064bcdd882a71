"""OWL 2 RL inference (OWL 2 Profiles §4.3) by the axioms of the project's own ontology.

The axioms are read from `ontology/core.ttl` and compiled to joins over an index, so one
decision closes in about a millisecond. What follows is the same as owlrl's closure,
restricted to the project's and reused terms; `owlrl_closure` is that reference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from typing import Final

import owlrl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.namespaces import ENF, PREFIXES, RDF_TYPE, iri
from kg.resources import ONTOLOGY, ontology_files

Term = NamedNode | BlankNode | Literal | Triple
Fact = tuple[Term, NamedNode, Term]

REUSED: Final = (
    "http://www.w3.org/ns/prov#",
    "http://www.w3.org/ns/org#",
    "http://data.europa.eu/eli/ontology#",
)
"""Vocabularies of which an inferred statement is kept."""

_VOCABULARIES: Final = {PREFIXES[name].rstrip("#") for name in ("rdf", "rdfs", "owl")}
_RDF_LIST: Final = (iri("rdf:first"), iri("rdf:rest"), iri("rdf:nil"))


class Index:
    """Facts by subject and predicate, and by predicate and object."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.facts: set[Fact] = set()
        self._out: dict[tuple[Term, NamedNode], list[Term]] = defaultdict(list)
        self._in: dict[tuple[NamedNode, Term], list[Term]] = defaultdict(list)
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> bool:
        if fact in self.facts:
            return False
        self.facts.add(fact)
        subject, predicate, value = fact
        self._out[subject, predicate].append(value)
        self._in[predicate, value].append(subject)
        return True

    def objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        return self._out.get((subject, predicate), [])

    def subjects(self, predicate: NamedNode, value: Term) -> list[Term]:
        return self._in.get((predicate, value), [])


class Rules:
    """The ontology's axioms as lookups: what one new fact can lead to.

    A class expression (a blank node) is a class like any other while reasoning, so that each
    rule of OWL 2 RL table 6 stands alone; memberships in it are dropped from the result.
    """

    def __init__(self, ontology: Index) -> None:
        self._ontology = ontology
        self.wider: dict[Term, list[NamedNode]] = defaultdict(list)
        self.inverses: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        self.domains: dict[NamedNode, list[Term]] = defaultdict(list)
        self.ranges: dict[NamedNode, list[Term]] = defaultdict(list)
        self.symmetric: set[NamedNode] = set()
        self.super_classes: dict[Term, list[Term]] = defaultdict(list)
        self.has_value: dict[tuple[NamedNode, Term], list[Term]] = defaultdict(list)
        self.value_of: dict[Term, list[tuple[NamedNode, Term]]] = defaultdict(list)
        self.some_values: dict[NamedNode, list[tuple[Term, Term]]] = defaultdict(list)
        self.some_of: dict[Term, list[tuple[NamedNode, Term]]] = defaultdict(list)
        self.intersections: dict[Term, list[tuple[Term, list[Term]]]] = defaultdict(list)
        self.chains: list[tuple[list[NamedNode], NamedNode]] = []
        for subject, predicate, value in sorted(ontology.facts, key=str):
            self._axiom(subject, predicate, value)
        self.chained: dict[NamedNode, list[tuple[int, int]]] = defaultdict(list)
        for number, (steps, _) in enumerate(self.chains):
            for position, step in enumerate(steps):
                self.chained[step].append((number, position))

    def _axiom(self, subject: Term, predicate: NamedNode, value: Term) -> None:
        vocabulary, _, name = predicate.value.partition("#")
        if vocabulary not in _VOCABULARIES:
            return
        match name:
            case "subClassOf":
                self.super_classes[subject].append(value)
            case "equivalentClass":
                self.super_classes[subject].append(value)
                self.super_classes[value].append(subject)
            case "intersectionOf":
                members = list(self._list(value))
                self.super_classes[subject] += members
                for member in members:
                    self.intersections[member].append((subject, members))
            case "onProperty" if isinstance(value, NamedNode):
                self._restriction(subject, value)
            case _ if isinstance(subject, NamedNode):
                self._property_axiom(subject, name, value)

    def _restriction(self, node: Term, on: NamedNode) -> None:
        for value in self._ontology.objects(node, iri("owl:hasValue")):
            self.has_value[on, value].append(node)
            self.value_of[node].append((on, value))
        for filler in self._ontology.objects(node, iri("owl:someValuesFrom")):
            self.some_values[on].append((filler, node))
            self.some_of[filler].append((on, node))

    def _property_axiom(self, subject: NamedNode, name: str, value: Term) -> None:
        if name == "propertyChainAxiom":
            steps = [step for step in self._list(value) if isinstance(step, NamedNode)]
            self.chains.append((steps, subject))
        elif name == "domain":
            self.domains[subject].append(value)
        elif name == "range":
            self.ranges[subject].append(value)
        elif isinstance(value, NamedNode):
            match name:
                case "subPropertyOf":
                    self.wider[subject].append(value)
                case "equivalentProperty":
                    self.wider[subject].append(value)
                    self.wider[value].append(subject)
                case "inverseOf":
                    self.inverses[subject].append(value)
                    self.inverses[value].append(subject)
                case "type" if value == iri("owl:TransitiveProperty"):
                    self.chains.append(([subject, subject], subject))
                case "type" if value == iri("owl:SymmetricProperty"):
                    self.symmetric.add(subject)

    def _list(self, node: Term) -> Iterator[Term]:
        first, rest, nil = _RDF_LIST
        while node != nil:
            yield self._ontology.objects(node, first)[0]
            node = self._ontology.objects(node, rest)[0]

    def consequences(self, fact: Fact, facts: Index, background: Index) -> Iterator[Fact]:
        """What follows from one fact, joined with all known so far."""
        subject, predicate, value = fact
        if predicate == RDF_TYPE:
            yield from self._of_type(subject, value, facts, background)
        for wider in self.wider.get(predicate, ()):
            yield subject, wider, value
        for name in (*self.domains.get(predicate, ()), *self.has_value.get((predicate, value), ())):
            yield subject, RDF_TYPE, name
        if isinstance(value, Literal):
            return
        for other in self.inverses.get(predicate, ()):
            yield value, other, subject
        if predicate in self.symmetric:
            yield value, predicate, subject
        for name in self.ranges.get(predicate, ()):
            yield value, RDF_TYPE, name
        for filler, node in self.some_values.get(predicate, ()):
            if filler == iri("owl:Thing") or _has((value, RDF_TYPE, filler), facts, background):
                yield subject, RDF_TYPE, node
        for number, position in self.chained.get(predicate, ()):
            yield from self._chain(number, position, subject, value, facts, background)

    def _of_type(self, subject: Term, kind: Term, facts: Index, background: Index) -> Iterator[Fact]:
        for wider in self.super_classes.get(kind, ()):
            yield subject, RDF_TYPE, wider
        for on, value in self.value_of.get(kind, ()):
            yield subject, on, value
        for node, members in self.intersections.get(kind, ()):
            if all(_has((subject, RDF_TYPE, member), facts, background) for member in members):
                yield subject, RDF_TYPE, node
        for on, node in self.some_of.get(kind, ()):
            for holder in (*facts.subjects(on, subject), *background.subjects(on, subject)):
                yield holder, RDF_TYPE, node

    def _chain(
        self, number: int, position: int, subject: Term, value: Term, facts: Index, background: Index
    ) -> Iterator[Fact]:
        steps, conclusion = self.chains[number]
        starts, ends = {subject}, {value}
        for step in reversed(steps[:position]):
            starts = {
                s for node in starts for index in (facts, background) for s in index.subjects(step, node)
            }
        for step in steps[position + 1 :]:
            ends = {o for node in ends for index in (facts, background) for o in index.objects(node, step)}
        for start in starts:
            for end in ends:
                yield start, conclusion, end


def _has(fact: Fact, facts: Index, background: Index) -> bool:
    return fact in facts.facts or fact in background.facts


class Reasoner:
    """Closes graphs under the ontology. Reference data (law, authorities, schemes) is the background."""

    def __init__(self, ontology: Iterable[Fact], reference: Iterable[Fact]) -> None:
        self.rules = Rules(Index(ontology))
        self.reference = frozenset(reference)
        self.background = Index()
        self._close(self.reference, self.background, Index())

    @classmethod
    @cache
    def load(cls) -> Reasoner:
        """The reasoner over the project's own ontology and reference data."""
        return cls(frozenset(facts(ONTOLOGY / "core.ttl")), frozenset(reference_facts()))

    def infer(self, asserted: Iterable[Fact]) -> set[Fact]:
        """What follows from `asserted` and the background and is in neither; kept terms only."""
        given = set(asserted)
        index = Index()
        self._close(given, index, self.background)
        return {fact for fact in index.facts - given if _kept(fact) and fact not in self.background.facts}

    def inferred_reference(self) -> set[Fact]:
        """What follows from the reference data alone."""
        return {fact for fact in self.background.facts - self.reference if _kept(fact)}

    def _close(self, given: Iterable[Fact], index: Index, background: Index) -> None:
        queue = [fact for fact in given if index.add(fact)]
        while queue:
            fact = queue.pop()
            for new in self.rules.consequences(fact, index, background):
                if new not in background.facts and index.add(new):
                    queue.append(new)


def _kept(fact: Fact) -> bool:
    subject, predicate, value = fact
    if isinstance(subject, (Literal, BlankNode)) or isinstance(value, BlankNode):
        return False
    named = value.value if predicate == RDF_TYPE and isinstance(value, NamedNode) else predicate.value
    return named.startswith((ENF, *REUSED))


def facts(path: object) -> Iterator[Fact]:
    """The triples of a Turtle file of ours."""
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        yield quad.subject, quad.predicate, quad.object


def reference_facts() -> Iterator[Fact]:
    """Law, authorities and schemes."""
    for folder in ("law", "authorities", "schemes"):
        for path in ontology_files(folder):
            yield from facts(path)


def triples(quads: Iterable[Quad]) -> Iterator[Fact]:
    """Quads without their graph."""
    for quad in quads:
        yield quad.subject, quad.predicate, quad.object


def owlrl_closure(asserted: Iterable[Fact], background: Iterable[Fact] = ()) -> set[Fact]:
    """The same inference by owlrl over the ontology: the reference, about a hundred times slower."""
    graph = rdflib.Graph()
    given = {*asserted, *background}
    everything = [*given, *facts(ONTOLOGY / "core.ttl")]
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in everything)
    graph.parse(data=text, format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, rdfs_closure=False).expand(graph)
    # Generalised triples (literal subjects) are owlrl's own; RDF has no way to write them.
    for triple in [triple for triple in graph if isinstance(triple[0], rdflib.Literal)]:
        graph.remove(triple)
    closed = graph.serialize(format="nt", encoding="utf-8")
    found = {(q.subject, q.predicate, q.object) for q in parse(BytesIO(closed), format=RdfFormat.N_TRIPLES)}
    ontology = set(facts(ONTOLOGY / "core.ttl"))
    return {fact for fact in found - given - ontology if _kept(fact)}
