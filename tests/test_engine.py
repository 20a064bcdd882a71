"""Where a query goes wrong, in words that help, and the names of published versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from kg.engine import current_version, hold_current, invalid_query
from kg.errors import InvalidQuery, StoreUnavailable


def wrong(text: str) -> InvalidQuery:
    with pytest.raises(SyntaxError) as caught:
        Store().query(text)
    return invalid_query(caught.value, text)


@pytest.mark.parametrize(
    ("text", "line", "column", "detail"),
    [
        ("SELCT * { ?s ?p ?o }", 1, 1, "SELCT"),
        ("SELECT * {\n  ?s ?p ?o .\n  FLITER(?o > 1)\n}", 3, 3, "FLITER"),
        ("SELECT * { ?s ?p }", 1, 18, "'}'"),
        ("SELECT * { ?s ?p ?o }}", 1, 22, "'}'"),
        ("SELECT * { ?s ?p ?o ", 1, 21, "ends too early"),
        ("SELECT ?s WHERE ?s ?p ?o", 1, 17, 'expected "{"'),
        ("SELECT * {\n ?s a x:Foo }", 2, 8, "Prefix not found"),
        ("SELECT * { ?s ?p ?o } LIMT 5", 1, 23, "LIMT 5"),
        ("SELECT ?x { ?s ?p ?o } GROUP BY ?s", 1, 35, "The SELECT contains a variable that is unbound"),
        ("", 1, 1, "ends too early"),
    ],
)
def test_the_place_and_the_word(text: str, line: int, column: int, detail: str) -> None:
    error = wrong(text)
    assert (error.line, error.column) == (line, column)
    assert detail in error.detail


def test_without_the_text_the_engines_words_remain() -> None:
    assert invalid_query(SyntaxError("error at 2:9: expected X")).detail == "expected X"
    assert invalid_query(SyntaxError("something else")).line is None


@pytest.mark.parametrize("name", ["", "1", "../1-0123456789ab", "1-0123456789AB", "1-0123456789ab/x"])
def test_only_names_of_versions_are_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "CURRENT").write_text(name)
    with pytest.raises(StoreUnavailable, match="not the name of a version"):
        hold_current(tmp_path)


def test_nothing_published(tmp_path: Path) -> None:
    assert current_version(tmp_path) is None
    assert hold_current(tmp_path) is None
