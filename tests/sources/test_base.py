"""Reading: what is broken is said with its line, and what stands before it is still read."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.sources.base import NotJsonError, array_items, digest, json_value, read_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FILE = Path("rows.json")


def items(text: str) -> tuple[list[tuple[int, Any]], SourceError | None]:
    found: list[tuple[int, Any]] = []
    try:
        for item in array_items(text, text.index("["), FILE):
            found.append(item)
    except SourceError as error:
        return found, error
    return found, None


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"\xef\xbb\xbfa\xc3\xa9")
    assert read_text(file) == "aé"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_wrong_encoding_names_the_byte_and_its_line(tmp_path: Path, mark: bytes) -> None:
    file = tmp_path / "a"
    file.write_bytes(mark + b"one\n\xe9two\nthree\n")
    with pytest.raises(SourceError, match="0xE9") as caught:
        read_text(file)
    assert (caught.value.line, caught.value.file) == (2, str(file))


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(SourceError, match="cannot be read") as caught:
            read_text(path)
        assert caught.value.file == str(path)


def test_items_with_their_lines() -> None:
    assert items('{"data": [1,\n 2,\n\n [3,\n 4]\n]}') == ([(1, 1), (2, 2), (4, [3, 4])], None)
    assert items('{"data": []}\n') == ([], None)


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 0, 1, 4]))
def test_items_of_any_array(values: list[Any], indent: int | None) -> None:
    text = json.dumps({"data": values}, indent=indent)
    found, error = items(text)
    assert error is None
    assert [item for _, item in found] == values
    lines = [line for line, _ in found]
    assert all(a <= b for a, b in pairwise(lines))
    if indent:
        assert all(text.splitlines()[line - 1].startswith(" " * 2 * indent) for line in lines)


@given(st.lists(st.lists(st.text(), min_size=1, max_size=3), min_size=1, max_size=5), st.data())
def test_every_truncation_gives_the_items_before_it(values: list[list[str]], data: st.DataObject) -> None:
    text = json.dumps({"data": values}, indent=1)
    cut = data.draw(st.integers(text.index("[") + 1, len(text) - 1))
    found, error = items(text[:cut])
    assert error is not None
    assert [item for _, item in found] == values[: len(found)]
    assert error.line is not None
    assert error.line <= text.count("\n", 0, cut) + 1


@pytest.mark.parametrize(
    ("text", "read", "line", "rule"),
    [
        ('{"data": [\n["a"],\n["b', 1, 3, "truncated"),
        ('{"data": [\n["a"],\n', 1, 3, "truncated"),
        ('{"data": [\n["a"]\n', 1, 3, "truncated"),
        ('{"data": [\n["a"]\n["b"]]}', 1, 3, "no comma"),
        ('{"data": [\n["a"],\nb]}', 1, 3, "not JSON"),
        ('{"data": [\n["a"],\n]}', 1, 3, "not JSON"),
        ('{"data": [,["a"]]}', 0, 1, "not JSON"),
        ('{"data": [["a"]]', 1, 1, "something other than }"),
        ('{"data": [["a"]]}\n<html>', 1, 1, "something other than }"),
        ('{"data": [["a"],\n' + "[" * 100_000, 1, 2, "nested too deeply"),
        ('{"data": [["a"],\n[' + "9" * 5000 + "]]}", 1, 2, "4300 digits"),
        ('{"data": [["a"],\n{"x": 1, "x": 2}]}', 1, 2, "stands twice"),
        ('{"data": [["a"],\nInfinity]}', 1, 2, "not a JSON value"),
        ('{"data": [["a"],\n["tab\there"]]}', 1, 2, "control character"),
    ],
)
def test_what_is_not_json(text: str, read: int, line: int, rule: str) -> None:
    found, error = items(text)
    assert len(found) == read
    assert error is not None
    assert rule in error.detail
    assert (error.line, error.file) == (line, "rows.json")


def test_numbers_keep_the_text_they_were_written_as() -> None:
    assert json_value("[9851.40, 1e22, 12, NaN]")[0] == ["9851.40", "1e22", 12, None]


def test_not_json_has_its_position() -> None:
    with pytest.raises(NotJsonError) as caught:
        json_value('{"a": }')
    assert caught.value.position == 6


@given(JSON)
def test_digest_sees_content_only(value: Any) -> None:
    spaced = json.loads(json.dumps(value, indent=3))
    turned = json.loads(
        json.dumps(value), object_pairs_hook=lambda pairs: dict(reversed(list(dict(pairs).items())))
    )
    assert digest(value) == digest(spaced) == digest(turned)


def test_digest_tells_contents_apart() -> None:
    values: list[Any] = [["a", "b"], ["b", "a"], ["ab"], {"a": "b"}, {"a": ["b"]}, None, "", 0, "0", False]
    assert len({digest(value) for value in values}) == len(values)


def test_half_a_character_has_no_digest() -> None:
    with pytest.raises(UnicodeEncodeError):
        digest(["\ud800"])
