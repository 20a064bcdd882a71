"""Published categories to concepts: each scheme's hidden labels say what sources write."""

from __future__ import annotations

from functools import cache

from pyoxigraph import Literal, RdfFormat, parse

from kg.namespaces import iri
from kg.resources import ONTOLOGY

_LABELS = (iri("skos:prefLabel"), iri("skos:altLabel"), iri("skos:hiddenLabel"))


@cache
def _labels(scheme: str) -> dict[str, str]:
    notation: dict[str, str] = {}
    labels: list[tuple[str, str]] = []
    path = ONTOLOGY / "schemes" / f"{scheme}.ttl"
    for quad in parse(path=str(path), format=RdfFormat.TURTLE):
        if isinstance(quad.object, Literal):
            if quad.predicate == iri("skos:notation"):
                notation[str(quad.subject)] = quad.object.value
            elif quad.predicate in _LABELS:
                labels.append((quad.object.value.casefold(), str(quad.subject)))
    return {label: notation[subject] for label, subject in labels if subject in notation}


def notation_of(scheme: str, label: str) -> str | None:
    """The notation of the concept in ontology/schemes/<scheme>.ttl that a source calls `label`."""
    return _labels(scheme).get(" ".join(label.split()).casefold())
