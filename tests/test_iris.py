"""IRIs never collide and never need escaping."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from kg.iris import Iris, segment
from kg.namespaces import BASE

NUMBERS = st.text(st.sampled_from("aA1/ -._~%é#?\\:"), max_size=8) | st.text()


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("SAN-2022-019", "SAN-2022-019"),
        ("ETid-1", "ETid-1"),
        ("DKN.5131.3.2021", "DKN.5131.3.2021"),
        ("E/04461/2021", "E~04461~2021"),
        ("W108 2274731-1/11E", "W108_2274731-1~11E"),
    ],
)
def test_readable_numbers(number: str, written: str) -> None:
    assert segment(number) == written


@pytest.mark.parametrize(
    "number",
    ["", " ", ".", "..", "...", "a..b", "../../etc", "é", "%2e%2e", "a%b", "a_b", "a~b", "\ud800", "a" * 300],
)
def test_anything_else_gets_a_digest(number: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9].*-)?[0-9a-f]{8}", segment(number))
    assert len(segment(number)) < 120


@given(NUMBERS)
def test_segments_are_plain(number: str) -> None:
    found = segment(number)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", found)
    assert ".." not in found
    assert found[0] not in ".-~_"
    assert NamedNode(f"https://e.example/id/{found}").value.endswith(found)
    assert segment(number) == found


@given(st.lists(NUMBERS, unique=True, min_size=2, max_size=20))
def test_two_numbers_never_share_a_segment(numbers: list[str]) -> None:
    assert len({segment(number) for number in numbers}) == len(numbers)


def test_numbers_that_differ_by_a_mark_only() -> None:
    alike = ["12-3", "12/3", "12 3", "12.3", "12_3", "12~3", "12--3", "12-3-", "-12-3", "12–3", "12-3 "]
    assert len({segment(number) for number in alike}) == len(alike)


def test_every_thing_has_its_place_below_the_base_and_reference_data_below_ours() -> None:
    iris = Iris("http://localhost:8000/")
    shared = ("id/authority/", "id/source/", "id/prov/")
    places = {
        "id/a/b": iris.id("a", "b"),
        "graph/a/b": iris.graph("a", "b"),
        "id/authority/fr-cnil/restricted-committee": iris.authority("fr-cnil/restricted-committee"),
        "id/source/gdprhub": iris.source("gdprhub"),
        "id/record/gdprhub/12": iris.record("gdprhub", "12"),
        "graph/record/gdprhub/12": iris.record_graph("gdprhub", "12"),
        "id/decision/es-aepd/PS~1~2021": iris.decision("es-aepd", "PS/1/2021"),
        "graph/decision/es-aepd/PS~1~2021": iris.decision_graph("es-aepd", "PS/1/2021"),
        "id/prov/eu/reg/2016/679": iris.provision("eu/reg/2016/679"),
        "id/prov/eu/reg/2016/679/art_83/par_5": iris.provision("eu/reg/2016/679", "art_83/par_5"),
    }
    for path, node in places.items():
        base = BASE if path.startswith(shared) else "http://localhost:8000/"
        assert node == NamedNode(base + path)
