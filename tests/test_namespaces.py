"""One IRI has one prefixed name, or none."""

from __future__ import annotations

import pytest

from kg.namespaces import BASE, ENF, PREFIXES, iri, split


def test_no_namespace_begins_with_another() -> None:
    names = list(PREFIXES.values())
    assert not [(a, b) for a in names for b in names if a != b and a.startswith(b)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefixed_name_and_its_iri_are_one(prefix: str) -> None:
    assert split(iri(f"{prefix}:a/b").value) == (prefix, "a/b")


def test_what_has_no_prefix_here() -> None:
    assert split(BASE) is None
    assert split("https://e.example/a") is None
    assert split(ENF) == ("enf", "")
