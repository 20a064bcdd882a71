"""The seam: what a store does, whatever engine is behind it. Foreign exceptions stop here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Triple,
)

Term = NamedNode | BlankNode | Literal | Triple
Results = QuerySolutions | QueryBoolean | QueryTriples


class Store(Protocol):
    """A dataset of named graphs. Every write is one transaction and durable on return.

    Private graphs (`kg.graphs.is_private`) appear in no listing and no count; they are
    reached only by their own name. Raises StoreUnavailable (locked, full, damaged, closed,
    read-only), InvalidQuery and InvalidInput.
    """

    def query(
        self,
        text: str,
        *,
        substitutions: Mapping[str, Term] | None = None,
        default_graphs: Sequence[NamedNode] | None = None,
    ) -> Results:
        """Evaluate SPARQL 1.1. `default_graphs` None: the text's own FROM, else the merge of
        the public graphs as published last. Several graphs named here are not merged: a triple
        of two of them counts twice. `substitutions` binds
        variables, named without `?`. Results are lazy and belong to the calling thread."""
        ...

    def update(self, text: str) -> None:
        """Execute SPARQL 1.1 Update, all operations in one transaction. For trusted text:
        LOAD reads files and addresses."""
        ...

    def apply(self, drop: Iterable[NamedNode], insert: Iterable[tuple[NamedNode, str]]) -> None:
        """Remove graphs, then add N-Triples to graphs (the same may be in both), in one
        transaction. Raises InvalidInput if a text is not N-Triples; then nothing changes."""
        ...

    def replace_graph(self, graph: NamedNode, ntriples: str) -> None:
        """`apply` for one graph."""
        ...

    def quads(self, graph: NamedNode | None = None) -> Iterator[Quad]:
        """The quads of one graph, or of all that are not private, in the engine's order."""
        ...

    def graph_names(self) -> list[NamedNode]:
        """Names of the graphs that hold something, sorted, without private ones."""
        ...

    def count(self) -> int:
        """Number of quads in graphs that are not private. Linear time on disk."""
        ...

    def publish(self) -> str | None:
        """Make the present content the newest published version and return its name; None
        where nothing is published (memory). Publishing unchanged content changes nothing."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
