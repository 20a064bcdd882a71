"""Content negotiation on real answers: every format by Accept and by name, and what is refused."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from kg.formats import RDF, RESULTS, Format

SELECT = "SELECT ?d { ?d <https://w3id.org/enforcement-kg/ontology#decisionDate> ?date } ORDER BY ?d"
CONSTRUCT = "CONSTRUCT WHERE { ?d <https://w3id.org/enforcement-kg/ontology#decisionDate> ?date }"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def url(query: str, **more: str) -> str:
    return f"/sparql?query={quote(query)}" + "".join(f"&{k}={quote(v)}" for k, v in more.items())


def size(body: bytes, chosen: Format) -> int:
    """How many solutions or triples a body holds; it must parse as what it is said to be."""
    if isinstance(chosen.engine, RdfFormat):
        return len(list(parse(body, format=chosen.engine)))
    if chosen.engine == QueryResultsFormat.CSV:  # which the engine writes and does not read
        return len(body.decode().strip().split("\r\n")) - 1
    return len(list(parse_query_results(body, format=chosen.engine)))  # type: ignore[arg-type]


@pytest.mark.parametrize("chosen", RESULTS, ids=lambda f: f.name)
@pytest.mark.parametrize("by", ["accept", "name", "media type", "extension"])
def test_select_in_every_format(client: FlaskClient, chosen: Format, by: str) -> None:
    check(client, SELECT, chosen, by)


@pytest.mark.parametrize("chosen", RDF, ids=lambda f: f.name)
@pytest.mark.parametrize("by", ["accept", "name", "media type", "extension"])
def test_construct_in_every_format(client: FlaskClient, chosen: Format, by: str) -> None:
    check(client, CONSTRUCT, chosen, by)


def check(client: FlaskClient, query: str, chosen: Format, by: str) -> None:
    given = {"name": chosen.name, "media type": chosen.media_type, "extension": chosen.extension}
    if by == "accept":
        answer = client.get(url(query), headers={"Accept": chosen.media_type})
    else:
        answer = client.get(url(query, format=given[by]), headers={"Accept": "image/png"})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == chosen.media_type
    assert size(answer.data, chosen) == 4
    assert answer.headers["X-Result-Rows"] == "4"


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (SELECT, None, "application/sparql-results+json"),
        (SELECT, "", "application/sparql-results+json"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "text/*", "text/csv"),
        (SELECT, "text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        (SELECT, "application/json", "application/sparql-results+json"),
        (SELECT, "text/turtle, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
        (SELECT, "text/csv;q=0, */*", "application/sparql-results+json"),
        (SELECT, "text/html;q=0.2, text/csv", "text/csv"),
        (SELECT, "garbage;;;q=x", "application/sparql-results+json"),
        (SELECT, "text/csv;q=x, application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, BROWSER, "text/html"),
        (CONSTRUCT, BROWSER, "text/html"),
        (CONSTRUCT, "*/*", "text/turtle"),
        (CONSTRUCT, "text/csv, application/n-triples;q=0.3", "application/n-triples"),
        ("ASK {}", "*/*", "application/sparql-results+json"),
        ("ASK {}", BROWSER, "text/html"),
    ],
)
def test_accept(client: FlaskClient, query: str, accept: str | None, expected: str) -> None:
    answer = client.get(url(query), headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, expected)
    assert {"Accept", "Accept-Language"} <= set(answer.vary)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (SELECT, "image/png"),
        (SELECT, "text/turtle"),
        (CONSTRUCT, "text/csv"),
        (SELECT, "a/b," * 1000 + "c/d"),
    ],
)
def test_nothing_acceptable(client: FlaskClient, query: str, accept: str) -> None:
    answer = client.get(url(query), headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    offered = answer.get_json()["offered"]
    assert {"text/csv", "application/sparql-results+json"} <= set(offered) or "text/turtle" in offered
    assert "Accept" in answer.vary


def test_unknown_format_is_not_acceptable(client: FlaskClient) -> None:
    assert client.get(url(SELECT, format="xls")).status_code == 406


def test_a_machine_never_gets_html(client: FlaskClient) -> None:
    for accept in (
        None,
        "*/*",
        "application/json",
        "application/sparql-results+json",
        "text/turtle, */*;q=0.1",
    ):
        for path in (url(SELECT), url("nonsense"), "/sparql", "/nothing", "/queries/nothing"):
            answer = client.get(path, headers={} if accept is None else {"Accept": accept})
            assert answer.mimetype != "text/html", (accept, path)


def test_a_browser_gets_pages(client: FlaskClient) -> None:
    for path in (url(SELECT), url("nonsense"), "/sparql", "/nothing", "/queries/nothing", "/", "/queries"):
        assert client.get(path, headers={"Accept": BROWSER}).mimetype == "text/html", path


def test_json_of_pages(client: FlaskClient) -> None:
    for path in ("/", "/queries"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert isinstance(json.loads(answer.data), dict)
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
