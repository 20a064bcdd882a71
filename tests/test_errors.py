"""One tree of errors, drawn in its module; each carries facts."""

from __future__ import annotations

import inspect
import re

import pytest

from kg import errors
from kg.errors import (
    InvalidQuery,
    InvalidRecord,
    KGError,
    NonConforming,
    NotAcceptable,
    SourceError,
    UnsupportedRecord,
)

CLASSES = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, KGError)]


def drawn() -> dict[str, tuple[str, int]]:
    """Name → (parent, status) as the module's docstring draws them; a status is inherited."""
    tree: dict[str, tuple[str, int]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"([│├└─ ]*)([A-Z]\w+)(?:\s+(\d{3}))?", line)
        if match is None or (not match[1] and match[2] != "KGError"):
            continue
        depth = len(match[1]) // 3
        path = [*path[:depth], match[2]]
        parent = path[-2] if depth else "Exception"
        tree[match[2]] = (parent, int(match[3]) if match[3] else tree[parent][1])
    return tree


def test_the_tree_is_as_drawn() -> None:
    actual = {item.__name__: (item.__bases__[0].__name__, item.status) for item in CLASSES}
    assert actual == drawn()
    assert len(actual) > 15


@pytest.mark.parametrize("item", CLASSES, ids=lambda item: item.__name__)
def test_every_error_has_a_title_and_a_docstring(item: type[KGError]) -> None:
    assert item.title
    assert item.__doc__
    assert 400 <= item.status < 600


def test_a_source_error_says_where() -> None:
    assert str(SourceError("not UTF-8", file="a.json", line=3)) == "a.json:3: not UTF-8"
    assert str(SourceError("cannot be read", file="a.json")) == "a.json: cannot be read"


def test_an_invalid_record_says_everything() -> None:
    error = InvalidRecord(
        "not a date", field="decided", value="x", source="s", key="k", file="f", line=2, fix="write one"
    )
    assert str(error) == "f:2: s k: field decided value 'x': not a date (fix: write one)"
    assert (error.rule, error.detail, error.status) == ("not a date", "not a date", 422)
    bare = UnsupportedRecord("courts", field="decider", file="f")
    assert str(bare) == "f: : field decider: courts"


def test_facts_that_come_with_an_error() -> None:
    assert InvalidQuery("x", line=1, column=2).column == 2
    assert NotAcceptable("x", offered=("text/csv",)).offered == ("text/csv",)
    assert NonConforming("x", report="<a> <b> <c> .").report.endswith(".")
    assert KGError().detail == ""
