"""Why a statement is in the graph: the axiom and the facts behind each inferred one.

The closure is computed in rounds, so that every fact has a height: 0 if it is stated, else one
more than its highest premise. A derivation is the lowest one; among equals, the first in sorted
order. Class expressions of the ontology (blank nodes) are steps like any other and are shown in
words. This costs nothing while reasoning: it is done again here, for one question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.errors import NotFound
from kg.graphs import in_default_graph
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, iri, split
from kg.reason import Fact, Index, Rules, Term, facts, reference_facts, triples
from kg.resources import ONTOLOGY
from kg.store import Store

K = TypeVar("K")
V = TypeVar("V")

_LOCAL: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./~-]*")
_OWL: Final = ("equivalentProperty", "inverseOf", "equivalentClass", "intersectionOf")
_STATEMENTS: Final = "SELECT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }"
_GRAPHS: Final = "SELECT DISTINCT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }"
_TOUCHING: Final = """
SELECT DISTINCT ?graph ?s WHERE {
  { GRAPH ?graph { ?s ?p ?o } } UNION { GRAPH ?graph { ?x ?q ?s } }
}
"""


@dataclass(frozen=True, slots=True)
class Axiom:
    """One axiom of the ontology, as prefixed names, and the English label of its subject."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One fact and why it holds: the graphs it is stated in, or an axiom and what it needs.
    `words` are its terms as shown to people."""

    fact: Fact
    words: tuple[str, str, str]
    graphs: tuple[str, ...] = ()
    axiom: Axiom | None = None
    premises: tuple[Step, ...] = ()


Candidate = tuple[Axiom, tuple[Fact, ...]]


class Explainer:
    """Derivations over the model, the reference data and some stated facts."""

    def __init__(self, ontology: Iterable[Fact], given: Iterable[Fact]) -> None:
        self._ontology = Index(ontology)
        self._rules = Rules(self._ontology)
        self.known = Index()
        self.heights: dict[Fact, int] = {}
        self._close(given)
        self._upside_down = _Backwards(self._rules)

    def _close(self, given: Iterable[Fact]) -> None:
        """The closure, round by round: what a round adds is joined only in the next."""
        nothing, height, fresh = Index(), 0, set(given)
        while fresh:
            for fact in fresh:
                self.known.add(fact)
                self.heights[fact] = height
            found = {new for fact in fresh for new in self._rules.consequences(fact, self.known, nothing)}
            fresh, height = {fact for fact in found if fact not in self.heights}, height + 1

    def premises(self, fact: Fact) -> Candidate | None:
        """The axiom and the facts that give `fact`, by its lowest derivation; None if it is stated
        or does not follow."""
        height = self.heights.get(fact, 0)
        lower = [
            candidate
            for candidate in self._candidates(fact)
            if all(self.heights.get(premise, height) < height for premise in candidate[1])
        ]
        return min(lower, key=self._order, default=None)

    def _order(self, candidate: Candidate) -> tuple[int, int, int, str, str]:
        axiom, premises = candidate
        heights = [self.heights[premise] for premise in premises]
        shown = " ".join(self.show(term) for fact in premises for term in fact)
        return max(heights), sum(heights), len(premises), axiom.text, shown

    def derive(self, fact: Fact, graphs_of: Callable[[Fact], tuple[str, ...]]) -> Step:
        """The whole derivation, down to what is stated; `graphs_of` tells where."""
        found, (subject, predicate, value) = self.premises(fact), fact
        words = (self.show(subject), self.show(predicate), self.show(value))
        if found is None:
            return Step(fact, words, graphs_of(fact))
        axiom, premises = found
        return Step(fact, words, (), axiom, tuple(self.derive(premise, graphs_of) for premise in premises))

    def _candidates(self, fact: Fact) -> Iterator[Candidate]:
        """Every way in which one rule of OWL 2 RL gives the fact from known facts."""
        subject, predicate, value = fact
        back = self._upside_down
        for narrower in back.narrower[predicate]:
            if isinstance(narrower, NamedNode):
                axiom = self._axiom(narrower, ("subPropertyOf", "equivalentProperty"), predicate)
                yield axiom, ((subject, narrower, value),)
        for other in back.inverses[predicate]:
            if isinstance(value, NamedNode):
                yield self._axiom(predicate, ("inverseOf",), other), ((value, other, subject),)
        if predicate in self._rules.symmetric and isinstance(value, NamedNode):
            yield self._typed(predicate, "SymmetricProperty"), ((value, predicate, subject),)
        for kind in back.valued[predicate, value]:
            yield Axiom(f"{self.show(kind)} (value restriction)"), ((subject, RDF_TYPE, kind),)
        for steps in back.chains[predicate]:
            axiom = self._chain(predicate, steps)
            for path in self._paths(subject, steps, value):
                yield axiom, path
        if predicate == RDF_TYPE:
            yield from self._memberships(subject, value)

    def _memberships(self, subject: Term, kind: Term) -> Iterator[Candidate]:
        back = self._upside_down
        for narrower in back.sub_classes[kind]:
            axiom = self._axiom(narrower, ("subClassOf", "equivalentClass", "intersectionOf"), kind)
            yield axiom, ((subject, RDF_TYPE, narrower),)
        for on in back.domain_of[kind]:
            for value in self.known.objects(subject, on):
                yield self._axiom(on, ("domain",), kind), ((subject, on, value),)
        for on in back.range_of[kind]:
            for holder in self.known.subjects(on, subject):
                yield self._axiom(on, ("range",), kind), ((holder, on, subject),)
        for on, value in self._rules.value_of.get(kind, ()):
            yield Axiom(f"{self.show(kind)} (value restriction)"), ((subject, on, value),)
        for members in back.members[kind]:
            axiom = Axiom(f"{self.show(kind)} (intersection)")
            yield axiom, tuple((subject, RDF_TYPE, member) for member in members)
        for on, filler in back.some[kind]:
            for value in self.known.objects(subject, on):
                needed: tuple[Fact, ...] = ((subject, on, value), (value, RDF_TYPE, filler))
                yield (
                    Axiom(f"{self.show(kind)} (existential restriction)"),
                    (needed[:1] if filler == iri("owl:Thing") else needed),
                )

    def _paths(self, start: Term, steps: list[NamedNode], end: Term) -> Iterator[tuple[Fact, ...]]:
        step, *rest = steps
        if not rest:
            if (start, step, end) in self.heights:
                yield ((start, step, end),)
            return
        for middle in self.known.objects(start, step):
            for path in self._paths(middle, rest, end):
                yield ((start, step, middle), *path)

    def _axiom(self, subject: Term, names: tuple[str, ...], value: Term) -> Axiom:
        """The axiom between two terms, whichever way round it is written."""
        for name in names:
            predicate = iri(f"owl:{name}" if name in _OWL else f"rdfs:{name}")
            for left, right in ((subject, value), (value, subject)):
                if (left, predicate, right) in self._ontology.facts:
                    return Axiom(
                        f"{self.show(left)} {self.show(predicate)} {self.show(right)}", self._label(left)
                    )
        return Axiom(
            f"{self.show(subject)} (one of its conditions: {self.show(value)})", self._label(subject)
        )

    def _typed(self, subject: NamedNode, kind: str) -> Axiom:
        return Axiom(f"{self.show(subject)} rdf:type owl:{kind}", self._label(subject))

    def _chain(self, conclusion: NamedNode, steps: list[NamedNode]) -> Axiom:
        transitive = (conclusion, RDF_TYPE, iri("owl:TransitiveProperty"))
        if steps == [conclusion, conclusion] and transitive in self._ontology.facts:
            return self._typed(conclusion, "TransitiveProperty")
        listed = " ".join(self.show(step) for step in steps)
        return Axiom(f"{self.show(conclusion)} owl:propertyChainAxiom ( {listed} )", self._label(conclusion))

    def _label(self, term: Term) -> str:
        labels = self._ontology.objects(term, iri("rdfs:label"))
        english = [label.value for label in labels if isinstance(label, Literal) and label.language == "en"]
        return min(english, default="")

    def show(self, term: Term) -> str:
        """A term in Turtle's short form; a class expression in the Manchester syntax."""
        return self._expression(term) if isinstance(term, BlankNode) else short(term)

    def _expression(self, node: BlankNode) -> str:
        get = self._ontology.objects
        for on in get(node, iri("owl:onProperty")):
            for word, name in (("value", "hasValue"), ("some", "someValuesFrom")):
                for filler in get(node, iri(f"owl:{name}")):
                    return f"({self.show(on)} {word} {self.show(filler)})"
        for members in self._upside_down.members[node]:
            return "(" + " and ".join(self.show(member) for member in members) + ")"
        return "(class expression)"


class _Backwards:
    """The rules by what they conclude."""

    def __init__(self, rules: Rules) -> None:
        self.narrower = _turned(rules.wider)
        self.inverses = defaultdict(list, rules.inverses)
        self.valued: dict[tuple[NamedNode, Term], list[Term]] = defaultdict(list)
        for kind, pairs in rules.value_of.items():
            for pair in pairs:
                self.valued[pair].append(kind)
        self.chains: dict[NamedNode, list[list[NamedNode]]] = defaultdict(list)
        for steps, conclusion in rules.chains:
            self.chains[conclusion].append(steps)
        self.sub_classes = _turned(rules.super_classes)
        self.domain_of, self.range_of = _turned(rules.domains), _turned(rules.ranges)
        self.members: dict[Term, list[list[Term]]] = defaultdict(list)
        for found in rules.intersections.values():
            for node, members in found:
                if members not in self.members[node]:
                    self.members[node].append(members)
        self.some: dict[Term, list[tuple[NamedNode, Term]]] = defaultdict(list)
        for on, restrictions in rules.some_values.items():
            for filler, node in restrictions:
                self.some[node].append((on, filler))


def _turned(table: Mapping[K, list[V]]) -> dict[V, list[K]]:
    turned: dict[V, list[K]] = defaultdict(list)
    for key, values in table.items():
        for value in values:
            turned[value].append(key)
    return turned


def short(term: Term) -> str:
    """A term in Turtle's short form, with the project's prefixes."""
    if not isinstance(term, NamedNode):
        return str(term)
    found = split(term.value)
    return ":".join(found) if found and _LOCAL.fullmatch(found[1]) else str(term)


def explain(
    store: Store,
    iris: Iris,
    subject: NamedNode,
    predicate: NamedNode | None = None,
    value: Term | None = None,
) -> list[Step]:
    """The derivations of the inferred statements about `subject`, sorted; with a predicate or an
    object, of every statement they fit, stated ones too.

    A subject below `id/record/` is explained by its record's own graph, any other by the
    decisions; both with the reference data. Raises NotFound if nothing fits.
    """
    stated, inferred = _statements(store, iris, subject)
    wanted = {fact for fact in inferred if predicate is None or _fits(fact, predicate, value)}
    if predicate is not None:
        wanted |= {fact for fact in stated if _fits(fact, predicate, value)}
    if not wanted:
        asked = " ".join(short(term) for term in (subject, predicate, value) if term is not None)
        raise NotFound(f"nothing is {'stated or ' if predicate else ''}inferred about {asked}")

    def graphs_of(fact: Fact) -> tuple[str, ...]:
        bound = {"s": fact[0], "p": fact[1], "o": fact[2]}
        names = (row["graph"].value for row in store.query(_GRAPHS, substitutions=bound))  # type: ignore[union-attr]
        return tuple(sorted(name for name in names if not _is_inferred(name)))

    explainer = _explainer(store, iris, subject, wanted)
    return [explainer.derive(fact, graphs_of) for fact in sorted(wanted, key=str)]


def _statements(store: Store, iris: Iris, subject: NamedNode) -> tuple[set[Fact], set[Fact]]:
    """What is stated and what is inferred about the subject in the graphs that explain it."""
    stated, inferred = set[Fact](), set[Fact]()
    record = _record_graph(iris, subject)
    for row in store.query(_STATEMENTS, substitutions={"s": subject}):  # type: ignore[union-attr]
        name, fact = row["graph"].value, (subject, row["p"], row["o"])
        own = _own_graph(name, record)
        if own:
            (inferred if _is_inferred(name) else stated).add(fact)
    return stated, inferred - stated


def _own_graph(name: str, record: str | None) -> bool:
    if record is None:
        return in_default_graph(name)
    return name in (record, record.replace("/graph/record/", "/graph/inferred/", 1))


def _record_graph(iris: Iris, subject: NamedNode) -> str | None:
    """The graph of the record that the subject belongs to, or None."""
    _, found, key = subject.value.partition(f"{iris.base}id/record/")
    return iris.graph("record", *key.split("/")[:2]).value if found else None


def _is_inferred(name: str) -> bool:
    return name.endswith("/graph/inferred") or "/graph/inferred/" in name


def _fits(fact: Fact, predicate: NamedNode, value: Term | None) -> bool:
    return fact[1] == predicate and (value is None or fact[2] == value)


def _explainer(store: Store, iris: Iris, subject: NamedNode, wanted: set[Fact]) -> Explainer:
    """Over the graphs that touch the subject; over all decisions where those do not suffice."""
    ontology, reference = set(facts(ONTOLOGY / "core.ttl")), set(reference_facts())
    record = _record_graph(iris, subject)
    if record is not None:
        return Explainer(ontology, reference | set(triples(store.quads(NamedNode(record)))))
    touching = store.query(_TOUCHING, substitutions={"s": subject})
    near = {row["graph"] for row in touching}  # type: ignore[union-attr]
    explainer = Explainer(ontology, reference | set(_decisions(store, near)))
    if wanted <= explainer.heights.keys():
        return explainer
    return Explainer(ontology, reference | set(_decisions(store, store.graph_names())))


def _decisions(store: Store, names: Iterable[object]) -> Iterator[Fact]:
    for name in names:
        if isinstance(name, NamedNode) and "/graph/decision/" in name.value:
            yield from triples(store.quads(name))


def as_lines(step: Step, depth: int = 0) -> Iterator[str]:
    """A derivation for people: each fact, and below it, indented, why it holds."""
    indent = "    " * depth
    yield indent + " ".join(step.words)
    if step.axiom is None:
        where = ", ".join(short(NamedNode(name)) for name in step.graphs)
        yield (
            f"{indent}  stated in {where}"
            if where
            else f"{indent}  by no axiom of the ontology: computed when the decisions were ingested"
        )
        return
    label = f" ({step.axiom.label})" if step.axiom.label else ""
    yield f"{indent}  by {step.axiom.text}{label}, from"
    for premise in step.premises:
        yield from as_lines(premise, depth + 1)


def as_json(step: Step) -> dict[str, Any]:
    """A derivation as JSON values: terms in N-Triples, class expressions in words."""
    terms = [
        word if isinstance(term, BlankNode) else str(term)
        for term, word in zip(step.fact, step.words, strict=True)
    ]
    found: dict[str, Any] = dict(zip(("subject", "predicate", "object"), terms, strict=True))
    if step.axiom is None:
        return found | {"statedIn": list(step.graphs)}
    axiom = {"axiom": step.axiom.text, "label": step.axiom.label}
    return found | axiom | {"from": [as_json(premise) for premise in step.premises]}
