"""SPARQL 1.1 Protocol as a client meets it: three ways to ask, the dataset, what is refused."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
RECORD = "https://w3id.org/enforcement-kg/graph/record/tracker/1"


def ask(client: FlaskClient, query: str, **parameters: Any) -> TestResponse:
    return client.get("/sparql?" + urlencode({"query": query, **parameters}, doseq=True))


def number(answer: TestResponse) -> int:
    assert answer.status_code == 200, answer.text
    return int(json.loads(answer.data)["results"]["bindings"][0]["n"]["value"])


def test_three_ways_to_ask_give_one_answer(client: FlaskClient) -> None:
    direct = client.post("/sparql", data=COUNT, content_type="application/sparql-query; charset=utf-8")
    form = client.post("/sparql", data=urlencode({"query": COUNT}), content_type=FORM)
    url = ask(client, COUNT)
    assert url.data == direct.data == form.data
    assert url.headers["ETag"] == direct.headers["ETag"] == form.headers["ETag"]
    assert number(url) > 30


def test_a_query_is_decoded_once(client: FlaskClient) -> None:
    answer = ask(client, 'SELECT ("%25+%2B é" AS ?x) {}')
    assert json.loads(answer.data)["results"]["bindings"][0]["x"]["value"] == "%25+%2B é"


def test_default_graph_is_the_public_union(client: FlaskClient) -> None:
    assert (
        number(
            ask(client, "SELECT (COUNT(*) AS ?n) { ?r a <https://w3id.org/enforcement-kg/ontology#Record> }")
        )
        == 0
    )
    inside = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?r a <https://w3id.org/enforcement-kg/ontology#Record> } }"
    assert number(ask(client, inside)) == 3


def test_the_dataset_can_be_chosen(client: FlaskClient) -> None:
    assert number(ask(client, COUNT, **{"default-graph-uri": RECORD})) == 2
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert number(ask(client, named, **{"named-graph-uri": [RECORD, RECORD[:-1] + "2"]})) == 2
    form = urlencode({"query": COUNT, "default-graph-uri": RECORD})
    assert number(client.post("/sparql", data=form, content_type=FORM)) == 2
    posted = client.post(
        "/sparql?" + urlencode({"default-graph-uri": RECORD}),
        data=COUNT,
        content_type="application/sparql-query",
    )
    assert number(posted) == 2


@pytest.mark.parametrize("graph", ["http://127.0.0.1:9/x", "file:///etc/passwd", "https://nowhere.invalid/"])
def test_no_graph_is_fetched(client: FlaskClient, graph: str) -> None:
    assert number(ask(client, COUNT, **{"default-graph-uri": graph})) == 0
    assert number(ask(client, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}")) == 0


def test_unknown_parameters_are_ignored(client: FlaskClient) -> None:
    assert number(ask(client, COUNT, output="json", debug="on", run="Run")) > 30


@pytest.mark.parametrize(
    ("query_string", "body", "content_type", "expected"),
    [
        ("query=ASK{}&query=ASK{}", None, None, 400),
        ("query=ASK{}", b"ASK {}", "application/sparql-query", 400),
        ("query=ASK{}", b"query=ASK{}", FORM, 400),
        ("query=ASK{}&update=CLEAR+ALL", None, None, 400),
        ("update=CLEAR+ALL", None, None, 400),
        ("", b"update=CLEAR+ALL", FORM, 400),
        ("", b"CLEAR ALL", "application/sparql-update", 415),
        ("", b"CLEAR ALL", "application/sparql-query", 400),
        ("query=INSERT+DATA+{<a:a><a:a><a:a>}", None, None, 400),
        ("query=LOAD+<http://127.0.0.1:9/>", None, None, 400),
        ("query=SELECT*{SERVICE<http://127.0.0.1:9/>{}}", None, None, 403),
        ("", b"", None, 415),
        ("", b"ASK {}", "text/plain", 415),
        ("", b"ASK {}", "multipart/form-data; boundary=x", 415),
        ("", "ASK {}".encode("utf-16"), "application/sparql-query", 400),
        ("", "ASK {}".encode("utf-16"), "application/sparql-query; charset=utf-16", 415),
        ("", b"ASK {} # \xff", "application/sparql-query", 400),
        ("", b"query=ASK{}%23%FF", FORM, 400),
        ("query=ASK{}%23%FF", None, None, 400),
        ("query=ASK{}%00", None, None, 400),
        ("query=%EF%BB%BFASK{}", None, None, 400),
        ("query=ASK{<a:%5CUFFFFFFFF>?p?o}", None, None, 400),
        ("query=ASK{}%ED%A0%80", None, None, 400),
        ("query=", None, None, 400),
        ("query=ASK{}&timeout=x", None, None, 400),
        ("query=ASK{}&timeout=-1", None, None, 400),
        ("query=ASK{}&default-graph-uri=not+an+iri", None, None, 400),
        ("query=ASK{}&" + "a=b&" * 20_000, None, None, 400),
        ("query=ASK{}" + "%0A" * 70_000, None, None, 413),
    ],
)
def test_refused(
    client: FlaskClient, query_string: str, body: bytes | None, content_type: str | None, expected: int
) -> None:
    before = number(ask(client, COUNT))
    method = "GET" if body is None else "POST"
    answer = client.open(
        "/sparql", method=method, query_string=query_string, data=body, content_type=content_type
    )
    assert (answer.status_code, answer.mimetype) == (expected, "application/problem+json"), answer.text
    assert answer.get_json()["status"] == expected
    assert answer.get_json()["detail"]
    assert number(ask(client, COUNT)) == before


def test_compressed_bodies_are_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/sparql",
        data=b"\x1f\x8b",
        content_type="application/sparql-query",
        headers={"Content-Encoding": "gzip"},
    )
    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(client: FlaskClient, method: str) -> None:
    answer = client.open("/sparql", method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_method_override_is_ignored(client: FlaskClient) -> None:
    answer = client.get("/sparql?query=ASK{}", headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.get_json() == {"head": {}, "boolean": True}


def test_a_syntax_error_shows_its_place(client: FlaskClient) -> None:
    answer = ask(client, "SELECT ?a\nWHERE {\n  ?a ?b }\nLIMIT 1")
    problem = answer.get_json()
    assert (answer.status_code, problem["title"]) == (400, "Invalid SPARQL query")
    assert (problem["line"], problem["text"]) == (3, "  ?a ?b }")
    assert problem["column"] > 1
    assert problem["type"].endswith("/problem/invalid-query")


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    path = "/sparql?" + urlencode({"query": COUNT})
    got, head = client.get(path), client.head(path)
    assert head.data == b""
    for name in (
        "Content-Type",
        "Content-Length",
        "ETag",
        "X-Dataset-Version",
        "X-Result-Rows",
        "Cache-Control",
    ):
        assert head.headers[name] == got.headers[name], name


def test_options_allows_other_origins(client: FlaskClient) -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/sparql", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]
    exposed = ask(client, "ASK {}").headers["Access-Control-Expose-Headers"]
    assert {"X-Dataset-Version", "X-Query-Time", "X-Result-Rows"} <= set(exposed.split(", "))
