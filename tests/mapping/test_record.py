"""A record as a graph: golden files, and what holds for every record.

After a deliberate change, write the golden files anew with `python -m tests.mapping.test_record`,
and read the difference.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import InvalidRecord
from kg.iris import Iris
from kg.mapping.record import map_record
from kg.model import Amount, DateValue, Measure, Party, ProvisionRef, RawRecord, Record
from kg.namespaces import BASE, ENF, RDF_TYPE, SCHEME, enf, iri
from kg.normalise import normalise, unsupported
from kg.resources import ontology_files
from kg.sources import SOURCES
from tests.conftest import ROOT

AS_OF = date(2024, 3, 31)
IRIS = Iris()
GOLDEN = ROOT / "tests" / "golden"
FIXTURES = {"enforcementtracker": "enforcementtracker.json", "gdprhub": "gdprhub.jsonl"}


def records(source: str, file: Path) -> list[Record]:
    found = []
    for raw in SOURCES[source].read(file):
        if isinstance(raw, RawRecord) and unsupported(raw) is None:
            try:
                found.append(normalise(raw, SOURCES[source].conventions, as_of=AS_OF))
            except InvalidRecord:
                continue
    return found


def fixture_records() -> list[Record]:
    return [
        record
        for source, file in FIXTURES.items()
        for record in records(source, ROOT / "tests" / "fixtures" / file)
    ]


RECORDS = {record.key: record for record in fixture_records()}


def lines(quads: list[Quad]) -> list[str]:
    return sorted((serialize(quads, format=RdfFormat.N_QUADS) or b"").decode().splitlines())


def values(quads: list[Quad], predicate: str) -> list[str]:
    return [quad.object.value for quad in quads if quad.predicate == iri(predicate)]  # type: ignore[union-attr]


GOLDEN_KEYS = ["ETid-9008", "90001"]


@pytest.mark.parametrize("key", GOLDEN_KEYS)
def test_golden(key: str) -> None:
    expected = (GOLDEN / f"record-{key}.nq").read_text("utf-8").splitlines()
    assert lines(map_record(RECORDS[key], IRIS)) == expected


def check(record: Record, iris: Iris) -> None:
    quads = map_record(record, iris)
    graph, node = iris.record_graph(record.source, record.key), iris.record(record.source, record.key)
    assert len(set(quads)) == len(quads)
    for quad in quads:
        assert quad.graph_name == graph
        assert isinstance(quad.subject, NamedNode)
        assert not isinstance(quad.object, BlankNode)
        own = quad.subject == node or quad.subject.value.startswith(f"{node.value}/")
        assert own or quad.subject.value.startswith(f"{BASE}id/prov/")
        if isinstance(quad.object, Literal) and quad.object.datatype == iri("xsd:decimal"):
            assert re.fullmatch(r"0|[1-9]\d*|\d+\.\d*[1-9]", quad.object.value)
    assert quads[0] == Quad(node, RDF_TYPE, enf("Record"), graph)


@pytest.mark.parametrize("base", [IRIS.base, "http://localhost:8000/kg/"])
def test_every_record_of_the_fixtures(base: str) -> None:
    for record in RECORDS.values():
        check(record, Iris(base))


@pytest.mark.parametrize(
    ("source", "file"),
    [("enforcementtracker", "enforcementtracker_2024-03.json"), ("gdprhub", "gdprhub_api_2024-03.jsonl")],
)
def test_every_real_record(shared_data: Path, source: str, file: str) -> None:
    found = records(source, shared_data / file)
    assert len(found) > 2000
    for record in found:
        check(record, IRIS)


def test_only_terms_of_the_ontology_and_its_schemes() -> None:
    declared = {
        quad.subject.value
        for path in ontology_files()
        if "examples" not in path.parts
        for quad in parse(path=path, format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode)
    }
    used: set[str] = set()
    for record in RECORDS.values():
        for quad in map_record(record, IRIS):
            terms = (quad.predicate, quad.object)
            used |= {t.value for t in terms if isinstance(t, NamedNode) and t.value.startswith((ENF, SCHEME))}
    assert len(used) > 40
    assert used <= declared


def test_no_withheld_name_in_any_graph() -> None:
    text = "\n".join(line for record in RECORDS.values() for line in lines(map_record(record, IRIS)))
    assert "Exemple Visages SAS" in text
    for name in ("Mustermann", "Erika", "A.A.A", "Mr X", "Bar Ejemplo"):
        assert name not in text


def test_parties_without_a_name_have_a_status_and_a_generic_word_at_most() -> None:
    for record in RECORDS.values():
        quads = map_record(record, IRIS)
        for number, stated in enumerate(record.parties, start=1):
            party = NamedNode(f"{IRIS.record(record.source, record.key).value}/party/{number}")
            about = [quad for quad in quads if quad.subject == party]
            assert values(about, "enf:nameStatus") == [stated.name_status]
            assert values(about, "skos:prefLabel") == ([stated.name] if stated.name else [])


def test_bounds_are_stated_where_the_value_is_not_known() -> None:
    quads = map_record(RECORDS["ETid-9002"], IRIS)
    assert values(quads, "enf:value") == []
    assert values(quads, "enf:minimumValue") == ["10000"]
    assert values(quads, "enf:maximumValue") == ["99999"]
    assert values(quads, "enf:decisionDate") == []
    assert values(quads, "enf:decisionDateEarliest") == ["2019-03-01"]
    assert values(quads, "enf:decisionDateLatest") == ["2019-03-31"]
    assert values(quads, "enf:decisionDatePrecision") == ["month"]


def test_what_was_not_understood_is_in_the_graph_with_its_rule() -> None:
    quads = map_record(RECORDS["90009"], IRIS)
    assert values(quads, "enf:unparsedField") == ["amount", "provisions"]
    assert values(quads, "enf:unparsedRule")[0] == "an amount cannot be negative"
    withheld = map_record(RECORDS["90005"], IRIS)
    assert "official_number" in values(withheld, "enf:unparsedField")
    kept = [quad.subject for quad in withheld if quad.predicate == enf("verbatim")]
    assert [s for s in kept if "/unparsed/2" in str(s)] == []


def test_an_opinion_is_no_decision() -> None:
    types = values(map_record(RECORDS["90008"], IRIS), "rdf:type")
    assert f"{ENF}AdvisoryOpinion" in types
    assert f"{ENF}Decision" not in types


def test_cited_and_infringed_provisions_are_told_apart() -> None:
    cited = map_record(RECORDS["90002"], IRIS)
    assert len(values(cited, "enf:citesProvision")) == 6
    assert values(cited, "enf:hasFinding") == []
    found = map_record(RECORDS["ETid-9002"], IRIS)
    assert values(found, "enf:citesProvision") == []
    assert len(values(found, "enf:hasFinding")) == len(values(found, "enf:hasEstablishedFinding")) == 5


def test_parts_of_national_laws_are_described_up_to_the_law() -> None:
    ref = ProvisionRef(instrument="it/codice-privacy", path="art_2-ter/par_1", verbatim="x")
    record = Record(source="s", key="k", digest="d", cited=(ref,))
    law = f"{IRIS.base}id/prov/it/codice-privacy"
    parts = {
        (quad.subject.value, quad.object.value)  # type: ignore[union-attr]
        for quad in map_record(record, IRIS)
        if quad.predicate == enf("partOfProvision")
    }
    assert parts == {(f"{law}/art_2-ter/par_1", f"{law}/art_2-ter"), (f"{law}/art_2-ter", law)}


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    code = (
        "from tests.mapping.test_record import *\n"
        "sys.stdout.buffer.write(b''.join(serialize(map_record(r, IRIS), format=RdfFormat.N_QUADS) "
        "for r in RECORDS.values()))"
    )
    outputs = []
    for seed in ("0", "1", "4294967295"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        outputs.append(done.stdout)
    assert len(outputs[0].splitlines()) > 300
    assert len(set(outputs)) == 1


def test_a_complainant_is_no_respondent() -> None:
    day = DateValue(verbatim="v", earliest=date(2020, 1, 1), latest=date(2020, 1, 1), precision="day")
    amount = Amount(verbatim="5", currency="EUR", value=Decimal(5))
    record = Record(
        source="s",
        key="k",
        digest="d",
        decided=day,
        parties=(
            Party(kind="natural-person", role="complainant"),
            Party(kind="legal-entity", role="respondent"),
        ),
        measures=(Measure(kind="AdministrativeFine", amount=amount),),
    )
    quads, node = map_record(record, IRIS), IRIS.record("s", "k").value
    assert values(quads, "enf:hasComplainant") == [f"{node}/party/1"]
    assert values(quads, "enf:hasRespondent") == values(quads, "enf:addressedTo") == [f"{node}/party/2"]
    assert values(quads, "enf:decisionDate") == ["2020-01-01"]


if __name__ == "__main__":
    for key in GOLDEN_KEYS:
        text = "".join(f"{line}\n" for line in lines(map_record(RECORDS[key], IRIS)))
        (GOLDEN / f"record-{key}.nq").write_text(text, "utf-8")
