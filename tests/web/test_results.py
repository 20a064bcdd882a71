"""What every result carries: version, time, rows, a validator; and 304 before any evaluation."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.formats import RDF, RESULTS, by_name
from kg.replica import QueryRequest, Replica
from kg.web.results import entity_tag
from tests.web.wire import PRODUCT

QUERY = "/sparql?query=" + quote("SELECT ?s { ?s a <https://w3id.org/enforcement-kg/ontology#Decision> }")
SLOW = "/sparql?query=" + quote(PRODUCT)


def test_headers_of_a_result(client: FlaskClient, replica: Replica) -> None:
    answer = client.get(QUERY)
    assert answer.headers["X-Dataset-Version"] == replica.version
    assert answer.headers["X-Result-Rows"] == "4"
    assert 0 <= float(answer.headers["X-Query-Time"]) < 2
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [QUERY, "/queries/by-authority.csv", "/sparql", "/", "/queries"])
def test_revalidation(client: FlaskClient, path: str) -> None:
    tag = client.get(path).headers["ETag"]
    for value in (tag, f'"other", {tag}', f"W/{tag}"):
        again = client.get(path, headers={"If-None-Match": value})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert client.head(path, headers={"If-None-Match": value}).status_code == 304
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_tag_belongs_to_one_representation(client: FlaskClient) -> None:
    tags = {
        client.get(QUERY, headers={"Accept": accept}).headers["ETag"]
        for accept in ("text/csv", "application/sparql-results+json", "text/html")
    }
    tags.add(client.get(QUERY + "&default-graph-uri=a:b").headers["ETag"])
    tags.add(client.get(QUERY.replace("Decision", "Finding")).headers["ETag"])
    assert len(tags) == 5


def test_revalidation_does_not_evaluate(client: FlaskClient, replica: Replica) -> None:
    """A query that cannot end is answered at once to a client that holds its answer."""
    assert replica.version is not None
    asked = QueryRequest(query=PRODUCT, results=by_name(RESULTS, "json"), graphs=by_name(RDF, "turtle"))
    tag = f'"{entity_tag(asked, replica.version, page=False)}"'
    started = time.monotonic()
    assert client.get(SLOW, headers={"If-None-Match": tag}).status_code == 304
    assert time.monotonic() - started < 1


def test_star_is_no_claim(client: FlaskClient) -> None:
    assert client.get("/sparql?query=nonsense", headers={"If-None-Match": "*"}).status_code == 400


@pytest.mark.parametrize("call", ["NOW()", "RAND()", "UUID()", "struuid()"])
def test_what_changes_is_not_cached(client: FlaskClient, call: str) -> None:
    answer = client.get("/sparql?query=" + quote(f"SELECT ({call} AS ?x) {{}}"))
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
