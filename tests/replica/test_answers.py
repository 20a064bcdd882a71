"""What the replica answers: forms, formats, datasets, bindings, errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from kg.errors import FederationRefused, InvalidQuery, NotAcceptable, StoreUnavailable, TooLarge
from kg.formats import RDF, RESULTS
from kg.namespaces import BASE, PREFIXES
from kg.replica import QueryRequest, Replica
from kg.store import open_store
from tests.replica.conftest import LAW, RECORD, STATE, body, query, settings

Ask = Callable[..., bytes]


def test_select(replica: Replica) -> None:
    answer = query(replica, "SELECT ?s { ?s ?p ?o } LIMIT 3", "json")
    assert (answer.form, answer.format.name, answer.rows, answer.version) == (
        "select",
        "json",
        3,
        replica.version,
    )
    assert answer.seconds >= 0
    assert len(json.loads(body(answer))["results"]["bindings"]) == 3


@pytest.mark.parametrize("format", [f.name for f in RESULTS])
def test_ask(replica: Replica, format: str) -> None:
    answer = query(replica, "ASK { ?s ?p ?o }", format)
    assert (answer.form, answer.rows) == ("ask", None)
    assert b"true" in body(answer)


@pytest.mark.parametrize("format", [f.name for f in RESULTS])
def test_large_answers_are_complete_and_counted(replica: Replica, format: str) -> None:
    text = "SELECT * { ?a ?p ?o . ?b ?p ?o FILTER(STR(?b) < 'https://e.example/2') }"
    answer = query(replica, text, format)
    assert not isinstance(answer.body, bytes)
    assert answer.rows == 1000 * 112
    content = body(answer)
    assert len(content) > 1_000_000
    if format == "tsv":
        assert content.count(b"\n") == 1000 * 112 + 1


@pytest.mark.parametrize("format", [f.name for f in RDF])
def test_construct_gives_each_triple_once(replica: Replica, format: str) -> None:
    text = f"CONSTRUCT {{ <https://e.example/x> a <{PREFIXES['enf']}Decision> ; <x:p> ?o }} {{ ?s ?p ?o }}"
    answer = query(replica, text, format)
    assert (answer.form, answer.rows, answer.format.name) == ("construct", 2, format)
    content = body(answer)
    assert isinstance(answer.format.engine, RdfFormat)
    assert len(list(parse(content, answer.format.engine))) == 2
    if answer.format.engine in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML):
        assert b"enf:Decision" in content
        assert b"foaf" not in content
    assert body(query(replica, text, format)) == content


def test_describe(ask: Ask) -> None:
    assert (
        ask("DESCRIBE <https://e.example/5>", "nt") == b'<https://e.example/5> <https://e.example/p> "x" .\n'
    )


def test_the_form_decides_which_format_is_needed(replica: Replica) -> None:
    with pytest.raises(NotAcceptable) as caught:
        replica.query(QueryRequest("ASK {}", None, RDF[0]))
    assert caught.value.offered == tuple(f.media_type for f in RESULTS)
    with pytest.raises(NotAcceptable) as caught:
        replica.query(QueryRequest("DESCRIBE <x:a>", RESULTS[0], None))
    assert caught.value.offered == tuple(f.media_type for f in RDF)


def test_the_default_graph_is_the_public_union(ask: Ask) -> None:
    assert ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == b"n\r\n1000\r\n"
    assert ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g").split() == [
        b"g", LAW.value.encode(), RECORD.value.encode(),
    ]  # fmt: skip


def test_the_private_graph_is_not_there(ask: Ask) -> None:
    assert ask(f"SELECT * {{ GRAPH {STATE} {{ ?s ?p ?o }} }}") == b"o,p,s\r\n"
    assert ask(f"SELECT * FROM {STATE} {{ ?s ?p ?o }}") == b"o,p,s\r\n"
    assert b"secret" not in ask("SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")


def test_datasets_are_of_local_graphs(ask: Ask) -> None:
    count = "SELECT (COUNT(*) AS ?n) {0} {{ {1} }}"
    plain, named = "?s ?p ?o", "GRAPH ?g { ?s ?p ?o }"
    assert ask(count.format(f"FROM {RECORD}", plain)) == b"n\r\n1\r\n"
    assert ask(count.format(f"FROM {RECORD}", named)) == b"n\r\n0\r\n"
    assert ask(count.format(f"FROM NAMED {LAW}", named)) == b"n\r\n1000\r\n"
    record, law = (RECORD.value,), (LAW.value,)
    assert ask(count.format("", plain), default_graphs=record, named_graphs=()) == b"n\r\n1\r\n"
    assert ask(count.format("", named), default_graphs=record, named_graphs=()) == b"n\r\n0\r\n"
    assert ask(count.format("", plain), default_graphs=(), named_graphs=law) == b"n\r\n0\r\n"
    assert ask(count.format("", named), default_graphs=(), named_graphs=law) == b"n\r\n1000\r\n"
    assert ask(count.format(f"FROM {LAW}", plain), default_graphs=record, named_graphs=()) == b"n\r\n1\r\n"


@pytest.mark.parametrize("graph", ["http://127.0.0.1:9/x", "file:///etc/passwd"])
def test_nothing_is_fetched(ask: Ask, graph: str) -> None:
    assert ask(f"ASK FROM <{graph}> {{ ?s ?p ?o }}") == b"false"
    assert ask("ASK { ?s ?p ?o }", default_graphs=(graph,), named_graphs=()) == b"false"


def test_federation_finds_no_network(replica: Replica) -> None:
    """The fence behind the scan of `kg.guard`."""
    with pytest.raises(FederationRefused):
        query(replica, "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")


def test_bindings_are_terms(ask: Ask) -> None:
    text = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s LIMIT 1"
    assert ask(text, bindings={"s": "<https://e.example/7>"}) == b"s,o\r\nhttps://e.example/7,x\r\n"
    assert ask(text, bindings={"o": '"x\\" } DROP"'}) == b"s,o\r\n"


def test_errors_name_line_and_column(replica: Replica) -> None:
    with pytest.raises(InvalidQuery, match="FLITER") as caught:
        query(replica, "SELECT * {\n  ?s ?p ?o .\n  FLITER(?o > 1)\n}")
    assert (caught.value.line, caught.value.column) == (3, 3)


@pytest.mark.parametrize("text", ["", "SELECT (<x:f>(1) AS ?x) {}", "ASK {} \ud800", "INSERT DATA {}", "\0"])
def test_other_bad_queries(replica: Replica, text: str) -> None:
    with pytest.raises(InvalidQuery):
        query(replica, text)


def test_answers_above_the_cap_are_refused(directory: Path) -> None:
    replica = Replica.open(directory, settings(KG_QUERY_MEMORY="1024"))
    text = "SELECT * { ?a ?p ?o . ?b ?p ?o . ?c ?p ?o }"
    with pytest.raises(TooLarge, match="256 MiB"):
        query(replica, text, "xml")
    assert query(replica, "ASK {}").rows is None
    replica.close()


def test_nothing_published(tmp_path: Path) -> None:
    with open_store(f"file:{tmp_path / 'kg'}", write=True) as store:
        replica = Replica.open(tmp_path / "kg", settings())
        assert not replica.ready
        assert replica.version is None
        with pytest.raises(StoreUnavailable, match="nothing is published"):
            query(replica, "ASK {}")
        store.replace_graph(LAW, f"<x:a> <x:b> <{BASE}x> .\n")
        store.publish()
        for _ in range(100):
            if replica.ready:
                break
            replica._closing.wait(0.1)
        assert body(query(replica, "ASK { ?s ?p ?o }")) == b"true"
        replica.close()


def test_a_damaged_version_is_refused_at_the_start(directory: Path) -> None:
    for table in directory.glob("checkpoints/*/*.sst"):
        table.write_bytes(b"damaged")
    with pytest.raises(StoreUnavailable, match="cannot be loaded"):
        Replica.open(directory, settings())
