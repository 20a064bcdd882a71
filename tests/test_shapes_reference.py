"""The gate gives pySHACL's results on real records and on the curated cases, not on examples alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad

from kg.ingest.cases import CaseContext, case_graphs, in_claims, in_decisions
from kg.iris import Iris
from kg.model import RawRecord
from kg.shapes import Profile, Report, engines
from kg.sources import source_of
from tests.conftest import ROOT
from tests.corpus import FILES, sample
from tests.test_shapes import AS_OF, Row, reference_report, row, validator


def expected(quads: list[Quad], profile: Profile) -> list[Row]:
    """What pySHACL finds on its own on the nodes that the graph describes: the reference data put
    beside it is validated as what it is, under the profile of the model."""
    report, own = reference_report(quads, profile), {quad.subject for quad in quads}
    found = [engines.finding(report, node) for node in report.objects(predicate=rdflib.SH.result)]
    return sorted({row(finding) for finding in found if finding.focus_node in own})


def agrees(quads: list[Quad], report: Report, profile: Profile) -> bool:
    return sorted({row(result) for result in report.results}) == expected(quads, profile)


@pytest.mark.parametrize("tracker", FILES)
def test_pyshacl_agrees_on_real_records(shared_data: Path, tracker: str) -> None:
    records = {key: quads for key, quads in sample(shared_data, 150).items() if key.startswith(f"{tracker}/")}
    assert len(records) >= 100
    reports = validator().validate(records, profile="record", as_of=AS_OF)
    assert [key for key, quads in records.items() if not agrees(quads, reports[key], "record")] == []


def curated() -> Iterator[tuple[str, Profile, list[Quad]]]:
    """Name, profile and statements: of each case its decisions together, and its claims."""
    raws = [
        raw
        for path in sorted((ROOT / "data").glob("*.yaml"))
        for raw in source_of(path, None).read(path)
        if isinstance(raw, RawRecord)
    ]
    context = CaseContext.of(raws, [])
    for raw in raws:
        graphs = case_graphs(raw, context, Iris()).graphs
        for profile, quads in (("decision", in_decisions(graphs)), ("claim", in_claims(graphs))):
            if stated := list(quads):
                yield f"{Path(raw.file).stem}-{profile}", profile, stated  # type: ignore[misc]


def test_pyshacl_agrees_on_the_curated_cases() -> None:
    cases = list(curated())
    assert len(cases) >= 25
    for name, profile, quads in cases:
        report = validator().validate({"it": quads}, profile=profile, as_of=AS_OF)["it"]
        assert agrees(quads, report, profile), name
