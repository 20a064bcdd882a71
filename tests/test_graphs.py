from __future__ import annotations

import pytest

from kg.graphs import in_default_graph, is_private

BASES = ["https://w3id.org/enforcement-kg/", "http://localhost:8000/", "https://x.example/graph/"]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    "name", ["ontology", "schemes", "law", "authorities", "meta", "inferred", "decision/fr-cnil/1"]
)
def test_public(base: str, name: str) -> None:
    assert in_default_graph(f"{base}graph/{name}")
    assert not is_private(f"{base}graph/{name}")


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(
    "name",
    [
        "record/etid/1",
        "claim/1",
        "provenance",
        "quality/reports",
        "inferred/etid/1",
        "decisions",
        "state",
        "",
    ],
)
def test_not_in_the_default_graph(base: str, name: str) -> None:
    assert not in_default_graph(f"{base}graph/{name}")


def test_a_name_outside_the_graph_path_is_not_public() -> None:
    assert not in_default_graph("ontology")
    assert not in_default_graph("https://w3id.org/enforcement-kg/id/ontology")


@pytest.mark.parametrize("base", BASES)
def test_private(base: str) -> None:
    assert is_private(f"{base}graph/state")
    assert is_private(f"{base}graph/state/records")
    assert not is_private(f"{base}graph/statement")
