"""The files that are not Python are where the code looks for them."""

from __future__ import annotations

from kg.resources import ONTOLOGY, QUERIES, ROOT, ontology_files
from tests.conftest import ROOT as CHECKOUT


def test_in_a_checkout_they_stand_beside_the_package() -> None:
    assert ROOT == CHECKOUT
    assert ONTOLOGY.is_dir()
    assert QUERIES.is_dir()


def test_files_come_in_a_stable_order_and_by_suffix() -> None:
    found = ontology_files("schemes")
    assert found == sorted(found)
    assert ONTOLOGY / "schemes" / "currency.ttl" in found
    assert {path.suffix for path in ontology_files()} == {".ttl"}
    assert ONTOLOGY / "party-words.toml" in ontology_files(suffix=".toml")
    assert set(found) < set(ontology_files())
    assert ontology_files("no-such-folder") == []
