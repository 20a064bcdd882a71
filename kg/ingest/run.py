"""The run: a generator of outcomes, one for every record of every file."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from kg.errors import InvalidInput, InvalidRecord, KGError, SourceError
from kg.ingest.cases import CURATED, CaseContext
from kg.ingest.dataset import finish, load_model
from kg.ingest.outcome import Outcome, Problem
from kg.ingest.prepare import Prepared, prepare, quality_graph, reject
from kg.ingest.quarantine import Quarantine
from kg.ingest.waivers import WAIVERS, read_waivers, stale_records, store_waivers, stored_waivers
from kg.iris import Iris
from kg.model import RawRecord
from kg.normalise import unsupported
from kg.processes import die_with_parent
from kg.provenance import pipeline
from kg.shapes import Waivers
from kg.sources import files, source_of
from kg.store import Store

BATCH: Final = 64
INLINE: Final = 2 * BATCH
"""Fewer records than this are not worth starting worker processes for."""

CASE_SUFFIXES: Final = frozenset({".yaml", ".yml"})
"""Files that are read whole before any record: cases refer to each other's decisions."""

_KNOWN: Final = """
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?record ?digest ?by WHERE { GRAPH ?g { ?record enf:sourceDigest ?digest ; prov:wasGeneratedBy ?by } }
"""
_NUMBERS: Final = """
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
SELECT ?graph ?number WHERE {
  GRAPH ?graph { ?decision enf:officialNumber ?number }
  FILTER(CONTAINS(STR(?graph), "/graph/decision/"))
}
"""
_MADE: Final = """
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?graph ?record WHERE { GRAPH ?g { ?graph prov:wasDerivedFrom ?record } }
"""
_OWNERS: Final = """
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?graph ?record WHERE {
  GRAPH ?g { ?graph prov:wasDerivedFrom ?record }
  FILTER(CONTAINS(STR(?graph), "/graph/decision/"))
}
"""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `as_of` is the day up to which acts can have happened; `processes` workers
    prepare records; `dry_run` writes nothing; `source` is the source's name, or None to look."""

    as_of: date
    iris: Iris = field(default_factory=Iris)
    source: str | None = None
    dry_run: bool = False
    processes: int = 1


@dataclass(slots=True)
class _State:
    """What the store holds and what this run has met; `owners` are the records that the graphs
    of decisions were made from."""

    known: dict[str, tuple[str, str]]
    decisions: list[str]
    owners: dict[str, str] = field(default_factory=dict)
    cases: CaseContext = field(default_factory=CaseContext)
    waivers: Waivers = field(default_factory=Waivers)
    read: set[tuple[str, str]] = field(default_factory=set)
    rejected: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[tuple[str, str], RawRecord] = field(default_factory=dict)


def run(
    store: Store, paths: Sequence[Path], options: Options, quarantine: Quarantine | None = None
) -> Iterator[Outcome]:
    """Ingest every record of every file (folders are walked), yielding what became of each.

    Records are written in batches, each one transaction: a record is in the store wholly or
    not at all. A file that cannot be read is one `failed` outcome; the others go on. Waivers
    among the files take the place of those in the store; records whose report they change are
    judged anew. Raises StoreUnavailable if the store or the quarantine cannot be written.
    """
    _same_base(store, options.iris)
    state = _State(_known(store), _decisions(store), _owners(store))
    given = read_waivers(paths, options.iris, options.as_of)
    yield from given.outcomes
    if not options.dry_run:
        load_model(store, options.iris)
        store_waivers(store, given, options.iris)
    waivers = stored_waivers(store, options.iris) if given.waivers is None else given.waivers
    state.waivers = waivers.in_force(options.as_of)
    for record in stale_records(store, state.waivers):
        state.known.pop(record, None)
    with closing(_prepared(_fresh(paths, options, state), options, state)) as prepared:
        while batch := list(islice(prepared, BATCH)):
            yield from _write(store, batch, options, quarantine, state)
    if not options.dry_run:
        if quarantine is not None:
            _forget_mended(store, quarantine, options, state)
        finish(store, options.iris)


def check(paths: Sequence[Path], options: Options, waivers: Waivers) -> Iterator[Prepared]:
    """Every record of every file as `run` would judge it in an empty store; nothing is written.
    `waivers` are those in force."""
    state = _State({}, [], waivers=waivers)
    with closing(_prepared(_fresh(paths, options, state), options, state)) as prepared:
        yield from prepared


def count(paths: Sequence[Path], options: Options) -> int:
    """How many outcomes a run over these files will have: for a progress bar."""
    state = _State({}, [])
    return sum(1 for file in _files(paths) for _ in _read(file, options, state))


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for given in paths for file in files(given) if file.name != WAIVERS]


def _known(store: Store) -> dict[str, tuple[str, str]]:
    """Digest and pipeline of every record in the store, by its IRI."""
    rows = store.query(_KNOWN)
    return {row["record"].value: (row["digest"].value, row["by"].value) for row in rows}  # type: ignore[union-attr]


def _same_base(store: Store, iris: Iris) -> None:
    """Raise InvalidInput if the store was filled under another base: its data would be there twice."""
    names = {name.value for name in store.graph_names()}
    if names and iris.graph("ontology").value not in names:
        rule = (
            f"the store was not filled under the base {iris.base}: set KG_BASE_IRI to the one it began with"
        )
        raise InvalidInput(rule)


def _owners(store: Store) -> dict[str, str]:
    """The record that each graph of a decision was made from."""
    rows = store.query(_OWNERS)
    return {row["graph"].value: row["record"].value for row in rows}  # type: ignore[union-attr]


def _decisions(store: Store) -> list[str]:
    """The references (`authority/number`) to the decisions in the store."""
    rows = store.query(_NUMBERS)
    return [f"{_slug(row['graph'].value)}/{row['number'].value}" for row in rows]  # type: ignore[union-attr]


def _slug(graph: str) -> str:
    return graph.rpartition("/graph/decision/")[2].rpartition("/")[0]


def _fresh(paths: Sequence[Path], options: Options, state: _State) -> Iterator[RawRecord | Prepared]:
    """Records that are new or changed, and what became of all others. Cases come first."""
    current = pipeline(options.iris).value
    found = _files(paths)
    cases = [item for path in found if path.suffix in CASE_SUFFIXES for item in _read(path, options, state)]
    state.cases = CaseContext.of([item for item in cases if isinstance(item, RawRecord)], state.decisions)
    others = (
        item for path in found if path.suffix not in CASE_SUFFIXES for item in _read(path, options, state)
    )
    looked = (
        _first_look(item, state, current, options.iris) if isinstance(item, RawRecord) else item
        for item in chain(cases, others)
    )
    yield from _judged(list(islice(looked, len(cases))), options, state)
    yield from looked


def _judged(
    cases: list[RawRecord | Prepared], options: Options, state: _State
) -> Iterator[RawRecord | Prepared]:
    """The cases, prepared: one that is refused takes with it those that refer to its decisions.

    Together and before all else, for no case can be written before that is known.
    """
    fresh = [item for item in cases if isinstance(item, RawRecord) and item.source == CURATED]
    settled = [item.raw for item in cases if isinstance(item, Prepared) and item.kind == "unchanged"]
    prepared: list[Prepared] = []
    before = None
    while before != state.cases:
        before = state.cases
        prepared = prepare(fresh, options.iris.base, options.as_of, state.cases, state.waivers)
        refused = [item.raw for item in prepared if item.kind != "stored"]
        there = settled + [item.raw for item in prepared if item.kind == "stored"]
        state.cases = state.cases.without(refused, there, state.decisions)
    done = iter(prepared)
    for item in cases:
        yield next(done) if isinstance(item, RawRecord) and item.source == CURATED else item


def _read(path: Path, options: Options, state: _State) -> Iterator[RawRecord | Prepared]:
    try:
        source = source_of(path, options.source)
        for item in source.read(path):
            yield _refused(item, options.iris) if isinstance(item, InvalidRecord) else item
        state.read.add((source.name, str(path)))
    except SourceError as error:
        raw = RawRecord(
            source=options.source or "file", key="", file=error.file, line=error.line, digest="", fields={}
        )
        yield Prepared(raw, "failed", problems=(Problem(field="file", value="", rule=error.detail),))


def _refused(error: InvalidRecord, iris: Iris) -> Prepared:
    """A row that is no record: kept under its place in the file."""
    raw = RawRecord(
        source=error.source,
        key=f"{error.key or 'line'}@{error.line}",
        file=error.file,
        line=error.line,
        digest="",
        fields={"published": error.published},
    )
    return reject(Prepared(raw), (Problem.of(error),), iris)


def _first_look(raw: RawRecord, state: _State, current: str, iris: Iris) -> RawRecord | Prepared:
    earlier = state.seen.setdefault((raw.source, raw.key), raw)
    if earlier is not raw:
        if earlier.digest == raw.digest:
            return Prepared(raw, "unchanged")
        first = f"{Path(earlier.file).name}:{earlier.line}"  # no folder: the report is public
        rule = f"two different records with one key; the first, at {first}, was taken"
        fix = "ingest the newer file by itself, or correct the key"
        again = raw.model_copy(update={"key": f"{raw.key}@{raw.line}"})
        return reject(Prepared(again), (Problem("key", raw.key, rule, fix),), iris)
    if state.known.get(iris.record(raw.source, raw.key).value) == (raw.digest, current):
        return Prepared(raw, "unchanged")
    if (error := unsupported(raw)) is not None:
        return Prepared(raw, "unsupported", problems=(Problem.of(error),))
    return raw


def _prepared(
    items: Iterator[RawRecord | Prepared], options: Options, state: _State
) -> Generator[Prepared, None, None]:
    """Records through `prepare`, in their order; outcomes pass by."""
    head = list(islice(items, INLINE))
    waiting = [item for item in head if isinstance(item, RawRecord)]
    while len(waiting) < INLINE and (more := list(islice(items, INLINE))):
        # Outcomes of unchanged records may fill many pages before there is work for a pool.
        yield from (item for item in head if isinstance(item, Prepared))
        head = [*waiting, *more]
        waiting = [item for item in head if isinstance(item, RawRecord)]
    if len(waiting) < INLINE or options.processes < 2:
        yield from _inline(head, items, options, state)
    else:
        yield from _pooled(head, items, options, state)


def _batches(
    head: list[RawRecord | Prepared], rest: Iterator[RawRecord | Prepared]
) -> Iterator[list[RawRecord] | Prepared]:
    batch: list[RawRecord] = []
    for items in (head, rest):
        for item in items:
            if isinstance(item, Prepared):
                yield item
            else:
                batch.append(item)
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _inline(
    head: list[RawRecord | Prepared], rest: Iterator[RawRecord | Prepared], options: Options, state: _State
) -> Iterator[Prepared]:
    for item in _batches(head, rest):
        if isinstance(item, Prepared):
            yield item
        else:
            yield from prepare(item, options.iris.base, options.as_of, state.cases, state.waivers)


def _pooled(
    head: list[RawRecord | Prepared], rest: Iterator[RawRecord | Prepared], options: Options, state: _State
) -> Iterator[Prepared]:
    # Spawned, not forked: a fork after a disk store is opened corrupts it.
    pool = ProcessPoolExecutor(
        options.processes,
        mp_context=get_context("spawn"),
        initializer=die_with_parent,
        initargs=(os.getpid(),),
    )
    queue: list[Future[list[Prepared]]] = []
    try:
        for item in _batches(head, rest):
            if isinstance(item, Prepared):
                yield item
                continue
            queue.append(
                pool.submit(prepare, item, options.iris.base, options.as_of, state.cases, state.waivers)
            )
            if len(queue) > 2 * options.processes:
                yield from queue.pop(0).result()
        for future in queue:
            yield from future.result()
    except BrokenProcessPool as error:
        raise KGError(
            "a worker process ended unexpectedly (out of memory?); run again, finished records are kept"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _write(
    store: Store, batch: Sequence[Prepared], options: Options, quarantine: Quarantine | None, state: _State
) -> Iterator[Outcome]:
    """One transaction for the batch, then its outcomes."""
    for item in batch:
        _claim(item, options.iris, state)
    if not options.dry_run:
        _apply(store, batch, options, state)
        for item in batch:
            if quarantine is not None:
                _quarantine(quarantine, item, state)
    for item in batch:
        yield _outcome(item)


def _claim(item: Prepared, iris: Iris, state: _State) -> None:
    """Refuse a case that would write over a decision which another case made."""
    if item.kind != "stored" or item.raw.source != CURATED:
        return
    record = iris.record(item.raw.source, item.raw.key).value
    made = [name for name, _ in item.graphs if "/graph/decision/" in name]
    taken = {name: owner for name in made if (owner := state.owners.get(name, record)) != record}
    if taken:
        fix = "ingest the case that has it without it first, or correct the number"
        reject(item, tuple(_taken(name, owner, fix) for name, owner in sorted(taken.items())), iris)
        return
    state.owners = {name: owner for name, owner in state.owners.items() if owner != record}
    state.owners |= dict.fromkeys(made, record)


def _taken(graph: str, owner: str, fix: str) -> Problem:
    value, case = graph.rpartition("/graph/decision/")[2], owner.rpartition("/")[2]
    return Problem("decisions", value, f"this decision is in the store, from case {case}", fix)


def _outcome(item: Prepared) -> Outcome:
    raw = item.raw
    return Outcome(item.kind, raw.source, raw.key, raw.file, raw.line, item.problems, item.kept)


def _apply(store: Store, batch: Sequence[Prepared], options: Options, state: _State) -> None:
    drop: list[NamedNode] = []
    insert: list[tuple[NamedNode, str]] = []
    for item in batch:
        if item.kind not in ("stored", "rejected"):
            continue
        graph = quality_graph(item.raw.source, item.raw.key, options.iris)
        drop.append(graph)
        if item.report:
            insert.append((graph, item.report))
        if item.kind == "stored":
            drop += _made(store, item.raw, options.iris, state)
            drop += [NamedNode(name) for name, _ in item.graphs]
            insert += [(NamedNode(name), text) for name, text in item.graphs]
    if drop or insert:
        store.apply(drop, insert)


def _made(store: Store, raw: RawRecord, iris: Iris, state: _State) -> list[NamedNode]:
    """The graphs that an earlier version of this record made."""
    node = iris.record(raw.source, raw.key)
    if node.value not in state.known:
        return []
    rows = store.query(_MADE, substitutions={"record": node})
    return [row["graph"] for row in rows if isinstance(row["graph"], NamedNode)]  # type: ignore[union-attr]


def _quarantine(quarantine: Quarantine, item: Prepared, state: _State) -> None:
    if item.kind == "rejected":
        quarantine.put(item.raw, _outcome(item), item.report)
        state.rejected.add(quarantine.name(item.raw.source, item.raw.key))
    elif item.kind == "stored":
        quarantine.remove(item.raw.source, item.raw.key)


def _forget_mended(store: Store, quarantine: Quarantine, options: Options, state: _State) -> None:
    """Drop what waits from a file that was read to its end now without being refused again."""
    for source, key, file in quarantine.waiting():
        if (source, file) in state.read and quarantine.name(source, key) not in state.rejected:
            store.apply([quality_graph(source, key, options.iris)], [])
            quarantine.remove(source, key)
