"""What is left of each sum, and the status of each decision and measure, on a day: derived from the
judgments by the rules of `ontology/rules/` (SPARQL Update, explained there)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.namespaces import enf, iri
from kg.reason import Fact, triples
from kg.resources import ontology_files

RUN: Final = NamedNode("urn:kg:rules")
"""The graph of what the rules note for each other, and the node that carries the day; never stored."""

_DERIVED: Final = NamedNode("urn:kg:derived")
_EVENTS: Final = tuple(
    enf(f"{event}Latest")
    for event in ("decisionDate", "publishedDate", "notifiedDate", "lodgedDate", "paidDate")
)


def effects(facts: Iterable[Fact], as_of: date | None = None) -> set[Fact]:
    """`enf:effectiveAmount` and `enf:currentStatus` as of the end of a day.

    `facts` are the decisions with what follows from them (superclasses are needed). Without
    `as_of` it is the day of the last event among them, so that the result depends on content
    only; without any event nothing follows.
    """
    store = Store()
    store.bulk_extend(Quad(*fact) for fact in facts)  # type: ignore[arg-type]  # data has no literal subjects
    day = as_of.isoformat() if as_of else _last(store)
    if day is None:
        return set()
    store.add(Quad(RUN, enf("retrievedOn"), Literal(day, datatype=iri("xsd:date")), RUN))
    standing, *others = _rules()
    settled = -1
    while settled != len(store):
        settled = len(store)
        store.update(standing)
    for rule in others:
        store.update(rule)
    return set(triples(store.quads_for_pattern(None, None, None, _DERIVED)))


def _last(store: Store) -> str | None:
    """The latest day of an event (ISO 8601 days sort as text)."""
    days = (quad for event in _EVENTS for quad in store.quads_for_pattern(None, event, None))
    return max((quad.object.value for quad in days if isinstance(quad.object, Literal)), default=None)


@cache
def _rules() -> tuple[str, ...]:
    """The rule files, in their order: the first is repeated until nothing changes."""
    return tuple(path.read_text("utf-8") for path in ontology_files("rules", ".ru"))
