"""Dumps: the graph as files, the same bytes for the same content.

Quads are sorted before they are written, so the engine's order never shows. Formats with
named graphs carry every graph of their part; one-graph formats carry the public union, never
what single sources or parties state, which would lose who says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Final, Literal

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, serialize

from kg.formats import Format
from kg.graphs import in_default_graph
from kg.namespaces import PREFIXES
from kg.store import Store

Part = Literal["asserted", "inferred"]
PARTS: Final[tuple[Part, ...]] = ("asserted", "inferred")


def quads_of(store: Store, part: Part, *, public_only: bool) -> Iterator[Quad]:
    """The quads of one part, graph by graph; each graph sorted by its N-Quads lines."""
    for name in store.graph_names():
        inferred = name.value.endswith("/graph/inferred") or "/graph/inferred/" in name.value
        if inferred != (part == "inferred") or (public_only and not in_default_graph(name.value)):
            continue
        yield from sorted(_stable(store.quads(name)), key=str)


def _stable(quads: Iterable[Quad]) -> Iterable[Quad]:
    """The quads with canonical names (RDFC-1.0) for the blank nodes that OWL syntax needs."""
    found = list(quads)
    if not any(isinstance(term, BlankNode) for quad in found for term in (quad.subject, quad.object)):
        return found
    graph = Dataset(found)
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return graph


def dump(store: Store, output: IO[bytes], form: Format, part: Part) -> int:
    """Write one part of the graph in one format; returns the number of statements written."""
    assert isinstance(form.engine, RdfFormat), "a dump is RDF"
    if form.named_graphs:
        quads = list(quads_of(store, part, public_only=False))
        serialize(quads, output, form.engine, prefixes=PREFIXES)
        return len(quads)
    merged = {quad.triple for quad in quads_of(store, part, public_only=True)}
    serialize(sorted(merged, key=str), output, form.engine, prefixes=PREFIXES)
    return len(merged)
