"""Waivers as files: `waivers.ttl`, alone or in a folder of the run.

The file is Turtle; relative IRIs in it are resolved against the deployment's base. Each waiver
is judged by the shapes (constraint 122); a refused one waives nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from kg.errors import SourceError
from kg.ingest.outcome import Kind, Outcome, Problem
from kg.ingest.prepare import ntriples, problem_of, validator
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, enf
from kg.shapes import Result, Waivers
from kg.store import Store

WAIVERS: Final = "waivers.ttl"
"""The name of a waivers file; the source its outcomes name is `waivers`."""

_WAIVED: Final = """
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?graph ?by ?shape ?focus WHERE {
  GRAPH ?graph { ?result sh:sourceShape ?shape ; sh:focusNode ?focus . OPTIONAL { ?result enf:waivedBy ?by } }
}
"""
_NAMED: Final = """
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
SELECT DISTINCT ?graph ?by WHERE { GRAPH ?graph { ?result enf:waivedBy ?by } }
"""


@dataclass(slots=True)
class WaiversRead:
    """What the waivers files of a run say. `waivers` is None where there is no such file, or
    none could be read; `results` are the shapes' results, by file."""

    waivers: Waivers | None = None
    facts: list[Triple] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    results: list[tuple[str, Result]] = field(default_factory=list)


def waiver_files(paths: Iterable[Path]) -> list[Path]:
    """The waivers files among the paths, folders walked, in a stable order."""
    found = (sorted(path.rglob(WAIVERS)) if path.is_dir() else [path] for path in paths)
    return [file for files in found for file in files if file.name == WAIVERS]


def read_waivers(paths: Sequence[Path], iris: Iris, as_of: date) -> WaiversRead:
    """Reads and judges the waivers. Those that are refused, or near their end, are outcomes;
    sound ones are silent."""
    read = WaiversRead()
    for path in waiver_files(paths):
        try:
            about = _by_subject(path, iris)
        except SourceError as error:
            problem = Problem("file", "", error.detail)
            read.outcomes.append(Outcome("failed", "waivers", "", str(path), error.line, (problem,)))
            continue
        read.waivers = read.waivers or Waivers()
        for node, quads in about.items():
            _judge(node, quads, path, as_of, read)
    if read.waivers is not None:
        read.waivers = Waivers.of(read.facts)
    return read


def _by_subject(path: Path, iris: Iris) -> dict[NamedNode, list[Quad]]:
    about: dict[NamedNode, list[Quad]] = defaultdict(list)
    try:
        for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE, base_iri=iris.base):
            if not isinstance(quad.subject, NamedNode):
                raise SourceError("a waiver has an IRI, not a blank node", file=str(path))
            about[quad.subject].append(quad)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    except SyntaxError as error:
        raise SourceError(f"not Turtle: {error.msg}", file=str(path), line=error.lineno) from error
    return about


def _judge(node: NamedNode, quads: list[Quad], path: Path, as_of: date, read: WaiversRead) -> None:
    report = validator().validate({"it": quads}, profile="reference", as_of=as_of)["it"]
    triples = [quad.triple for quad in quads]
    problems = [problem_of(result) for result in report.results] + list(_unfit(node, triples))
    refused = any(problem.fails for problem in problems)
    read.results += [(str(path), result) for result in report.results]
    if not refused:
        read.facts += triples
    if problems:
        kind: Kind = "rejected" if refused else "stored"
        key = node.value.rpartition("/")[2]
        read.outcomes.append(Outcome(kind, "waivers", key, str(path), None, tuple(problems)))


def _unfit(node: NamedNode, triples: list[Triple]) -> Iterator[Problem]:
    """What the shapes cannot see: whether it is a waiver, and of a constraint that there is."""
    if not any(t.predicate == RDF_TYPE and t.object == enf("ShapeWaiver") for t in triples):
        yield Problem("type", "", "not a waiver", "state that it is an enf:ShapeWaiver")
    elif not Waivers.of(triples).waivers:
        rule = "it waives nothing"
        yield Problem("waives", "", rule, "state enf:waives, enf:waivedFor and one enf:waiverExpiry, a date")
    for triple in triples:
        if triple.predicate == enf("waives") and triple.object not in validator().shapes.constraints:
            shape = triple.object.value if isinstance(triple.object, NamedNode) else ""
            yield Problem("waives", shape, "no such constraint", "name a shape of ontology/shapes")


def store_waivers(store: Store, read: WaiversRead, iris: Iris) -> None:
    """Put the waivers that were read in the place of those in the store."""
    if read.waivers is not None:
        text, graph = ntriples(read.facts), waivers_graph(iris)
        if ntriples(store.quads(graph)) != text:
            store.replace_graph(graph, text)


def stored_waivers(store: Store, iris: Iris) -> Waivers:
    """The waivers in the store, expired ones too."""
    return Waivers.of(quad.triple for quad in store.quads(waivers_graph(iris)))


def stale_records(store: Store, waivers: Waivers) -> set[str]:
    """The IRIs of the records whose stored report names other waivers than those in force."""
    stale = set()
    held = {waiver.node for waiver in waivers.waivers}
    for row in store.query(_NAMED):  # type: ignore[union-attr]
        if row["by"] not in held:
            stale.add(_record(row["graph"].value))
    for waiver in waivers.waivers:
        bound = {"shape": waiver.shape, "focus": waiver.focus_node}
        for row in store.query(_WAIVED, substitutions=bound):  # type: ignore[union-attr]
            if row["by"] is None:
                stale.add(_record(row["graph"].value))
    return stale


def _record(quality: str) -> str:
    return quality.replace("/graph/quality/", "/id/record/", 1)


def waivers_graph(iris: Iris) -> NamedNode:
    """Where the waivers stand in a store."""
    return iris.graph("quality", "waivers")
