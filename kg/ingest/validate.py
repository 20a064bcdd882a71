"""The gate without a store behind it: files or a store in, findings out, nothing written.

Trackers' files and cases go the way of an ingest; graphs are judged as they stand, each under
the profile of what it describes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat

from kg.ingest.outcome import Kind, Outcome, Problem
from kg.ingest.prepare import Prepared, problem_of, validator
from kg.ingest.run import BATCH, Options, check
from kg.ingest.waivers import WAIVERS, read_waivers, stored_waivers, waivers_graph
from kg.namespaces import RDF_TYPE, enf
from kg.shapes import Constraint, Profile, Report, Result, Severity, Waivers
from kg.store import Store

GRAPHS: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
}
"""Suffixes of the files that are judged as graphs."""

_PROFILES: Final[tuple[tuple[str, Profile], ...]] = (
    ("/graph/record/", "record"),
    ("/graph/decision/", "decision"),
    ("/graph/claim/", "claim"),
    ("/graph/quality/waivers", "reference"),
)
_IN_CASE: Final = enf("inCase")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem and its place. `result` and `constraint` are None where a record could not
    be read as a graph; `kind` is what an ingest would make of the record."""

    kind: Kind
    source: str
    key: str
    file: str
    line: int | None
    problem: Problem
    result: Result | None = None
    constraint: Constraint | None = None

    @property
    def severity(self) -> Severity:
        """The problem's severity; a record of a kind that is not handled yet is no fault."""
        return "Info" if self.kind == "unsupported" else self.problem.severity

    @property
    def fails(self) -> bool:
        """Whether this finding keeps the record out."""
        return self.severity == "Violation" and self.problem.fails

    def place(self) -> str:
        """File and line, source and key; for a graph of a store, its name."""
        line = self.problem.line or self.line
        where = self.file if line is None else f"{self.file}:{line}"
        return " ".join(part for part in (where, self.source, self.key) if part)


@dataclass(slots=True)
class _Unit:
    """What is judged together: the quads of one record, claim or case, and where they stand."""

    source: str
    key: str
    file: str
    profile: Profile
    quads: list[Quad] = field(default_factory=list)


def validate_files(paths: Sequence[Path], options: Options) -> Iterator[Finding]:
    """The findings of the files, folders walked, in the order of the files."""
    read = read_waivers(paths, options.iris, options.as_of)
    waivers = (read.waivers or Waivers()).in_force(options.as_of)
    results = {(file, problem_of(result)): result for file, result in read.results}
    for outcome in read.outcomes:
        yield from _of_outcome(outcome, [results.get((outcome.file, p)) for p in outcome.problems])
    found = [file for path in paths for file in _walk(path)]
    graphs = [file for file in found if file.suffix.casefold() in GRAPHS and file.name != WAIVERS]
    others = [path for path in paths if path.is_dir() or path.suffix.casefold() not in GRAPHS]
    for item in check(others, options, waivers):
        yield from _of_prepared(item)
    for file in graphs:
        yield from _graph_file(file, options, waivers)


def validate_store(store: Store, options: Options) -> Iterator[Finding]:
    """The findings of every record, case, claim and waiver in a store, in the order of the graphs' names."""
    waivers = stored_waivers(store, options.iris).in_force(options.as_of)
    yield from _judged(_units(store.graph_names(), store.quads, ""), options, waivers)


def _walk(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _of_outcome(outcome: Outcome, results: Iterable[Result | None]) -> Iterator[Finding]:
    shapes = validator().shapes.constraints
    for problem, result in zip(outcome.problems, results, strict=True):
        yield Finding(
            outcome.kind,
            outcome.source,
            outcome.key,
            outcome.file,
            outcome.line,
            problem,
            result,
            None if result is None else shapes[result.shape],
        )


def _of_prepared(item: Prepared) -> Iterator[Finding]:
    raw = item.raw
    outcome = Outcome(item.kind, raw.source, raw.key, raw.file, raw.line, item.problems)
    yield from _of_outcome(outcome, item.results or [None] * len(item.problems))


def _graph_file(file: Path, options: Options, waivers: Waivers) -> Iterator[Finding]:
    """The findings of a file of graphs. It is loaded to disk, so memory does not grow with it."""
    with TemporaryDirectory(prefix="kg-validate-") as folder:
        yield from _loaded(pyoxigraph.Store(folder), file, options, waivers)


def _loaded(graphs: pyoxigraph.Store, file: Path, options: Options, waivers: Waivers) -> Iterator[Finding]:
    try:
        graphs.bulk_load(path=str(file), format=GRAPHS[file.suffix.casefold()], base_iri=options.iris.base)
    except (OSError, SyntaxError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else error.strerror
        problem = Problem("file", "", f"cannot be read as a graph: {reason}")
        line = error.lineno if isinstance(error, SyntaxError) else None
        yield from _of_outcome(Outcome("failed", "", "", str(file), line, (problem,)), [None])
        return

    def quads(name: NamedNode | DefaultGraph) -> Iterator[Quad]:
        return iter(graphs.quads_for_pattern(None, None, None, name))

    unnamed = sorted(quads(DefaultGraph()), key=str)
    if unnamed:
        yield from _judged([_Unit("", "", str(file), _profile(unnamed), unnamed)], options, waivers)
    stated = Waivers.of(quad.triple for quad in quads(waivers_graph(options.iris)))
    waivers = Waivers(waivers.waivers + stated.in_force(options.as_of).waivers)
    names = sorted((name for name in graphs.named_graphs() if isinstance(name, NamedNode)), key=str)
    yield from _judged(_units(names, quads, str(file)), options, waivers)


def _profile(quads: Iterable[Quad]) -> Profile:
    """The profile of a graph without a name: that of what it describes."""
    types = {quad.object for quad in quads if quad.predicate == RDF_TYPE}
    if types == {enf("ShapeWaiver")}:
        return "reference"
    for _, profile in _PROFILES:
        if types & validator().roots(profile):
            return profile
    return "decision"


def _units(
    names: Iterable[NamedNode], quads: Callable[[NamedNode], Iterable[Quad]], file: str
) -> Iterator[_Unit]:
    """The units of a dataset: the decisions of one case are seen together, as in an ingest."""
    cases: dict[str, _Unit] = {}
    for name in names:
        profile = next((kind for part, kind in _PROFILES if part in name.value), None)
        if profile is None:
            continue
        own = sorted(quads(name), key=str)
        unit = _Unit("", name.value, file, profile, own)
        case = next((quad.object for quad in own if quad.predicate == _IN_CASE), None)
        if profile != "decision" or case is None:
            yield unit
        else:
            cases.setdefault(str(case), _Unit("", unit.key, file, profile)).quads += own
    yield from cases.values()


def _judged(units: Iterable[_Unit], options: Options, waivers: Waivers) -> Iterator[Finding]:
    waiting = iter(units)
    while batch := list(islice(waiting, BATCH)):
        reports: dict[str, Report] = {}
        for profile in dict.fromkeys(unit.profile for unit in batch):
            graphs = {str(n): unit.quads for n, unit in enumerate(batch) if unit.profile == profile}
            reports |= validator().validate(graphs, profile=profile, as_of=options.as_of)
        for number, unit in enumerate(batch):
            report = waivers.applied(reports[str(number)])
            problems = tuple(problem_of(result) for result in report.results)
            kind: Kind = "stored" if report.conforms else "rejected"
            yield from _of_outcome(
                Outcome(kind, unit.source, unit.key, unit.file, None, problems), report.results
            )
