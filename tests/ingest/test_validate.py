"""Validation without writing: what an ingest would find, in files, graphs and stores alike."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from kg.formats import RDF, by_name
from kg.ingest import (
    Counts,
    Finding,
    Options,
    as_json,
    as_text,
    as_triples,
    run,
    validate_files,
    validate_store,
)
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, enf, iri
from kg.release import dump
from kg.resources import ONTOLOGY
from kg.store import open_store
from tests.conftest import ROOT

AS_OF = date(2026, 1, 1)
OPTIONS = Options(AS_OF, dry_run=True)
EXAMPLES = ONTOLOGY / "examples"

pytestmark = pytest.mark.xdist_group("demo")


def found(*paths: Path) -> list[Finding]:
    return list(validate_files(paths, OPTIONS))


def signature(findings: list[Finding]) -> list[tuple[str, str, bool]]:
    return sorted(
        (f.problem.constraint, f.result.focus_node.value if f.result else "", f.problem.waived)
        for f in findings
    )


def test_files_store_and_dump_have_the_same_findings(demo_store: str, tmp_path: Path) -> None:
    in_files = found(ROOT / "data")
    with open_store(demo_store, write=False) as store:
        in_store = list(validate_store(store, OPTIONS))
        form = by_name(RDF, "nquads")
        assert form is not None
        with (tmp_path / "dump.nq").open("wb") as file:
            dump(store, file, form, "asserted")
    assert signature(in_files)
    assert any(waived for _, _, waived in signature(in_files))
    assert signature(in_store) == signature(in_files)
    assert signature(found(tmp_path / "dump.nq")) == signature(in_files)


def test_the_findings_are_those_of_an_ingest(tmp_path: Path) -> None:
    with open_store("memory:", write=True) as store:
        outcomes = list(run(store, [ROOT / "data"], Options(AS_OF)))
    assert sorted(p.text() for o in outcomes for p in o.problems) == sorted(
        f.problem.text() for f in found(ROOT / "data")
    )


@pytest.mark.parametrize("name", ["C001a", "C038a", "C054", "C112a", "C122d"])
def test_a_graph_is_judged_by_what_it_describes(name: str) -> None:
    bad = found(EXAMPLES / name / "violates.ttl")
    assert name.removeprefix("C").lstrip("0") in {finding.problem.constraint for finding in bad}
    assert bad[0].place().startswith(str(EXAMPLES / name / "violates.ttl"))
    wrong = {finding.problem.constraint for finding in found(EXAMPLES / name / "conforms.ttl")}
    assert name.removeprefix("C").lstrip("0") not in wrong


def test_a_file_that_cannot_be_parsed_is_one_finding_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("@prefix a: <http://example.org/> .\na:b a:c .\n", "utf-8")
    [finding] = found(path)
    assert (finding.kind, finding.line, finding.fails) == ("failed", 2, True)


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    assert [f.fails for f in found(tmp_path / "no.trig", tmp_path / "no.json")] == [True, True]


def cut() -> Finding:
    return next(f for f in found(ROOT / "data" / "google-fr.yaml") if f.problem.constraint == "54")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["what:", "why:", "mend:", "Art. 83(4) GDPR"]),
        ("fr", ["quoi", "pourquoi", "remède", "art. 83(4) RGPD"]),
    ],
)
def test_for_people_it_says_what_where_why_and_how(language: str, words: list[str]) -> None:
    finding = cut()
    text = as_text(finding, language)  # type: ignore[arg-type]
    assert finding.result is not None
    assert finding.constraint is not None
    expected = [
        "data/google-fr.yaml",
        "enf:amount",
        finding.result.focus_node.value,
        finding.constraint.fixes[language],
        finding.constraint.messages[language],
        "https://www.edpb.europa.eu/",
        *words,
    ]
    assert [part for part in expected if part not in text] == []


def test_json_is_one_object_a_finding_with_every_key() -> None:
    shown = [as_json(finding, "en") for finding in found(ROOT / "data" / "google-fr.yaml")]
    assert len({tuple(item) for item in shown}) == 1
    [cap] = [item for item in shown if item["constraint"] == "54"]
    assert cap["severity"] == "Info"
    assert str(cap["file"]).endswith("google-fr.yaml")
    assert cap["property"] == enf("amount").value
    assert json.loads(json.dumps(cap)) == cap


def test_the_report_is_one_w3c_report_the_same_each_time() -> None:
    texts = [
        serialize(as_triples(iter(found(ROOT / "data")), Iris()), format=RdfFormat.TURTLE) for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert texts[0] is not None
    triples = [quad.triple for quad in parse(texts[0], RdfFormat.TURTLE)]
    [report] = [t.subject for t in triples if t.object == iri("sh:ValidationReport")]
    linked = {t.object for t in triples if (t.subject, t.predicate) == (report, iri("sh:result"))}
    results = {
        t.subject for t in triples if (t.predicate, t.object) == (RDF_TYPE, iri("sh:ValidationResult"))
    }
    assert linked == results
    assert len(results) == len(found(ROOT / "data"))
    for needed in ("focusNode", "resultSeverity", "sourceConstraintComponent", "resultMessage"):
        assert {t.subject for t in triples if t.predicate == iri(f"sh:{needed}")} == results
    assert any(t.predicate == enf("waivedBy") for t in triples)


def test_an_unreadable_record_is_in_the_report_too(tmp_path: Path) -> None:
    path = tmp_path / "no.json"
    triples = list(as_triples(iter(found(path)), Iris()))
    assert sum(t.predicate == iri("sh:focusNode") for t in triples) == 1
    assert any(t.predicate == iri("sh:conforms") and str(t.object).startswith('"false"') for t in triples)


def test_nothing_found_conforms() -> None:
    assert any(str(t.object).startswith('"true"') for t in as_triples(iter(()), Iris()))


def test_the_summary_counts_by_constraint_worst_first() -> None:
    counts = Counts()
    for finding in [*found(ROOT / "data" / "google-fr.yaml"), *found(EXAMPLES / "C001a" / "violates.ttl")]:
        counts.add(finding, "en")
    lines = list(counts.lines("en"))
    assert "Violation [1a]" in lines[0]
    assert counts.failing == 1
    assert sum(int(line.split()[0]) for line in lines) == counts.numbers.total()
