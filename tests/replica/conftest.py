"""A small published store, and replicas of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg.formats import RDF, RESULTS, by_name
from kg.namespaces import BASE
from kg.replica import Answer, QueryRequest, Replica
from kg.settings import Settings, read_settings
from kg.store import Store, open_store

LAW = NamedNode(f"{BASE}graph/law")
RECORD = NamedNode(f"{BASE}graph/record/etid/ETid-1")
STATE = NamedNode(f"{BASE}graph/state")
SETTINGS = {"KG_QUERY_TIMEOUT": "20", "KG_QUERY_MEMORY": "256", "KG_WORKERS": "2"}
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def triples(count: int, value: str = "x") -> str:
    return "".join(f'<https://e.example/{n}> <https://e.example/p> "{value}" .\n' for n in range(count))


def settings(**changes: str) -> Settings:
    return read_settings(SETTINGS | changes)


def fill(store: Store) -> None:
    secret = "<https://e.example/s> <https://e.example/p> 'secret' .".replace("'", '"')
    store.apply([], [(LAW, triples(1000)), (RECORD, triples(1, "record")), (STATE, secret)])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A published store with 1,000 triples in the default graph and one in a record."""
    with open_store(f"file:{tmp_path / 'kg'}", write=True) as store:
        fill(store)
        store.publish()
    return tmp_path / "kg"


@pytest.fixture
def replica(directory: Path) -> Iterator[Replica]:
    opened = Replica.open(directory, settings())
    yield opened
    opened.close()


@pytest.fixture
def ask(replica: Replica) -> Callable[..., bytes]:
    return lambda text, format="csv", **more: body(query(replica, text, format, **more))


def query(replica: Replica, text: str, format: str = "csv", **more: object) -> Answer:
    request = QueryRequest(text, by_name(RESULTS, format), by_name(RDF, format), **more)  # type: ignore[arg-type]
    return replica.query(request)


def body(answer: Answer) -> bytes:
    content = answer.body if isinstance(answer.body, bytes) else answer.body.read()
    answer.close()
    assert len(content) == answer.length
    return content
