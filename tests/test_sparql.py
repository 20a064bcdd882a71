"""The protocol: operations, parameters, negotiation."""

from __future__ import annotations

import time
from urllib.parse import quote, urlencode

import pytest

from kg.errors import InvalidRequest, KGError, UnsupportedMediaType
from kg.formats import RDF, RESULTS
from kg.sparql import Operation, negotiate, parse_operation, parse_parameters

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("*", "json"),
        ("text/html, image/gif, *; q=.2", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv, */*", "csv"),
        ("text/*", "csv"),
        ("text/csv;q=0.1, application/sparql-results+xml;q=0.9", "xml"),
        ("text/csv;q=0.5, text/*;q=0.9", "tsv"),
        ("*/*, application/sparql-results+json;q=0", "xml"),
        ("text/csv;q=0, text/tab-separated-values;q=0, text/*", None),
        ("application/json", "json"),
        ("application/xml;q=0.9,*/*;q=0.8", "xml"),
        ("text/csv; charset=utf-8; header=present", "csv"),
        ('text/csv; a="b"; q=1', "csv"),
        ("text/csv;q=x, text/tab-separated-values;q=0.3", "tsv"),
        ("text/csv;q=7", "csv"),
        ("text/csv;q=1.", "csv"),
        ("image/png", None),
        ("image/png, text/csv;q=0", None),
        ("*/*;q=0", None),
        ("garbage", "json"),
        (";;;,,,///", "json"),
        ("text/csv;q=²", "json"),
        ("," * 4000, "json"),
    ],
)
def test_negotiation(accept: str | None, expected: str | None) -> None:
    found = negotiate(accept, RESULTS)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("application/ld+json", "jsonld"), ("text/plain", "ntriples"), ("application/n-quads", "nquads")],
)
def test_negotiation_of_graphs(accept: str, expected: str) -> None:
    found = negotiate(accept, RDF)
    assert found
    assert found.name == expected


@pytest.mark.parametrize(
    "accept", ["a/b;" * 1000, "a/b," * 1000, ";q=" * 1300, " " * 4000, "text/csv" + " " * 4000]
)
def test_long_headers_are_read_at_once(accept: str) -> None:
    started = time.perf_counter()
    negotiate(accept, RESULTS)
    assert time.perf_counter() - started < 0.1


def test_get() -> None:
    url = parse_parameters(b"query=ASK+%7B%7D&default-graph-uri=http%3A%2F%2Fx%2F&named-graph-uri=urn:a"
                           b"&timeout=2.5&format=xml&unknown=1&named-graph-uri=urn:b")  # fmt: skip
    expected = Operation("ASK {}", ("http://x/",), ("urn:a", "urn:b"), 2.5, "xml")
    assert parse_operation("GET", None, url, b"") == expected
    assert parse_operation("HEAD", None, url, b"") == expected


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_form(content_type: str) -> None:
    body = urlencode({"query": 'ASK { ?s ?p "é%25+" }', "format": "csv"}).encode()
    assert parse_operation("POST", content_type, [], body) == Operation('ASK { ?s ?p "é%25+" }', format="csv")


def test_direct_with_the_dataset_in_the_url() -> None:
    url = [("default-graph-uri", "http://x/"), ("timeout", "")]
    found = parse_operation("POST", f'{DIRECT}; charset="utf-8"', url, "ASK { ?s ?p 'é%25+' }".encode())
    assert found == Operation("ASK { ?s ?p 'é%25+' }", ("http://x/",))


def test_values_are_decoded_once() -> None:
    query = 'ASK { ?s ?p "100 %25 + %41" }'
    assert parse_parameters(b"query=" + quote(query).encode()) == [("query", query)]
    assert parse_parameters("q=é".encode()) == [("q", "é")]


@pytest.mark.parametrize(
    ("method", "content_type", "url", "body"),
    [
        ("GET", None, [], b""),
        ("GET", None, [("query", "ASK {}"), ("query", "ASK {}")], b""),
        ("GET", None, [("query", "ASK {}"), ("update", "DROP ALL")], b""),
        ("GET", None, [("update", "DROP ALL")], b""),
        ("POST", FORM, [], b"update=DROP+ALL"),
        ("POST", FORM, [("query", "ASK {}")], b"query=ASK%7B%7D"),
        ("POST", DIRECT, [("query", "ASK {}")], b"ASK {}"),
        ("POST", FORM, [("query", "ASK {}")], b"update=x"),
        ("POST", DIRECT, [], b"ASK { ?s ?p '\xff' }"),
        ("POST", FORM, [], b"query=%FF"),
        ("POST", FORM, [], b"query=\xff"),
        ("POST", FORM, [], b"a=1&" * 20_000),
        ("PUT", DIRECT, [], b"ASK {}"),
        ("DELETE", None, [("query", "ASK {}")], b""),
        ("GET", None, [("query", "ASK {}"), ("default-graph-uri", "relative")], b""),
        ("GET", None, [("query", "ASK {}"), ("named-graph-uri", "http://x/ y")], b""),
        ("GET", None, [("query", "ASK {}"), ("timeout", "0")], b""),
        ("GET", None, [("query", "ASK {}"), ("timeout", "-1")], b""),
        ("GET", None, [("query", "ASK {}"), ("timeout", "nan")], b""),
        ("GET", None, [("query", "ASK {}"), ("timeout", "1"), ("timeout", "2")], b""),
    ],
)
def test_bad_requests(method: str, content_type: str | None, url: list[tuple[str, str]], body: bytes) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_operation(method, content_type, url, body)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/json", "application/sparql-update",
     "multipart/form-data; boundary=x", f"{DIRECT}; charset=utf-16", f"{FORM}; charset=latin-1", ";", "\x00"],
)  # fmt: skip
def test_other_media_types_are_not_read(content_type: str | None) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        parse_operation("POST", content_type, [], b"ASK {}")
    assert isinstance(caught.value, KGError)
    assert caught.value.status == 415
