"""Counting rows in the bytes of every result format, however they are cut into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
)

from kg.replica.rows import row_counter

FORMATS = [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.CSV, QueryResultsFormat.TSV]
HOSTILE = [
    "},{", '"},{"', '\\"},{', "[{", "}},{{", "\\", "\\\\", "<result>", "</result><result>", "\n", "\r\n",
    '"\n"', '"', '""', ",", "\t", "\\n", "]]>", "&lt;result&gt;", "", "é\U0001f600", "\\u007d,{",
]  # fmt: skip
SELECTS = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?o { ?s ?p ?o }",
    "SELECT ?nothing { ?s ?p ?o }",
    "SELECT * {}",
    "SELECT * { {} UNION {} UNION {} }",
    "SELECT ?x { {} UNION { BIND(1 AS ?x) } UNION {} }",
    "SELECT * { ?s ?p <x:none> }",
    'SELECT (TRIPLE(<x:a>, <x:b>, "},{") AS ?t) ?o { ?s ?p ?o }',
]


def hold(values: list[str]) -> Store:
    store = Store()
    for number, value in enumerate(values):
        store.add(Quad(NamedNode(f"x:{number}"), NamedNode("x:p"), Literal(value)))
    return store


def counted(store: Store, text: str, format: QueryResultsFormat, block: int) -> int:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    data = found.serialize(format=format)
    assert data is not None
    count = row_counter(format)
    rows = 0
    for start in range(0, len(data), block):
        rows = count(data[start : start + block])
    return rows


def expected(store: Store, text: str) -> int:
    found = store.query(text)
    assert isinstance(found, QuerySolutions)
    return sum(1 for _ in found)


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.file_extension)
@pytest.mark.parametrize("text", SELECTS)
@pytest.mark.parametrize("block", [1, 2, 3, 7, 100_000])
def test_hostile_literals(format: QueryResultsFormat, text: str, block: int) -> None:
    store = hold(HOSTILE)
    assert counted(store, text, format, block) == expected(store, text)


@given(st.lists(st.text(alphabet='{}[],"\\<>result/\r\n\té')), st.sampled_from(FORMATS), st.integers(1, 50))
def test_any_literals(values: list[str], format: QueryResultsFormat, block: int) -> None:
    store = hold(values)
    assert counted(store, SELECTS[0], format, block) == len(values)
