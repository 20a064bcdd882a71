"""The reader of curated cases keeps every scalar as written, and refuses what it cannot keep."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from kg.errors import SourceError
from kg.model import RawRecord
from kg.sources.curated import MAX_DEPTH, SOURCE, read
from tests.conftest import ROOT

CASES = sorted((ROOT / "data").glob("*.yaml"))


def raw(folder: Path, content: str | bytes, name: str = "case.yaml") -> RawRecord:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return next(read(path))


def test_a_record_carries_structure_lines_and_digest(tmp_path: Path) -> None:
    text = "case:\n  id: 01KT63BH9GYN2WKV70DC39XG9X\nparties:\n  - id: a\n  - {id: b, kind: c}\n"
    record = raw(tmp_path, text)
    assert record.source == "curated"
    assert record.key == "01KT63BH9GYN2WKV70DC39XG9X"
    assert record.fields["case"]["parties"] == [{"id": "a"}, {"id": "b", "kind": "c"}]
    lines = record.fields["lines"]
    assert (lines["case"], lines["case/id"], lines["parties/0"], lines["parties/1/kind"]) == (1, 2, 4, 5)
    assert record.digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_digest_ignores_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    plain = raw(tmp_path, b"case:\n  id: a\n")
    assert raw(tmp_path, b"\xef\xbb\xbfcase:\r\n  id: a\r\n").digest == plain.digest
    assert raw(tmp_path, b"case:\n  id: b\n").digest != plain.digest


@pytest.mark.parametrize(
    "written",
    ["NO", "no", "on", "yes", "1_000", "010", "0o17", "0x1F", "12:30:00", "2022-10-17", "1e3", ".inf"],
)
def test_scalars_stay_what_they_look_like(tmp_path: Path, written: str) -> None:
    assert raw(tmp_path, f"case:\n  value: {written}\n").fields["case"]["case"]["value"] == written


@pytest.mark.parametrize(
    ("written", "kept"), [("", None), ("~", None), ("null", None), ('""', ""), ("'~'", "~")]
)
def test_nothing_is_none_and_quoted_text_is_text(tmp_path: Path, written: str, kept: str | None) -> None:
    assert raw(tmp_path, f"case:\n  value: {written}\n").fields["case"]["case"]["value"] == kept


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("case:\n  id: a\n  title: x\n  id: b\n", 4, "stands twice (first on line 2)"),
        ("case:\n  id: a\ncase:\n  id: b\n", 3, "stands twice"),
        ("case: &x\n  id: a\n", 1, "anchors and aliases"),
        ("case:\n  id: *x\n", 2, "anchors and aliases"),
        ("case:\n  <<: {id: a}\n", 2, "merge keys"),
        ("case:\n  id: !!python/object/apply:os.system ['true']\n", 2, "tags are not used"),
        ("case:\n  id: !!int 3\n", 2, "tags are not used"),
        ("case:\n  id: a\n---\ncase:\n  id: b\n", 3, "one case"),
        ("case:\n  id: [a\nparties: x\n", 3, "not YAML"),
        ("case:\n\tid: a\n", 2, "not YAML"),
        ("case:\n  id: a\x00\n", 2, "not YAML"),
        ("case:\n  [a, b]: c\n", 2, "one word"),
        ("- case\n", 1, "is a mapping"),
        ("# nothing\n", 1, "empty"),
        (b"case:\n  id: caf\xe9\n", 2, "not UTF-8"),
        ("case: x\n".encode("utf-16"), 1, "not UTF-8"),
    ],
)
def test_what_is_not_a_case_file_is_refused(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    with pytest.raises(SourceError, match=r"case\.yaml") as refused:
        raw(tmp_path, content)
    assert words in refused.value.detail
    assert refused.value.line == line


def test_deep_nesting_is_refused_and_not_a_crash(tmp_path: Path) -> None:
    deep = 100_000
    with pytest.raises(SourceError, match=f"deeper than {MAX_DEPTH}"):
        raw(tmp_path, "case: " + "[" * deep + "]" * deep)


def test_an_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    levels = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))
    with pytest.raises(SourceError, match="anchors and aliases"):
        raw(tmp_path, f"a0: &a0 [x]\n{levels}\n")


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="longer than"):
        raw(tmp_path, "# " + "x" * 1_000_001)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name)
def test_the_projects_cases_are_recognised_and_read(path: Path) -> None:
    head = path.read_text("utf-8")[:4_000]
    assert SOURCE.recognises(head)
    records = list(SOURCE.read(path))
    assert len(records) == 1
    record: Any = records[0]
    assert record.key == record.fields["case"]["case"]["id"]
    assert head.startswith("# yaml-language-server: $schema=../ontology/case.schema.json\n")
