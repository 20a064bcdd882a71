"""One suite for every store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions

from kg.errors import InvalidInput, InvalidQuery, StoreError, StoreUnavailable
from kg.namespaces import BASE
from kg.store import Store, open_store

DECISION = NamedNode(f"{BASE}graph/decision/fr-cnil/SAN-2020-012")
RECORD = NamedNode(f"{BASE}graph/record/etid/ETid-1")
STATE = NamedNode(f"{BASE}graph/state")


def triple(n: int, value: str = "x") -> str:
    return f'<https://e.example/{n}> <https://e.example/p> "{value}" .\n'


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = "memory:" if request.param == "memory" else f"file:{tmp_path / 'kg'}"
    with open_store(url, write=True) as opened:
        yield opened


def values(store: Store, graph: NamedNode) -> list[str]:
    return sorted(q.object.value for q in store.quads(graph) if isinstance(q.object, Literal))


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.count() == 0
    assert store.graph_names() == []
    assert list(store.quads()) == []


def test_apply_drops_and_inserts(store: Store) -> None:
    store.apply([], [(DECISION, triple(1)), (RECORD, triple(2))])
    store.apply([DECISION, RECORD], [(DECISION, triple(3, "new"))])
    assert store.graph_names() == [DECISION]
    assert values(store, DECISION) == ["new"]
    assert store.count() == 1


def test_one_graph_in_several_inserts_is_their_union(store: Store) -> None:
    store.apply([], [(DECISION, triple(1)), (DECISION, triple(1) + triple(2))])
    assert store.count() == 2


def test_a_bad_text_changes_nothing(store: Store) -> None:
    store.replace_graph(DECISION, triple(1))
    with pytest.raises(InvalidInput):
        store.apply([DECISION], [(RECORD, triple(2)), (RECORD, "<https://e.example/a> <b> .")])
    assert store.graph_names() == [DECISION]


def test_a_text_cannot_leave_its_graph(store: Store) -> None:
    with pytest.raises(InvalidInput):
        store.replace_graph(DECISION, triple(1) + "} } ; DROP ALL ; INSERT DATA { GRAPH <x:y> { " + triple(2))
    with pytest.raises(InvalidInput):
        store.replace_graph(DECISION, triple(1)[:-2] + f"{RECORD} .\n")
    assert store.count() == 0


def test_literals_of_every_shape_come_back(store: Store) -> None:
    wild = "a\"b\\c\n\r\t\x08\x7f\x85\U0001f600 } ;{ # < \\u0041 '"
    store.replace_graph(DECISION, f"<https://e.example/é> <https://e.example/p> {Literal(wild)} .\n")
    assert values(store, DECISION) == [wild]


def test_blank_nodes_of_two_texts_are_two_nodes(store: Store) -> None:
    text = '_:a <https://e.example/p> _:b .\n_:b <https://e.example/p> "1" .\n'
    store.apply([], [(DECISION, text), (RECORD, text)])
    ours, theirs = ({q.subject for q in store.quads(g)} for g in (DECISION, RECORD))
    assert len(ours) == len(theirs) == 2
    assert not ours & theirs


def test_deeply_nested_triple_terms_are_refused(store: Store) -> None:
    nested = "<x:s> <x:p> " + "<<( <x:s> <x:p> " * 50_000 + "<x:o>" + " )>>" * 50_000 + " .\n"
    with pytest.raises(InvalidInput, match="triple terms"):
        store.replace_graph(DECISION, nested)


def test_query_with_default_graphs_and_substitutions(store: Store) -> None:
    store.apply([], [(DECISION, triple(1, "decision")), (RECORD, triple(1, "record"))])
    text = "SELECT ?s ?o { ?s <https://e.example/p> ?o }"
    bound = {"s": NamedNode("https://e.example/1")}
    found = store.query(text, substitutions=bound, default_graphs=[DECISION])
    assert isinstance(found, QuerySolutions)
    assert [row["o"].value for row in found] == ["decision"]
    nothing = store.query(text, default_graphs=[])
    assert isinstance(nothing, QuerySolutions)
    assert list(nothing) == []


def test_publishing_merges_the_public_graphs(store: Store) -> None:
    other = NamedNode(DECISION.value + "-2")
    store.apply(
        [], [(DECISION, triple(1, "shared")), (other, triple(1, "shared")), (RECORD, triple(1, "record"))]
    )
    store.publish()
    text = "SELECT ?o { ?s <https://e.example/p> ?o }"
    assert [row["o"].value for row in store.query(text)] == ["shared"]  # type: ignore[union-attr]
    assert store.count() == 3
    assert {quad.graph_name for quad in store.quads()} == {DECISION, other, RECORD}
    store.apply([DECISION, other], [])
    store.publish()
    assert list(store.query(text)) == []  # type: ignore[arg-type]
    assert store.count() == 1


def test_a_bad_query_names_line_and_column(store: Store) -> None:
    with pytest.raises(InvalidQuery) as caught:
        store.query("SELECT * {\n ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 8)


@pytest.mark.parametrize("end", ["", ";", " ; ", " # a comment", " ; # a comment"])
def test_update_runs_all_operations_or_none(store: Store, end: str) -> None:
    store.update(f"INSERT DATA {{ GRAPH {DECISION} {{ <x:a> <x:b> <x:c> }} }}{end}")
    with pytest.raises(StoreError):
        store.update(f"DROP GRAPH {DECISION} ; DROP GRAPH <x:nothing>{end}")
    assert store.graph_names() == [DECISION]


def test_the_state_is_private(store: Store) -> None:
    store.replace_graph(DECISION, triple(1))
    assert STATE not in store.graph_names()
    assert {q.graph_name for q in store.quads()} == {DECISION}
    assert store.count() == 1
    assert len(list(store.quads(STATE))) == 2


def test_the_state_survives_the_removal_of_everything(store: Store) -> None:
    store.replace_graph(DECISION, triple(1))
    store.update("DROP ALL")
    store.apply([STATE], [(DECISION, triple(1))])
    assert "3" in values(store, STATE)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.query("ASK {}")


def test_two_threads_lose_no_update(store: Store) -> None:
    def write(n: int) -> None:
        store.replace_graph(NamedNode(f"{BASE}graph/decision/x/{n}"), triple(n))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(40)))
    assert store.count() == 40


def test_ask(store: Store) -> None:
    answer = store.query("ASK {}")
    assert isinstance(answer, QueryBoolean)
    assert answer


@pytest.mark.parametrize(
    "url", ["http://localhost:7200/r", "https://x.example/", "sqlite:x", "memory:x", "file:", ""]
)
def test_other_urls_are_refused_by_name(url: str) -> None:
    with pytest.raises(InvalidInput, match="supported are `memory:` and `file:DIR`"):
        open_store(url, write=True)
