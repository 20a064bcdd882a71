"""Reference data for validation: what the model says about the nodes a graph points to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.namespaces import RDF_TYPE, enf, iri
from kg.resources import ONTOLOGY, ontology_files

SUB_CLASS_OF: Final = iri("rdfs:subClassOf")

_FOLDERS: Final = ("schemes", "law", "authorities", "shapes")
_FOLLOWED: Final = {
    RDF_TYPE, iri("org:unitOf"), enf("partOfProvision"), enf("jurisdiction"), enf("fixedCap"), enf("currency")
}  # fmt: skip
"""Properties whose objects are described too: a class, a unit's authority, a provision's article and act,
the sum a rule sets."""

_COVERS: Final = enf("coversProvision")
_AMOUNT: Final = enf("MonetaryAmount")
_RULES: Final = {
    enf(name) for name in ("LegalTender", "FineBar", "DailyPenaltyRule", "PenaltyTier", "FiningBand")
}  # fmt: skip
_FOUND_BY: Final = {_COVERS, enf("jurisdiction"), enf("seriousness")}
"""Properties of a rule whose objects are described with it."""

_MATCHES: Final = {iri(f"skos:{kind}Match") for kind in ("close", "broad", "narrow", "related")}
_PROSE: Final = _MATCHES | {iri(f"rdfs:{name}") for name in ("comment", "seeAlso")} | {
    iri("skos:hiddenLabel"), iri("skos:altLabel")
}  # fmt: skip


class Reference:
    """An index of `ontology/` by subject, without prose; shapes and blank nodes are left out."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._about: dict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in triples:
            if _is_reference(triple) and isinstance(triple.subject, NamedNode):
                self._about[triple.subject].append(triple)
        self._attach_rules()
        self._described: dict[NamedNode, frozenset[Triple]] = {}
        self.hierarchy = tuple(
            triple
            for node in sorted(self._about, key=str)
            for triple in self._about[node]
            if triple.predicate == SUB_CLASS_OF
        )

    @classmethod
    def load(cls) -> Reference:
        """The index of the core, the sources, schemes, law, authorities and the shapes' own tables."""
        top = [file for file in ontology_files() if file.parent == ONTOLOGY]
        files = top + [file for folder in _FOLDERS for file in ontology_files(folder)]
        return cls(
            Triple(quad.subject, quad.predicate, quad.object)
            for file in files
            for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=True)
        )

    def _attach_rules(self) -> None:
        """Describes a provision with the tiers that cover it, a country and a level of seriousness
        with their rules: nothing points to these, so nothing would bring them in."""
        for own in list(self._about.values()):
            if not any(t.predicate == RDF_TYPE and t.object in _RULES for t in own):
                continue
            said = [triple for triple in own if triple.predicate != _COVERS]
            for triple in tuple(own):
                if triple.predicate in _FOUND_BY and isinstance(triple.object, NamedNode):
                    self._about[triple.object] += [*said, triple]

    def __contains__(self, node: object) -> bool:
        return node in self._about

    def describe(self, node: NamedNode) -> frozenset[Triple]:
        """What is known of `node`, and of what it is part of. Empty if it is unknown."""
        known = self._described.get(node)
        if known is None:
            self._described[node] = frozenset()
            own = self._about.get(node, [])
            follow = [t.object for t in own if t.predicate in _FOLLOWED and isinstance(t.object, NamedNode)]
            known = frozenset(own).union(*(self.describe(other) for other in follow))
            self._described[node] = known
        return known

    def descendants(self, *classes: NamedNode) -> frozenset[NamedNode]:
        """The classes and their named subclasses, transitively."""
        known = {t.subject for t in self.hierarchy if isinstance(t.subject, NamedNode)}
        return frozenset(classes) | {node for node in known if not self.ancestors(node).isdisjoint(classes)}

    def ancestors(self, cls: NamedNode) -> frozenset[NamedNode]:
        """`cls` and its named superclasses, transitively."""
        found: set[NamedNode] = set()
        todo = [cls]
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += [
                    triple.object
                    for triple in self._about.get(node, [])
                    if triple.predicate == SUB_CLASS_OF and isinstance(triple.object, NamedNode)
                ]
        return frozenset(found)


def _is_reference(triple: Triple) -> bool:
    if not isinstance(triple.object, NamedNode | Literal) or triple.predicate in _PROSE:
        return False
    if isinstance(triple.object, Literal) and triple.object.language:
        return False
    if triple.predicate == RDF_TYPE and triple.object == _AMOUNT:
        return False  # the sum that a rule sets is not data to be validated
    return not (triple.predicate == RDF_TYPE and triple.object.value.startswith(iri("sh:").value))
