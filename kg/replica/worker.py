"""A query worker: evaluates one query after another on the memory it shares with the zygote."""

from __future__ import annotations

import os
import re
import socket
import time
from typing import Any, Final, cast

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    serialize,
)

from kg.engine import invalid_query, read_term
from kg.errors import FederationRefused, InvalidQuery, NotAcceptable, QueryTimeout, StoreError, TooLarge
from kg.formats import RDF, RESULTS, by_name
from kg.namespaces import PREFIXES
from kg.replica.confine import address_space, limit_cpu
from kg.replica.messages import Message, receive, send
from kg.replica.rows import row_counter
from kg.replica.spool import MAX_ANSWER, AnswerTooLarge, Spool

_ROOT: Final = re.compile(rb"<rdf:RDF((?: xmlns:[^ =]+=\"[^\"]*\")+)>")
_PLAIN: Final = frozenset({RdfFormat.N_TRIPLES, RdfFormat.N_QUADS})


def serve(connection: socket.socket, store: Store, memory: int) -> None:
    """Answer until the server hangs up, or until this process has grown by half of `memory` bytes."""
    start = address_space()
    while (job := receive(connection)) is not None:
        limit_cpu(job.head["timeout"])
        reply = _reply(store, job.head)
        reply.head["retire"] = reply.head.get("retire", False) or address_space() > start + memory // 2
        send(connection, reply)
        for file in reply.files:
            os.close(file)
        if reply.head["retire"]:
            return


def _reply(store: Store, job: dict[str, Any]) -> Message:
    started = time.perf_counter()
    try:
        reply = _answer(store, job)
    except SyntaxError as error:
        found = invalid_query(error, job["query"])
        return _refusal(found, line=found.line, column=found.column)
    except AnswerTooLarge:
        limit = f"{MAX_ANSWER >> 20} MiB"
        return _refusal(TooLarge(f"the answer is longer than {limit}; narrow the query"), retire=True)
    except NotAcceptable as error:
        return _refusal(error, offered=error.offered)
    except MemoryError:
        return _refusal(QueryTimeout("the query needed more memory than a query may use"), retire=True)
    except OSError as error:  # the store is in memory: only SERVICE and LOAD do I/O
        return _refusal(FederationRefused(f"this endpoint opens no connections: {error}"))
    except (RuntimeError, ValueError) as error:
        return _refusal(InvalidQuery(str(error)))
    except BaseException as error:  # a panic of the engine is no Exception
        return _refusal(StoreError(f"the engine failed: {error}"), retire=True)
    reply.head["seconds"] = time.perf_counter() - started
    return reply


def _refusal(error: Exception, **facts: Any) -> Message:
    return Message({"error": type(error).__name__, "detail": str(error), **facts})


def _answer(store: Store, job: dict[str, Any]) -> Message:
    found = store.query(
        job["query"],
        default_graph=_graphs(job["default_graphs"]),
        named_graphs=_graphs(job["named_graphs"]),
        substitutions={Variable(name): read_term(text) for name, text in job["bindings"].items()},
    )
    if isinstance(found, QueryTriples):
        return _graph(found, job["graphs"])
    chosen = by_name(RESULTS, job["results"] or "")
    if chosen is None:
        raise _not_acceptable("SELECT and ASK", RESULTS)
    engine = cast(QueryResultsFormat, chosen.engine)
    if isinstance(found, QueryBoolean):
        spool = Spool()
        found.serialize(cast(Any, spool), engine)
        return _message(spool, "ask", chosen.name, None)
    assert isinstance(found, QuerySolutions)
    spool = Spool(row_counter(engine))
    found.serialize(cast(Any, spool), engine)
    body = spool.finish()
    return _message(spool, "select", chosen.name, spool.rows, body)


def _graph(found: QueryTriples, name: str | None) -> Message:
    """The triples as a graph: each once, in an order of their own, with the prefixes it needs."""
    chosen = by_name(RDF, name or "")
    if chosen is None:
        raise _not_acceptable("CONSTRUCT and DESCRIBE", RDF)
    engine = cast(RdfFormat, chosen.engine)
    triples = sorted(set(found), key=_order)
    prefixes = {} if engine in _PLAIN else _prefixes(triples)
    spool = _RdfXml() if engine == RdfFormat.RDF_XML else Spool()
    serialize(triples, cast(Any, spool), engine, prefixes=prefixes)
    return _message(spool, "construct", chosen.name, len(triples))


def _order(triple: Triple) -> tuple[str, bool, str, str]:
    predicate = triple.predicate.value
    return str(triple.subject), predicate != f"{PREFIXES['rdf']}type", predicate, str(triple.object)


def _prefixes(triples: list[Triple]) -> dict[str, str]:
    """Those of the project that shorten something here."""
    values = {t.predicate.value for t in triples}
    for triple in triples:
        values |= {n.value for n in (triple.subject, triple.object) if isinstance(n, NamedNode)}
        if isinstance(triple.object, Literal):
            values.add(triple.object.datatype.value)
    spaces = {value[: max(value.rfind("#"), value.rfind("/")) + 1] for value in values}
    return {name: space for name, space in PREFIXES.items() if space in spaces}


class _RdfXml(Spool):
    """RDF/XML with the namespaces of its root in alphabetical order: the engine's has none."""

    started = False

    def write(self, data: bytes) -> int:
        if not self.started:
            self.started = True
            data = _ROOT.sub(lambda root: b"<rdf:RDF " + b" ".join(sorted(root[1].split())) + b">", data, 1)
        return super().write(data)


def _message(spool: Spool, form: str, format: str, rows: int | None, body: bytes | None = None) -> Message:
    body = spool.finish() if body is None else body
    head = {"form": form, "format": format, "length": spool.length, "rows": rows}
    return Message(head, body, () if spool.file is None else (spool.file,))


def _not_acceptable(forms: str, formats: tuple[Any, ...]) -> NotAcceptable:
    offered = tuple(format.media_type for format in formats)
    return NotAcceptable(f"{forms} queries are answered as {', '.join(offered)}", offered=offered)


def _graphs(names: list[str] | None) -> list[Any] | None:
    return None if names is None else [NamedNode(name) for name in names]
