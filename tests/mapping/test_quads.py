"""The parts that records and cases share: exact decimals, each quad once, nothing for nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kg.iris import Iris
from kg.mapping.quads import Graph, decimal
from kg.model import ProvisionRef
from kg.namespaces import enf, iri


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("4918.60", "4918.6"),
        ("4800", "4800"),
        ("4800.00", "4800"),
        ("1E+6", "1000000"),
        ("1E-2", "0.01"),
        ("0.10", "0.1"),
        ("0", "0"),
        ("0.00", "0"),
        ("100", "100"),
    ],
)
def test_decimals_are_canonical(number: str, text: str) -> None:
    assert decimal(Decimal(number)) == Literal(text, datatype=iri("xsd:decimal"))


@given(st.decimals(min_value=0, allow_nan=False, allow_infinity=False))
def test_decimals_lose_nothing(number: Decimal) -> None:
    text = decimal(number).value
    assert "E" not in text.upper()
    assert Decimal(text) == number
    assert decimal(Decimal(text)).value == text


def test_a_writer_states_each_quad_once_and_in_order() -> None:
    out = Graph(NamedNode("https://e.example/graph/g"), Iris())
    node = NamedNode("https://e.example/id/a")
    out.text(node, enf("verbatim"), "b")
    out.text(node, enf("verbatim"), "a")
    out.text(node, enf("verbatim"), "b")
    out.text(node, enf("verbatim"), "")
    out.text(node, enf("verbatim"), None)
    out.concept(node, enf("sector"), "sector", None)
    out.date(node, "decisionDate", None)
    assert [quad.object.value for quad in out.quads] == ["b", "a"]  # type: ignore[union-attr]


def test_parts_of_national_laws_are_described_up_to_the_law() -> None:
    out = Graph(NamedNode("https://e.example/graph/g"), Iris())
    node = out.provision(ProvisionRef(instrument="fr/lil", path="art_82/par_1", verbatim="Art. 82(1)"))
    stated = {(quad.subject, quad.predicate, quad.object) for quad in out.quads}
    article = Iris().provision("fr/lil", "art_82")
    assert (node, enf("partOfProvision"), article) in stated
    assert (article, enf("partOfProvision"), Iris().provision("fr/lil")) in stated


def test_the_gdprs_structure_is_not_repeated() -> None:
    out = Graph(NamedNode("https://e.example/graph/g"), Iris())
    out.provision(ProvisionRef(instrument="eu/reg/2016/679", path="art_5/par_1", verbatim="5(1)"))
    assert not out.quads
