"""A waiver silences one constraint on one node, shows in every report, and ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg.ingest import Options, Outcome, Quarantine, Summary, run
from kg.ingest.waivers import read_waivers, waiver_files
from kg.iris import Iris
from kg.namespaces import BASE, SHAPES, enf, iri
from kg.shapes import Report, Result, ShapeSet, Waiver, Waivers
from kg.store import Store, open_store
from tests.conftest import ROOT

AS_OF = date(2026, 1, 1)
IRIS = Iris()
PREFIXES = """
@prefix enf: <https://w3id.org/enforcement-kg/ontology#> .
@prefix sh-enf: <https://w3id.org/enforcement-kg/shapes#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NODE = NamedNode(f"{BASE}id/decision/fr-cnil/SAN-2019-001/measure/1")
WAIVER = NamedNode(f"{BASE}id/waiver/one")


def waiver(shape: str, node: str, expiry: str = "2026-01-01", extra: str = "") -> str:
    return f"""{PREFIXES}
<id/waiver/one> a enf:ShapeWaiver ; enf:waives sh-enf:{shape} ; enf:waivedFor <{node}> ;
    enf:waiverReason "It is known."@en ; enf:waiverAuthor "curators" ;
    enf:waiverExpiry "{expiry}"^^xsd:date {extra} .
"""


def result(shape: str = "C001a", node: NamedNode = NODE) -> Result:
    return Result(
        "1a", NamedNode(f"{SHAPES}{shape}"), "Violation", iri("sh:MinCountConstraintComponent"), node, None,
        None, "m", "m", "f",
    )  # fmt: skip


# ---- on a report


def test_a_waived_violation_conforms_and_is_still_reported() -> None:
    waivers = Waivers((Waiver(WAIVER, result().shape, NODE, AS_OF),))
    report = waivers.applied(Report((result(),)))
    assert report.conforms
    text = report.to_ntriples(NamedNode(f"{BASE}id/report/1"))
    assert f"<{enf('waivedBy').value}> <{WAIVER.value}>" in text
    assert '"false"' in text  # sh:conforms: there is a result


@pytest.mark.parametrize(
    "other", [result("C001b"), result(node=NamedNode(NODE.value + "/amount"))], ids=["shape", "node"]
)
def test_no_other_shape_and_no_other_node_is_waived(other: Result) -> None:
    waivers = Waivers((Waiver(WAIVER, result().shape, NODE, AS_OF),))
    report = waivers.applied(Report((result(), other)))
    assert not report.conforms
    assert [found.waived_by for found in report.results] == [WAIVER, None]


def test_the_last_day_counts() -> None:
    waivers = Waivers((Waiver(WAIVER, result().shape, NODE, AS_OF),))
    assert waivers.in_force(AS_OF) == waivers
    assert waivers.in_force(date(2026, 1, 2)) == Waivers()


# ---- as a file


def outcomes(text: str, folder: Path, as_of: date = AS_OF) -> list[Outcome]:
    (folder / "waivers.ttl").write_text(text, "utf-8")
    return read_waivers([folder], IRIS, as_of).outcomes


def test_relative_iris_are_those_of_the_deployment(tmp_path: Path) -> None:
    (tmp_path / "waivers.ttl").write_text(waiver("C054", "id/decision/a/1"), "utf-8")
    read = read_waivers([tmp_path], Iris("https://example.org/kg/"), AS_OF)
    assert read.waivers is not None
    [found] = read.waivers.waivers
    assert found.node.value == "https://example.org/kg/id/waiver/one"
    assert found.focus_node.value == "https://example.org/kg/id/decision/a/1"


def test_a_sound_waiver_is_silent(tmp_path: Path) -> None:
    assert outcomes(waiver("C054", "id/decision/a/1"), tmp_path) == []


@pytest.mark.parametrize(
    ("text", "constraint", "rule"),
    [
        (waiver("C054", "id/x").replace('enf:waiverReason "It is known."@en ;', ""), "122a", "no reason"),
        (waiver("C054", "id/x").replace('enf:waiverAuthor "curators" ;', ""), "122b", "who granted it"),
        (waiver("C054", "id/x", extra=', "2030-01-01"^^xsd:date'), "122c", "never expires"),
        (waiver("C999", "id/x"), "", "no such constraint"),
        (waiver("C054", "id/x").replace("enf:waivedFor <id/x> ;", ""), "", "waives nothing"),
        (waiver("C054", "id/x", expiry="soon"), "", "waives nothing"),
        (waiver("C054", "id/x").replace("a enf:ShapeWaiver ;", ""), "", "not a waiver"),
    ],
)
def test_an_unfit_waiver_is_refused_and_waives_nothing(
    text: str, constraint: str, rule: str, tmp_path: Path
) -> None:
    [outcome] = outcomes(text, tmp_path)
    assert (outcome.kind, outcome.source, outcome.key) == ("rejected", "waivers", "one")
    assert (constraint, True) in {(p.constraint, rule in p.rule) for p in outcome.problems}
    assert read_waivers([tmp_path], IRIS, AS_OF).waivers == Waivers()


def test_an_expired_waiver_is_reported(tmp_path: Path) -> None:
    [outcome] = outcomes(waiver("C054", "id/x"), tmp_path, date(2026, 1, 2))
    assert outcome.kind == "stored"
    assert [(p.constraint, p.severity) for p in outcome.problems] == [("122d", "Warning")]


def test_a_file_that_is_not_turtle_names_its_line(tmp_path: Path) -> None:
    [outcome] = outcomes(PREFIXES + "<id/waiver/one> a enf:ShapeWaiver ;;; [\n", tmp_path)
    assert outcome.kind == "failed"
    assert outcome.line is not None
    assert outcome.line >= 4


# ---- in a run


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("memory:", write=True) as opened:
        yield opened


def ingest(store: Store, paths: Sequence[Path], as_of: date = AS_OF) -> dict[str, Outcome]:
    return {outcome.key: outcome for outcome in run(store, paths, Options(as_of))}


def test_a_refused_record_is_stored_once_its_fault_is_waived(store: Store, tmp_path: Path) -> None:
    early = date(2018, 6, 1)  # before the acts of the case
    path = Path(shutil.copy(ROOT / "data" / "google-fr.yaml", tmp_path))
    [refused] = ingest(store, [path], early).values()
    assert refused.kind == "rejected"
    faults = [
        (row["shape"], row["focus"])
        for row in store.query(
            "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?shape ?focus WHERE { GRAPH ?g "
            "{ ?r sh:sourceShape ?shape ; sh:focusNode ?focus ; sh:resultSeverity sh:Violation } }"
        )  # type: ignore[union-attr]
    ]
    assert faults
    texts = [
        waiver(shape.value.removeprefix(SHAPES), focus.value).replace("waiver/one", f"waiver/{number}")
        for number, (shape, focus) in enumerate(faults)
    ]
    (tmp_path / "waivers.ttl").write_text("".join(texts), "utf-8")
    quarantine, summary = Quarantine(tmp_path / "quarantine"), Summary()
    for outcome in run(store, [tmp_path], Options(early), quarantine):
        summary.add(outcome)
    assert (summary.count("stored"), summary.count("rejected")) == (1, 0)
    assert summary.waived.total() == len(faults)
    assert any(" waived: curated: constraint" in line for line in summary.lines())
    assert {quad.predicate for quad in store.quads(IRIS.graph("quality", "waivers"))} >= {enf("waives")}
    assert not list(quarantine.waiting())


def waived(store: Store) -> set[str]:
    rows = store.query(f"SELECT ?focus WHERE {{ GRAPH ?g {{ ?r <{enf('waivedBy').value}> ?w ; "
                       "<http://www.w3.org/ns/shacl#focusNode> ?focus } }")  # fmt: skip
    return {row["focus"].value for row in rows}  # type: ignore[union-attr]


def test_reports_follow_the_waivers_without_any_change_of_the_records(store: Store, tmp_path: Path) -> None:
    case = ROOT / "data" / "google-fr.yaml"
    path = tmp_path / "waivers.ttl"
    path.write_text(waiver("C054", NODE.value), "utf-8")
    [first] = ingest(store, [case]).values()
    assert (first.kind, waived(store)) == ("stored", set())
    [again] = ingest(store, [case, path]).values()
    assert (again.kind, waived(store)) == ("stored", {NODE.value})
    [kept] = ingest(store, [case]).values()  # the store's own waivers are honoured
    assert (kept.kind, waived(store)) == ("unchanged", {NODE.value})
    [expired] = ingest(store, [case], date(2026, 1, 2)).values()
    assert (expired.kind, waived(store)) == ("stored", set())


# ---- the project's own


def test_the_waivers_of_data_are_sound_and_each_waives_something(tmp_path: Path) -> None:
    assert waiver_files([ROOT / "data"]) == [ROOT / "data" / "waivers.ttl"]
    read = read_waivers([ROOT / "data"], IRIS, AS_OF)
    assert read.outcomes == []
    assert read.waivers is not None
    with open_store("memory:", write=True) as store:
        list(run(store, [ROOT / "data"], Options(AS_OF)))
        assert waived(store) == {waiver.focus_node.value for waiver in read.waivers.waivers}
    assert {waiver.shape for waiver in read.waivers.waivers} <= set(ShapeSet.load().constraints)
