"""The tracker's DataTables JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InvalidRecord, SourceError
from kg.model import RawRecord
from kg.sources.base import FIELDS, digest
from kg.sources.enforcementtracker import COLUMNS, SOURCE, read
from tests.conftest import ROOT

FIXTURE = ROOT / "tests" / "fixtures" / "enforcementtracker.json"
ROWS: list[list[str]] = json.loads(FIXTURE.read_text("utf-8"))["data"]


def written(folder: Path, rows: Any, **options: Any) -> Path:
    file = folder / "tracker.json"
    file.write_text(json.dumps({"data": rows}, **options), encoding="utf-8")
    return file


def records(file: Path) -> list[RawRecord]:
    found = [item for item in read(file) if isinstance(item, RawRecord)]
    assert len(found) == sum(1 for _ in read(file))
    return found


def refused(folder: Path, row: Any) -> InvalidRecord:
    before, item, after = read(written(folder, [ROWS[0], row, ROWS[1]], indent=4))
    assert isinstance(before, RawRecord)
    assert isinstance(after, RawRecord)
    assert isinstance(item, InvalidRecord)
    return item


def test_every_row_with_its_line() -> None:
    lines = FIXTURE.read_text("utf-8").split("\n")
    found = records(FIXTURE)
    assert [record.key for record in found] == [row[1] for row in ROWS]
    for record in found:
        assert record.line is not None
        assert lines[record.line - 1].strip() == "["
        assert record.key in lines[record.line + 1]


def test_fields_are_the_cells() -> None:
    record = records(FIXTURE)[9]
    assert record.fields == {
        "authority": "French Data Protection Authority (CNIL)",
        "decided": "2022-10-17",
        "amount": "20,000,000",
        "sector": "Industry and Commerce",
        "infringement_type": "Insufficient legal basis for data processing",
        "decider": "dpa",
        "country": "FRANCE",
        "provisions": ["Art. 6 GDPR, Art. 5 (1) z) GDPR"],
        "parties": ["Exemple Visages SAS"],
        "links": [
            {"url": "https://example.org/fr/9010"},
            {"url": "https://example.org/fr/9010-communiqué"},
        ],
        "page": "https://www.enforcementtracker.com/ETid-9010",
    }
    assert record.digest == digest(ROWS[9])


def test_only_canonical_fields() -> None:
    assert all(record.fields.keys() <= FIELDS.keys() for record in records(FIXTURE))


def test_digest_does_not_depend_on_white_space(tmp_path: Path) -> None:
    compact = records(written(tmp_path, ROWS, ensure_ascii=False))
    assert [r.digest for r in compact] == [r.digest for r in records(FIXTURE)]
    assert [r.line for r in compact] == [1] * len(ROWS)


def test_a_change_in_any_column_changes_the_digest(tmp_path: Path) -> None:
    digests = {records(FIXTURE)[0].digest}
    for number, name in enumerate(COLUMNS):
        if name != "key":
            row = [cell + "x" if n == number else cell for n, cell in enumerate(ROWS[0])]
            digests.add(records(written(tmp_path, [row]))[0].digest)
    assert len(digests) == len(COLUMNS)


def test_a_key_given_twice_is_read_twice(tmp_path: Path) -> None:
    assert [r.key for r in records(written(tmp_path, [ROWS[0], ROWS[0]]))] == ["ETid-9001", "ETid-9001"]


def test_truncated_file(tmp_path: Path) -> None:
    text = FIXTURE.read_text("utf-8")
    file = tmp_path / "cut.json"
    file.write_text(text[: text.index("Bar Ejemplo")], encoding="utf-8")
    reading = read(file)
    assert [next(reading).key for _ in range(11)] == [row[1] for row in ROWS[:11]]
    with pytest.raises(SourceError, match="truncated") as caught:
        next(reading)
    assert caught.value.line == text.count("\n", 0, text.index("Bar Ejemplo")) + 1


@pytest.mark.parametrize("text", ["", "<html>", "[]", '{"rows": []}', '"data"', '{"data": {}}'])
def test_not_a_tracker_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="not a tracker file") as caught:
        list(read(file))
    assert caught.value.line == 1


def test_missing_column(tmp_path: Path) -> None:
    error = refused(tmp_path, ROWS[4][:-1])
    assert error.rule == "12 columns where the tracker has 13"
    assert (error.key, error.line, error.field) == ("ETid-9005", 18, "row")


@pytest.mark.parametrize("row", [{"a": 1}, "ETid-1", None, [1] * 13, [*ROWS[4][:-1], None], [ROWS[4]]])
def test_a_row_is_a_list_of_strings(tmp_path: Path, row: Any) -> None:
    error = refused(tmp_path, row)
    assert error.rule == "a row is a list of strings"
    assert error.fix
    assert error.line == 18


@pytest.mark.parametrize("key", ["", "9005", "ETid-", "ETid-x", "ETid-١", "ETid-" + "1" * 50, "../ETid-1"])
def test_keys_are_the_trackers(tmp_path: Path, key: str) -> None:
    error = refused(tmp_path, ["", key, *ROWS[4][2:]])
    assert (error.field, error.value) == ("key", key)


def test_half_a_character_refuses_one_row(tmp_path: Path) -> None:
    error = refused(tmp_path, [*ROWS[4][:6], "Half \ud800", *ROWS[4][7:]])
    assert "surrogate" in error.rule
    assert error.key == "ETid-9005"


def test_html_that_is_not_well_formed(tmp_path: Path) -> None:
    row = list(ROWS[0])
    row[2], row[11], row[12] = "<img src='x'<br>FRANCE", "<a href='https://example.org/a'><a href>", "none"
    (record,) = records(written(tmp_path, [row]))
    assert record.fields["links"] == [{"url": "https://example.org/a"}]
    assert record.fields["page"] == ""


def test_conventions() -> None:
    told = SOURCE.conventions
    assert (told.currency, told.provisions, told.respondents) == ("EUR", "infringed", True)


def test_the_real_file(shared_data: Path) -> None:
    found = records(shared_data / "enforcementtracker_2024-03.json")
    assert len(found) == len({record.key for record in found}) == 2225
    pages = {record.fields["page"] for record in found}
    assert all(page.startswith("https://www.enforcementtracker.com/ETid-") for page in pages)
    assert len({record.fields["country"] for record in found}) == 31
