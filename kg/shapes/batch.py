"""One batch of graphs as one validation graph, for pySHACL (Core) and pyoxigraph (SPARQL)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.namespaces import RDF_TYPE, enf, iri
from kg.shapes.reference import Reference
from kg.shapes.structure import LAW

CONTEXT: Final = NamedNode("urn:kg:validation")
"""Carries the as-of date (`enf:retrievedOn`) in the validation graph; never stored."""

INSTANCE_OF: Final = NamedNode("urn:kg:instanceOf")
"""Marks the instances of a class, subclasses included, among the data's own nodes."""

_RETRIEVED: Final = enf("retrievedOn")
_DATE: Final = iri("xsd:date")
ENTITY: Final = "/id/"
COMMON: Final = ("/id/authority/", "/id/source/")


class Batch:
    """The triples of several graphs, the reference data they point to and the as-of date."""

    def __init__(self, graphs: Mapping[str, Sequence[Quad]], reference: Reference, as_of: date) -> None:
        self._reference = reference
        self.size = len(graphs)
        self.keys_of: dict[NamedNode, set[str]] = defaultdict(set)
        own: dict[Triple, None] = {}
        for key, quads in graphs.items():
            for quad in quads:
                own[quad.triple] = None
                if isinstance(quad.subject, NamedNode):
                    self.keys_of[quad.subject].add(key)
        self.own = tuple(own)
        stamp = Literal(as_of.isoformat(), datatype=_DATE)
        self.added = (
            *self._pointed_to(),
            *reference.hierarchy,
            Triple(CONTEXT, _RETRIEVED, stamp),
        )
        self._types = self._instances()

    def instances(self, classes: Iterable[NamedNode]) -> bool:
        """Whether the data has an instance of one of the classes."""
        return any(cls in self._types for cls in classes)

    def types(self, node: NamedNode) -> set[NamedNode]:
        """The classes of a node of the data, superclasses included."""
        return {cls for cls, nodes in self._types.items() if node in nodes}

    def store(self) -> Store:
        """The batch as an in-memory store whose default graph also marks instances."""
        store = Store()
        marks = (Quad(node, INSTANCE_OF, cls) for cls, nodes in self._types.items() for node in nodes)
        triples = (Quad(t.subject, t.predicate, t.object) for t in (*self.own, *self.added))
        store.bulk_extend(triples)
        store.bulk_extend(marks)
        return store

    def _pointed_to(self) -> set[Triple]:
        subjects = self.keys_of
        objects = {t.object for t in self.own if isinstance(t.object, NamedNode)}
        pointed = {node for node in objects if node not in subjects or LAW in node.value}
        used = pointed | {t.predicate for t in self.own}
        return {triple for node in used for triple in self._reference.describe(node)}

    def _instances(self) -> dict[NamedNode, set[NamedNode]]:
        types: dict[NamedNode, set[NamedNode]] = defaultdict(set)
        for triple in self.own:
            subject, stated = triple.subject, triple.object
            if triple.predicate != RDF_TYPE or not isinstance(subject, NamedNode):
                continue
            if isinstance(stated, NamedNode):
                for cls in self._reference.ancestors(stated):
                    types[cls].add(subject)
        return types


def compatible(graphs: Mapping[str, Sequence[Quad]]) -> list[dict[str, Sequence[Quad]]]:
    """Splits graphs into batches in which no two share an entity.

    Graphs that share an entity (two decisions of one case or party) would see each other's
    statements in one validation graph, and their verdict would depend on their neighbours.
    Law, authorities and sources are shared by nature; they count only where data describe them.
    """
    described = {quad.subject for quads in graphs.values() for quad in quads}
    batches: list[tuple[dict[str, Sequence[Quad]], set[str]]] = []
    for key, quads in graphs.items():
        entities = {
            term.value
            for quad in quads
            for term in (quad.subject, quad.object)
            if isinstance(term, NamedNode) and LAW not in term.value
            if term in described or (ENTITY in term.value and not any(kind in term.value for kind in COMMON))
        }
        for members, taken in batches:
            if taken.isdisjoint(entities):
                members[key] = quads
                taken |= entities
                break
        else:
            batches.append(({key: quads}, entities))
    return [members for members, _ in batches]
