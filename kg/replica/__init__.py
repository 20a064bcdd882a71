"""How a file store answers queries: workers that may die, on a copy of the graph in memory.

The server's own process never evaluates a query. For each published version a *zygote*
(`kg.replica.zygote`) loads the graph and forks workers that share its memory; the server
talks to a worker over a socket and ends it when its time is over. A worker has a memory
limit, no network, and dies with the zygote; the zygote dies with the server.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from kg import errors
from kg.engine import current_version, hold_current
from kg.errors import InvalidQuery, NotAcceptable, QueryTimeout, StoreUnavailable
from kg.formats import RDF, RESULTS, Format, by_name
from kg.replica.generation import Generation
from kg.replica.messages import Message
from kg.replica.slots import Slots
from kg.settings import Settings

__all__ = ["Answer", "QueryRequest", "Replica"]

BUSY_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 5.0
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One query. `results` is the format for SELECT and ASK, `graphs` for CONSTRUCT and DESCRIBE.

    `default_graphs`/`named_graphs` replace the query's dataset (SPARQL 1.1 Protocol §2.1.4);
    None leaves it. `bindings` maps variables, without `?`, to N-Triples terms. `timeout` in
    seconds; the server's own limit holds in any case. `abandoned` says whether nobody waits for
    the answer any more: the query is then ended.
    """

    query: str
    results: Format | None
    graphs: Format | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    bindings: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    abandoned: Callable[[], bool] = field(default=lambda: False, compare=False, repr=False)


@dataclass(slots=True)
class Answer:
    """A complete answer; close it after use. `rows` counts solutions or triples (None for ASK),
    `seconds` is the evaluation, `version` the published version it comes from."""

    form: Literal["select", "ask", "construct"]
    format: Format
    body: bytes | BinaryIO
    length: int
    rows: int | None
    seconds: float
    version: str

    def close(self) -> None:
        if not isinstance(self.body, bytes):
            self.body.close()


class Replica:
    """Serves the newest published version of a file store. Every method may be called by any thread."""

    def __init__(self, directory: Path, settings: Settings) -> None:
        self._directory = directory
        self._settings = settings
        self._workers = settings.workers or max(2, os.cpu_count() or 1)
        self._slots = Slots(self._workers)
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._current: Generation | None = None
        self._old: list[Generation] = []
        self._closing = threading.Event()
        self._looked = threading.Event()
        self._failure: StoreUnavailable | None = None
        # Zygotes die with the thread that starts them, so one thread starts them all.
        self._keeper = threading.Thread(target=self._keep, name="replica", daemon=True)

    @classmethod
    def open(cls, directory: Path, settings: Settings) -> Replica:
        """Start serving; returns when the newest version is in memory, or none is published yet.

        Raises StoreUnavailable if the newest version cannot be loaded.
        """
        replica = cls(directory, settings)
        replica._keeper.start()
        replica._looked.wait()
        if replica._failure is not None:
            replica.close()
            raise replica._failure
        return replica

    @property
    def version(self) -> str | None:
        """The version being served, or None if nothing is published yet."""
        current = self._current
        return current.version if current else None

    @property
    def ready(self) -> bool:
        """Whether a query would find a graph to be asked of."""
        current = self._current
        return current is not None and current.alive()

    def query(self, request: QueryRequest) -> Answer:
        """The complete answer.

        Raises InvalidQuery, NotAcceptable, FederationRefused, TooLarge; QueryTimeout at the
        limit of time or memory; StoreUnavailable if nothing is published or all workers are busy.
        """
        limit = min(self._settings.query_timeout, request.timeout or self._settings.query_timeout)
        if self._current is None:
            raise StoreUnavailable("nothing is published yet: ingest something first")
        if not self._slots.acquire(BUSY_SECONDS, request.abandoned):
            self._count("busy")
            raise StoreUnavailable("all query workers are busy; try again later")
        try:
            return self._ask(request, limit)
        finally:
            self._slots.release()

    def statistics(self) -> dict[str, int | float]:
        """Counts since the start, and what is there now; times in seconds."""
        current = self._current
        names = ("queries", "timeouts", "crashes", "busy", "loads")
        counted: dict[str, int | float] = {name: self._counts[name] for name in names}
        if current is None:
            return counted
        return counted | {
            "workers": self._workers,
            "running": current.lent,
            "idle": current.idle,
            "waiting": self._slots.waiting,
            "quads": current.quads,
            "load_seconds": current.load_seconds,
        }

    def close(self) -> None:
        """End every process. Queries that still run fail."""
        self._closing.set()
        self._keeper.join()

    def _count(self, name: str) -> None:
        with self._counting:
            self._counts[name] += 1

    def _ask(self, request: QueryRequest, limit: float) -> Answer:
        generation, worker = self._take()
        self._count("queries")
        reuse = False
        try:
            reply = worker.ask(_job(request, limit), limit, request.abandoned)
            reuse = reply is not None and not reply.head["retire"]
        except TimeoutError:
            self._count("timeouts")
            raise QueryTimeout(
                f"the query was ended after {limit:g} s; no partial answer is given: narrow it"
            ) from None
        finally:
            generation.give_back(worker, reuse=reuse)
        if reply is None:
            self._count("crashes")
            _log.warning("a query ended its worker")
            raise QueryTimeout(
                "the query was ended: it needed more memory than a query may use, or nests too deeply"
            )
        return _answer(reply, generation.version)

    def _take(self) -> tuple[Generation, Any]:
        """A worker of the current version, also if the version changes at this moment."""
        for _ in range(3):
            generation = self._current
            if generation is None:
                break
            try:
                return generation, generation.take()
            except StoreUnavailable:
                if generation is self._current:
                    raise
        raise StoreUnavailable("the replica is restarting; try again")

    def _keep(self) -> None:
        """Follow what is published until closed."""
        pause = 0.0
        while not self._closing.wait(pause):
            pause = POLL_SECONDS
            try:
                self._refresh()
            except StoreUnavailable as error:
                if not self._looked.is_set():
                    self._failure = error
                _log.error("%s", error)
                pause = _RETRY_SECONDS
            self._looked.set()
        for generation in [self._current, *self._old]:
            if generation is not None:
                generation.close()
        self._current = None

    def _refresh(self) -> None:
        for generation in [old for old in self._old if not old.lent or not old.alive()]:
            self._old.remove(generation)
            generation.close()
        current, version = self._current, current_version(self._directory)
        if version is None or (current and current.version == version and current.alive()):
            return
        checkpoint = hold_current(self._directory)
        if checkpoint is None:
            return
        try:
            new = Generation(checkpoint, self._settings.query_memory_mib << 20)
        finally:
            checkpoint.close()
        if new.network and not self._counts["loads"]:
            _log.warning("query workers keep the network: this system lets no process give it up")
        self._count("loads")
        self._current = new
        if current is not None:
            current.retire()
            self._old.append(current)


def _job(request: QueryRequest, limit: float) -> dict[str, Any]:
    return {
        "query": request.query,
        "results": request.results.name if request.results else None,
        "graphs": request.graphs.name if request.graphs else None,
        "default_graphs": request.default_graphs,
        "named_graphs": request.named_graphs,
        "bindings": dict(request.bindings),
        "timeout": limit,
    }


def _answer(reply: Message, version: str) -> Answer:
    head = reply.head
    if "error" in head:
        raise _error(head)
    format = by_name(RDF if head["form"] == "construct" else RESULTS, head["format"])
    assert format is not None
    body: bytes | BinaryIO = os.fdopen(reply.files[0], "rb") if reply.files else reply.body
    return Answer(head["form"], format, body, head["length"], head["rows"], head["seconds"], version)


def _error(head: dict[str, Any]) -> errors.KGError:
    """The error a worker reports, as the exception it was."""
    if head["error"] == "InvalidQuery":
        return InvalidQuery(head["detail"], line=head.get("line"), column=head.get("column"))
    if head["error"] == "NotAcceptable":
        return NotAcceptable(head["detail"], offered=tuple(head["offered"]))
    kind: type[errors.KGError] = getattr(errors, head["error"])
    return kind(head["detail"])
