"""How a file finds its reader."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.sources import SOURCES, files, source_of
from tests.conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures"


@pytest.mark.parametrize(
    ("file", "name"), [("enforcementtracker.json", "enforcementtracker"), ("gdprhub.jsonl", "gdprhub")]
)
def test_a_file_is_recognised_by_its_beginning(tmp_path: Path, file: str, name: str) -> None:
    other = tmp_path / f"download (3){Path(file).suffix.upper()}"
    shutil.copy(FIXTURES / file, other)
    assert source_of(other).name == name
    other.write_bytes(b"\xef\xbb\xbf" + other.read_bytes())
    assert source_of(other).name == name


def test_a_name_decides_without_looking() -> None:
    assert source_of(Path("absent"), "gdprhub") is SOURCES["gdprhub"]


def test_unknown_names_say_which_there_are() -> None:
    known = r"\(known: curated, enforcementtracker, gdprhub\)"
    with pytest.raises(SourceError, match=f"unknown source 'x' {known}"):
        source_of(Path("a.json"), "x")


@pytest.mark.parametrize("content", [b"{}", b'{"data": [', b"\xff\xfe", b"a,b,c\n"])
def test_files_that_no_source_recognises(tmp_path: Path, content: bytes) -> None:
    for suffix in (".json", ".jsonl", ".csv", ""):
        file = tmp_path / f"a{suffix}"
        file.write_bytes(content)
        with pytest.raises(SourceError, match="no source recognises") as caught:
            source_of(file)
        assert caught.value.file == str(file)


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".yaml", ""])
@pytest.mark.parametrize(
    ("content", "rule"), [(b"", "empty"), (b"\n \n", "empty"), ("{}".encode("utf-16"), "UTF-16")]
)
def test_empty_and_utf_16_files_are_called_so(tmp_path: Path, content: bytes, rule: str, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=rule):
        source_of(file)


def test_a_tracker_file_called_otherwise_is_not_recognised(tmp_path: Path) -> None:
    file = tmp_path / "rows.txt"
    shutil.copy(FIXTURES / "enforcementtracker.json", file)
    with pytest.raises(SourceError, match="no source recognises"):
        source_of(file)


def test_unreadable_files() -> None:
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        source_of(Path("absent.json"))


def test_files_of_a_folder_in_order(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.JSON", "c/d.json", "notes.txt", "x.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert files(tmp_path) == [tmp_path / "a.JSON", tmp_path / "b.jsonl", tmp_path / "c" / "d.json"]
    assert files(tmp_path / "x.csv") == [tmp_path / "x.csv"]
    assert files(tmp_path / "absent") == [tmp_path / "absent"]


def test_each_source_is_listed_under_its_name() -> None:
    assert all(source.name == name and source.title and source.suffix for name, source in SOURCES.items())


def test_real_files_are_recognised(shared_data: Path) -> None:
    assert source_of(shared_data / "enforcementtracker_2024-03.json").name == "enforcementtracker"
    assert source_of(shared_data / "gdprhub_api_2024-03.jsonl").name == "gdprhub"
