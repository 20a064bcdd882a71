"""A batch of records, made ready for the store: typed, mapped, validated, reasoned over.

Pure in its inputs and run in worker processes; what it returns can be pickled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.errors import InvalidRecord, KGError
from kg.ingest.cases import CURATED, CaseContext, case_graphs, in_claims, in_decisions
from kg.ingest.outcome import Kind, Problem
from kg.iris import Iris
from kg.mapping.record import map_record
from kg.model import RawRecord, Unparsed
from kg.namespaces import RDF_TYPE, enf, iri
from kg.normalise import normalise
from kg.provenance import record_graph, record_provenance
from kg.reason import Reasoner, triples
from kg.shapes import Profile, Report, Result, Validator, Waivers
from kg.sources import SOURCES

NO_WAIVERS: Final = Waivers()


@dataclass
class Prepared:
    """One record, ready: the graphs to write, or the reasons why not. `results` are those of the
    shapes, `report` all that was found as a W3C report (N-Triples)."""

    raw: RawRecord
    kind: Kind = "stored"
    graphs: list[tuple[str, str]] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    kept: tuple[Unparsed, ...] = ()
    report: str = ""
    results: tuple[Result, ...] = ()


def ntriples(facts: Iterable[Quad | Triple | tuple[object, ...]]) -> str:
    """Sorted N-Triples: the same facts give the same bytes."""
    lines = serialize(_as_triples(facts), format=RdfFormat.N_TRIPLES) or b""
    return "".join(sorted(set(lines.decode().splitlines(keepends=True))))


def _as_triples(facts: Iterable[Quad | Triple | tuple[object, ...]]) -> Iterable[Triple]:
    for fact in facts:
        if isinstance(fact, Quad):
            yield fact.triple
        elif isinstance(fact, Triple):
            yield fact
        else:
            yield Triple(*fact)  # type: ignore[arg-type]


def prepare(
    batch: Sequence[RawRecord], base: str, as_of: date, cases: CaseContext, waivers: Waivers = NO_WAIVERS
) -> list[Prepared]:
    """Every record of the batch, in order; none is dropped. `waivers` are those in force."""
    iris = Iris(base)
    prepared = [Prepared(raw) for raw in batch]
    mapped: dict[str, tuple[Prepared, dict[NamedNode, list[Quad]]]] = {}
    for number, item in enumerate(prepared):
        try:
            mapped[str(number)] = (item, _map(item, iris, as_of, cases))
        except InvalidRecords as refused:
            reject(item, tuple(Problem.of(error) for error in refused.errors), iris)
        except InvalidRecord as error:
            reject(item, (Problem.of(error),), iris)
    for name, report in _reports({number: graphs for number, (_, graphs) in mapped.items()}, as_of).items():
        item, graphs = mapped[name]
        if isinstance(report, KGError):
            reject(
                item, (Problem("record", "", f"cannot be validated: {report.detail}", "report this"),), iris
            )
        else:
            _judge(item, graphs, waivers.applied(report), iris)
    return prepared


class InvalidRecords(Exception):
    """Everything that is wrong with one case file."""

    def __init__(self, errors: Sequence[InvalidRecord]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = tuple(errors)


def _map(item: Prepared, iris: Iris, as_of: date, cases: CaseContext) -> dict[NamedNode, list[Quad]]:
    raw = item.raw
    if raw.source == CURATED:
        made = case_graphs(raw, cases, iris)
        if made.errors:
            raise InvalidRecords(made.errors)
        return made.graphs
    record = normalise(raw, SOURCES[raw.source].conventions, as_of=as_of)
    item.kept = record.unparsed
    return {iris.record_graph(raw.source, raw.key): map_record(record, iris)}


@cache
def validator() -> Validator:
    """The gate of this process."""
    return Validator.load()


def _reports(mapped: dict[str, dict[NamedNode, list[Quad]]], as_of: date) -> dict[str, Report | KGError]:
    """A report for every record; where the gate itself fails on one, that failure, for that one only."""
    try:
        return dict(_validate(mapped, as_of))
    except KGError as error:
        if len(mapped) == 1:
            return dict.fromkeys(mapped, error)
    found: dict[str, Report | KGError] = {}
    for number, graphs in mapped.items():
        found |= _reports({number: graphs}, as_of)
    return found


def _validate(mapped: dict[str, dict[NamedNode, list[Quad]]], as_of: date) -> dict[str, Report]:
    """One report a record: of its graph, or of a case's decisions together and its claims together."""
    parts: dict[Profile, dict[str, list[Quad]]] = {"record": {}, "decision": {}, "claim": {}}
    for number, graphs in mapped.items():
        recorded = [
            quad for name, quads in graphs.items() if "/graph/record/" in name.value for quad in quads
        ]
        for profile, quads in (
            ("record", recorded),
            ("decision", in_decisions(graphs)),
            ("claim", in_claims(graphs)),
        ):
            if found := list(quads):
                parts[profile][number] = found  # type: ignore[index]
    results: dict[str, list[Result]] = {number: [] for number in mapped}
    for profile, graphs_of in parts.items():
        if graphs_of:
            for number, report in validator().validate(graphs_of, profile=profile, as_of=as_of).items():
                results[number] += report.results
    return {number: Report(tuple(found)) for number, found in results.items()}


def _judge(item: Prepared, graphs: dict[NamedNode, list[Quad]], report: Report, iris: Iris) -> None:
    item.results = report.results
    item.problems = tuple(problem_of(result) for result in report.results)
    if report.results:
        item.report = report.to_ntriples(quality_node(item.raw, iris))
    if not report.conforms:
        item.kind = "rejected"
        return
    texts = {name: ntriples(quads) for name, quads in graphs.items()}
    for name, quads in graphs.items():
        if "/graph/record/" in name.value and (inferred := Reasoner.load().infer(triples(quads))):
            texts[NamedNode(name.value.replace("/graph/record/", "/graph/inferred/", 1))] = ntriples(inferred)
    source, key = item.raw.source, item.raw.key
    provenance = record_provenance(source, key, item.raw.digest, texts, iris)
    texts[record_graph(source, key, iris)] = ntriples(provenance)
    item.graphs = [(name.value, text) for name, text in texts.items()]


def problem_of(result: Result) -> Problem:
    """A validation result for people: the property, or the node below the record, it is about."""
    where = result.path.value if result.path is not None else result.focus_node.value
    return Problem(
        field=re.split(r"[#/]", where)[-1] if result.path is not None else where.rpartition("/id/")[2],
        value="" if result.value in (None, result.focus_node) else result.value.value,
        rule=result.message_en,
        fix=result.fix_en,
        constraint=result.constraint,
        severity=result.severity,
        waived=result.waived_by is not None,
    )


def quality_node(raw: RawRecord, iris: Iris) -> NamedNode:
    """The validation report of a record; its graph has the same path."""
    return iris.id("report", *iris.record(raw.source, raw.key).value.rsplit("/", 2)[1:])


def quality_graph(source: str, key: str, iris: Iris) -> NamedNode:
    return iris.graph("quality", *iris.record(source, key).value.rsplit("/", 2)[1:])


def reject(item: Prepared, problems: tuple[Problem, ...], iris: Iris) -> Prepared:
    """Refuse a record before there is a graph to validate: the report names the record itself."""
    item.kind, item.problems = "rejected", problems
    report, record = quality_node(item.raw, iris), iris.record(item.raw.source, item.raw.key)
    false = Literal("false", datatype=iri("xsd:boolean"))
    facts: list[tuple[NamedNode, NamedNode, NamedNode | Literal]] = [
        (report, RDF_TYPE, iri("sh:ValidationReport")),
        (report, iri("sh:conforms"), false),
    ]
    for number, problem in enumerate(problems, start=1):
        result = NamedNode(f"{report.value}/result/{number}")
        facts += [
            (report, iri("sh:result"), result),
            (result, RDF_TYPE, iri("sh:ValidationResult")),
            (result, iri("sh:resultSeverity"), iri("sh:Violation")),
            (result, iri("sh:focusNode"), record),
            (result, iri("sh:sourceConstraintComponent"), enf("ReadableFieldConstraint")),
            (result, iri("sh:resultMessage"), Literal(f"{problem.field}: {problem.rule}", language="en")),
        ]
    item.report = ntriples(facts)
    return item
