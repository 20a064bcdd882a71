"""pyoxigraph in this process, in memory; and what the store on disk has in common with it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import pyoxigraph as ox
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad

from kg.engine import invalid_query
from kg.errors import InvalidInput, InvalidQuery, StoreError, StoreUnavailable
from kg.graphs import in_default_graph, is_private
from kg.store.base import Results, Term
from kg.store.statements import STATE, State, changes, state_of


@contextmanager
def engine_errors(what: str, text: str | None = None) -> Iterator[None]:
    """Turns pyoxigraph's exceptions into the project's; `what` names the store, `text` is SPARQL."""
    try:
        yield
    except SyntaxError as error:
        raise invalid_query(error, text) from error
    except OSError as error:
        raise StoreUnavailable(f"{what}: {error}") from error
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    except RuntimeError as error:
        kind = StoreUnavailable if str(error).startswith("Corruption") else StoreError
        raise kind(f"{what}: {error}") from error


def _hidden(graph: NamedNode | BlankNode | DefaultGraph) -> bool:
    """Private graphs, and the default graph, which only repeats what the public ones hold."""
    return isinstance(graph, DefaultGraph) or (isinstance(graph, NamedNode) and is_private(graph.value))


class MemoryStore:
    """An engine and one lock for its writers."""

    _name = "memory:"

    def __init__(self, *, write: bool) -> None:
        self._writes = write
        self._lock = threading.RLock()
        self._engine: ox.Store | None = ox.Store()
        self._state = State()

    def query(
        self,
        text: str,
        *,
        substitutions: Mapping[str, Term] | None = None,
        default_graphs: Sequence[NamedNode] | None = None,
    ) -> Results:
        bound = {ox.Variable(name): term for name, term in (substitutions or {}).items()}
        graphs = None if default_graphs is None else list(default_graphs)
        with engine_errors(self._name, text):
            return self._open().query(text, substitutions=bound, default_graph=graphs)  # type: ignore[arg-type]

    def update(self, text: str) -> None:
        with self._lock:
            try:
                self._commit(text, separator=";")
            except InvalidQuery:
                if ";" not in text:
                    raise
                self._commit(text, separator="")  # the grammar allows a text to end with its own `;`

    def apply(self, drop: Iterable[NamedNode], insert: Iterable[tuple[NamedNode, str]]) -> None:
        if text := changes(drop, insert):
            with self._lock:
                self._commit(text, separator=";")

    def replace_graph(self, graph: NamedNode, ntriples: str) -> None:
        self.apply([graph], [(graph, ntriples)])

    def quads(self, graph: NamedNode | None = None) -> Iterator[Quad]:
        with engine_errors(self._name):
            for quad in self._open().quads_for_pattern(None, None, None, graph):
                if graph is not None or not _hidden(quad.graph_name):
                    yield quad

    def graph_names(self) -> list[NamedNode]:
        with engine_errors(self._name):
            names = [name for name in self._open().named_graphs() if not _hidden(name)]
        return sorted((n for n in names if isinstance(n, NamedNode)), key=lambda name: name.value)

    def count(self) -> int:
        with engine_errors(self._name):
            engine = self._open()
            hidden = [DefaultGraph(), *(name for name in engine.named_graphs() if _hidden(name))]
            return len(engine) - sum(1 for n in hidden for _ in engine.quads_for_pattern(None, None, None, n))

    def publish(self) -> str | None:
        with self._lock, engine_errors(self._name):
            self._merge(self._writable())
        return None

    def _merge(self, engine: ox.Store) -> None:
        """Make the default graph the merge of the public ones (SPARQL 1.1 §13.2): the engine
        would count a triple of two default graphs twice. Derived, so no write of its own."""
        public = [n for n in engine.named_graphs() if isinstance(n, NamedNode) and in_default_graph(n.value)]
        merged = {q.triple for n in public for q in engine.quads_for_pattern(None, None, None, n)}
        present = {q.triple for q in engine.quads_for_pattern(None, None, None, DefaultGraph())}
        for triple in present - merged:
            engine.remove(Quad(*triple))
        engine.extend(Quad(*triple) for triple in merged - present)

    def close(self) -> None:
        self._engine = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> ox.Store:
        if self._engine is None:
            raise StoreUnavailable(f"{self._name} is closed")
        return self._engine

    def _writable(self) -> ox.Store:
        engine = self._open()
        if not self._writes:
            raise StoreUnavailable(f"{self._name} is opened for reading only")
        return engine

    def _commit(self, text: str, *, separator: str) -> None:
        """One transaction: the caller's text and the new state."""
        engine, state = self._writable(), self._state.after(text)
        with engine_errors(self._name, text):
            engine.update(f"{text}\n{separator}\n{state.statement()}")
        self._state = state

    def _read_state(self) -> State | None:
        with engine_errors(self._name):
            return state_of(self._open().quads_for_pattern(None, None, None, STATE))
