"""Formats are values with one name, extension and media type each."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, RdfFormat, Triple, parse, serialize

from kg.formats import RDF, RESULTS, Format, by_name


@pytest.mark.parametrize("table", [RDF, RESULTS])
def test_names_are_told_apart(table: tuple[Format, ...]) -> None:
    for field in ("name", "extension", "media_type", "engine"):
        assert len({str(getattr(item, field)) for item in table}) == len(table)
    for item in table:
        for key in (item.name, item.extension, item.media_type, *item.aliases):
            assert by_name(table, key) is item


@pytest.mark.parametrize("item", RDF, ids=lambda item: item.name)
def test_they_agree_with_the_engine(item: Format) -> None:
    assert isinstance(item.engine, RdfFormat)
    assert RdfFormat.from_extension(item.extension) == item.engine
    assert RdfFormat.from_media_type(item.media_type) == item.engine
    assert item.engine.supports_datasets == item.named_graphs


@pytest.mark.parametrize("item", RESULTS, ids=lambda item: item.name)
def test_result_formats_agree_with_the_engine(item: Format) -> None:
    assert isinstance(item.engine, QueryResultsFormat)
    assert QueryResultsFormat.from_media_type(item.media_type) == item.engine
    assert not item.named_graphs


@pytest.mark.parametrize("item", RDF, ids=lambda item: item.name)
def test_what_is_written_is_read_back(item: Format) -> None:
    assert isinstance(item.engine, RdfFormat)
    subject, predicate = NamedNode("https://e.example/a"), NamedNode("https://e.example/p")
    fact = Triple(subject, predicate, Literal('“é”\n"', language="fr"))
    text = serialize([fact], format=item.engine)
    assert text is not None
    assert [quad.triple for quad in parse(text, format=item.engine)] == [fact]


@pytest.mark.parametrize("name", ["", "n3", "TURTLE", "text/html", "*/*"])
def test_unknown_formats(name: str) -> None:
    assert by_name(RDF, name) is None
    assert by_name(RESULTS, name) is None
