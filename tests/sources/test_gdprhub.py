"""GDPRhub's search API as JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InvalidRecord
from kg.model import RawRecord
from kg.sources.base import FIELDS, digest
from kg.sources.gdprhub import SOURCE, read
from tests.conftest import ROOT

FIXTURE = ROOT / "tests" / "fixtures" / "gdprhub.jsonl"
LINES = FIXTURE.read_text("utf-8").splitlines()


def read_lines(folder: Path, *lines: str) -> list[RawRecord | InvalidRecord]:
    file = folder / "hub.jsonl"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    return list(read(file))


def changed(number: int, **changes: Any) -> str:
    return json.dumps(json.loads(LINES[number]) | changes)


def refused(folder: Path, line: str) -> InvalidRecord:
    before, error, after = read_lines(folder, LINES[0], line, LINES[1])
    assert isinstance(before, RawRecord)
    assert isinstance(after, RawRecord)
    assert isinstance(error, InvalidRecord)
    assert (error.line, error.source) == (2, "gdprhub")
    assert error.fix
    return error


def test_every_record_with_its_line() -> None:
    found = list(read(FIXTURE))
    assert [(r.key, r.line) for r in found] == [(str(90000 + n), n) for n in range(1, 13)]


def test_fields_are_renamed_and_no_more() -> None:
    record = next(iter(read(FIXTURE)))
    assert isinstance(record, RawRecord)
    assert record.fields == {
        "decider": "dpa",
        "country": "Austria",
        "authority": "DSB (Austria)",
        "trigger": "Complaint",
        "outcome": "Upheld",
        "ecli": "ECLI:AT:DSB:2021:2021.0.000.001",
        "official_number": "2021-0.000.001 (D000.001)",
        "decided": "2021-05-04 00:00:00 UTC",
        "published": "2021-06-01 00:00:00 UTC",
        "opened": "2020-11-30 00:00:00 UTC",
        "amount": "4918.60",
        "currency": "EUR",
        "provisions": [
            {"article": "15"},
            {"article": "58", "paragraph": "2", "subparagraph": "c"},
            {"article": "77"},
        ],
        "other_laws": [],
        "parties": ["A.A.A.", "Muster Wetten GmbH"],
        "links": [{"url": "https://example.org/ris/1", "label": "RIS", "language": "German"}],
        "appeal_status": "Not appealed",
        "page": "https://gdprhub.eu/index.php?curid=90001",
    }
    assert record.digest == digest(json.loads(LINES[0]))


def test_only_canonical_fields_and_no_title_of_a_page() -> None:
    for record in read(FIXTURE):
        assert isinstance(record, RawRecord)
        assert record.fields.keys() <= FIELDS.keys()
        assert "Example" not in str(record.fields)


def test_digest_does_not_depend_on_key_order(tmp_path: Path) -> None:
    turned = [json.dumps(dict(reversed(json.loads(line).items())), indent=None) for line in LINES]
    assert [r.digest for r in read_lines(tmp_path, *turned) if isinstance(r, RawRecord)] == [
        r.digest for r in read(FIXTURE) if isinstance(r, RawRecord)
    ]


def test_a_broken_line_is_one_record(tmp_path: Path) -> None:
    error = refused(tmp_path, LINES[4][:200])
    assert error.field == "line"
    assert "not JSON" in error.rule


def test_a_truncated_last_line_is_one_record(tmp_path: Path) -> None:
    found = read_lines(tmp_path, *LINES[:2], LINES[2][:99])
    assert [type(item) for item in found] == [RawRecord, RawRecord, InvalidRecord]
    assert found[-1].line == 3


def test_blank_lines_and_carriage_returns_are_no_records(tmp_path: Path) -> None:
    found = read_lines(tmp_path, LINES[0] + "\r", "", "  ", LINES[1] + "\r", "")
    assert [(r.key, r.line) for r in found] == [("90001", 1), ("90002", 4)]


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        ("[" * 100_000, "line", "nested too deeply"),
        ('{"wiki": {"page_id": ' + "9" * 5000 + "}}", "line", "4300 digits"),
        ('{"wiki": {"page_id": 1}, "wiki": {"page_id": 2}}', "line", "stands twice"),
        ('{"wiki": {"page_id": 1}} {}', "line", "something after"),
        ('{"wiki": {}}', "wiki.page_id", "no wiki.page_id"),
        ('{"wiki": "1"}', "wiki.page_id", "no wiki.page_id"),
        ('{"wiki": {"page_id": null}}', "wiki.page_id", "no wiki.page_id"),
        ('{"wiki": {"page_id": true}}', "wiki.page_id", "no wiki.page_id"),
        ("[1]", "wiki.page_id", "no wiki.page_id"),
        ("1", "wiki.page_id", "no wiki.page_id"),
        ('{"wiki": {"page_id": "Main Page"}}', "wiki.page_id", "not a page number"),
        ('{"wiki": {"page_id": "1.5"}}', "wiki.page_id", "not a page number"),
        ('{"wiki": {"page_id": ' + "9" * 4000 + "}}", "wiki.page_id", "not a page number"),
    ],
)
def test_lines_that_are_no_records(tmp_path: Path, line: str, field: str, rule: str) -> None:
    error = refused(tmp_path, line)
    assert error.field == field
    assert rule in error.rule
    assert len(str(error)) < 1000


@pytest.mark.parametrize(
    "changes",
    [
        {"fine": "2000 EUR"},
        {"fine": {"amount": ["2000"]}},
        {"fine": {"amount": True}},
        {"outcome": {"a": 1}},
        {"parties": ["A.A.A."]},
        {"parties": [{"url": "x"}]},
        {"parties": [{"name": None}]},
        {"parties": 5},
        {"applied_laws": {"gdpr": ["5"]}},
        {"applied_laws": {"eu": [{}]}},
        {"sources": ["https://example.org"]},
        {"sources": [{"url": ["https://example.org"]}]},
        {"appeal_to": ["x"]},
        {"outcome": "half \ud800"},
    ],
)
def test_values_that_are_not_in_the_apis_form(tmp_path: Path, changes: dict[str, Any]) -> None:
    error = refused(tmp_path, changed(2, **changes))
    assert (error.field, error.key) == ("record", "90003")


def test_numbers_are_read_as_written(tmp_path: Path) -> None:
    line = changed(0, fine={}).replace('"fine": {}', '"fine": {"amount": 9851.40, "currency": "EUR"}')
    (record,) = read_lines(tmp_path, line.replace('"article": "15"', '"article": 15'))
    assert isinstance(record, RawRecord)
    assert record.fields["amount"] == "9851.40"
    assert record.fields["provisions"][0] == {"article": "15"}


def test_page_number_may_be_a_number(tmp_path: Path) -> None:
    (record,) = read_lines(tmp_path, LINES[0].replace('"90001"', "90001"))
    assert record.key == "90001"


def test_the_same_key_twice_is_read_twice(tmp_path: Path) -> None:
    assert [r.key for r in read_lines(tmp_path, LINES[0], LINES[0])] == ["90001", "90001"]


def test_conventions() -> None:
    assert (SOURCE.conventions.provisions, SOURCE.conventions.currency) == ("cited", "")
    assert not SOURCE.conventions.respondents


def test_the_real_file(shared_data: Path) -> None:
    found = list(read(shared_data / "gdprhub_api_2024-03.jsonl"))
    assert (len(found), len({r.key for r in found})) == (3219, 3217)
    assert all(isinstance(record, RawRecord) for record in found)
