"""Update texts: one SPARQL update is one transaction of the engine, whatever it contains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import InvalidInput
from kg.namespaces import BASE

STATE: Final = NamedNode(f"{BASE}graph/state")
GENERATION: Final = NamedNode(f"{STATE.value}#generation")
DIGEST: Final = NamedNode(f"{STATE.value}#digest")
_TRIPLE_TERMS: Final = 1000  # pyoxigraph's parser recurses: 50,000 nested ones end the process


@dataclass(frozen=True, slots=True)
class State:
    """How many writes the store has acknowledged, and a digest chained over their texts."""

    generation: int = 0
    digest: str = ""

    @property
    def version(self) -> str:
        return f"{self.generation}-{self.digest[:12]}"

    def after(self, text: str) -> State:
        chained = hashlib.sha256(self.digest.encode() + text.encode())
        return State(self.generation + 1, chained.hexdigest())

    def statement(self) -> str:
        """Replaces the stored state by this one."""
        return (
            f"DELETE WHERE {{ GRAPH {STATE} {{ {STATE} {GENERATION} ?generation }} }} ;\n"
            f"DELETE WHERE {{ GRAPH {STATE} {{ {STATE} {DIGEST} ?digest }} }} ;\n"
            f"INSERT DATA {{ GRAPH {STATE} {{ {STATE} {GENERATION} {self.generation} ; "
            f'{DIGEST} "{self.digest}" }} }}'
        )


def changes(drop: Iterable[NamedNode], insert: Iterable[tuple[NamedNode, str]]) -> str:
    """The update that removes graphs, then adds N-Triples; "" if there is nothing to do.

    Raises InvalidInput if a text is not N-Triples.
    """
    statements = [f"DROP SILENT GRAPH {graph}" for graph in dict.fromkeys(drop)]
    for number, (graph, text) in enumerate(insert):
        if triples := _checked(graph, text, number):
            statements.append(f"INSERT DATA {{ GRAPH {graph} {{\n{triples}}} }}")
    return " ;\n".join(statements)


def _checked(graph: NamedNode, text: str, number: int) -> str:
    """The same triples in the engine's own writing: nothing but triples can get through."""
    if text.count("<<(") > _TRIPLE_TERMS:
        raise InvalidInput(f"{graph.value}: more than {_TRIPLE_TERMS} triple terms")
    try:
        quads: Iterable[Quad] = parse(text, RdfFormat.N_TRIPLES)
        if "_:" in text:  # SPARQL forbids one label in two blocks; each text has its own nodes
            quads = [_scoped(quad, number) for quad in quads]
        data = serialize(quads, format=RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise InvalidInput(f"{graph.value}: not N-Triples: {error}") from error
    return (data or b"").decode()


def _scoped(quad: Quad, number: int) -> Quad:
    subject, object = quad.subject, quad.object
    if isinstance(subject, BlankNode):
        subject = BlankNode(f"n{number}x{subject.value}")
    if isinstance(object, BlankNode):
        object = BlankNode(f"n{number}x{object.value}")
    return Quad(subject, quad.predicate, object, quad.graph_name)


def state_of(quads: Iterable[Quad]) -> State | None:
    """The state written in the state graph, or None if there is none."""
    own = (q for q in quads if q.subject == STATE)
    values = {q.predicate: q.object.value for q in own if isinstance(q.object, Literal)}
    if GENERATION not in values or DIGEST not in values:
        return None
    return State(int(values[GENERATION]), values[DIGEST])
