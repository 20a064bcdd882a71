"""The service description tells the truth, in every RDF format."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.formats import RDF, RESULTS, Format
from kg.replica import Replica
from kg.web.description import SD, endpoint

BASE = "https://w3id.org/enforcement-kg/"


def facts(client: FlaskClient, chosen: Format) -> set[tuple[str, str, str]]:
    answer = client.get("/sparql", headers={"Accept": chosen.media_type})
    assert (answer.status_code, answer.mimetype) == (200, chosen.media_type)
    assert isinstance(chosen.engine, RdfFormat)
    found = set()
    for quad in parse(answer.data, format=chosen.engine):
        assert isinstance(quad.subject, NamedNode), "no blank nodes"
        found.add(
            (quad.subject.value, quad.predicate.value.removeprefix(SD), getattr(quad.object, "value", ""))
        )
    return found


def objects(found: set[tuple[str, str, str]], predicate: str) -> set[str]:
    return {o for _, p, o in found if p == predicate}


def test_it_is_the_same_in_every_format(client: FlaskClient) -> None:
    first, *others = [facts(client, chosen) for chosen in RDF]
    assert all(other == first for other in others)


def test_what_it_says(client: FlaskClient, replica: Replica) -> None:
    found = facts(client, RDF[0])
    assert objects(found, "endpoint") == {"http://localhost/sparql"}
    assert objects(found, "supportedLanguage") == {f"{SD}SPARQL11Query"}
    assert len(objects(found, "resultFormat")) == len(RESULTS) + len(RDF)
    assert objects(found, "feature") == set()
    assert objects(found, "name") == {
        f"{BASE}graph/{name}" for name in ("authorities", "ontology", "schemes")
    }
    assert objects(found, "http://www.w3.org/2002/07/owl#versionInfo") == {replica.version}
    words = " ".join(objects(found, "http://purl.org/dc/terms/description"))
    assert "Union of 7 public named graphs" in words
    assert "4 graph/decision/…, 3 graph/record/…" in words


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost:8000", "http://localhost:8000/sparql"),
        ("127.0.0.1", "http://127.0.0.1/sparql"),
        ("[::1]:8000", "http://[::1]:8000/sparql"),
        ("kg.example.org", "https://kg.example.org/sparql"),
        ("evil.example", "https://kg.example.org/base/sparql"),
        ("localhost.evil.example", "https://kg.example.org/base/sparql"),
        ("localhost:8000/x", "https://kg.example.org/base/sparql"),
        ("", "https://kg.example.org/base/sparql"),
    ],
)
def test_only_hosts_that_are_known_are_named(host: str, expected: str) -> None:
    assert endpoint("https://kg.example.org/base/", host, "/sparql") == expected


def test_without_a_query_only_rdf_or_a_page(client: FlaskClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "application/sparql-results+json"})
    assert answer.status_code == 400
    assert "query" in answer.get_json()["detail"]
