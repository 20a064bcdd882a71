"""Waivers: a curator's reasoned, dated decision that one node may break one constraint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.namespaces import RDF_TYPE, enf
from kg.shapes.report import Report, Result

_WAIVER: Final = enf("ShapeWaiver")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver: its IRI, the shape, the focus node and the last day on which it holds."""

    node: NamedNode
    shape: NamedNode
    focus_node: NamedNode
    expiry: date


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers that a run honours. A waiver silences the results of one shape on one node."""

    waivers: tuple[Waiver, ...] = ()

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Waivers:
        """The waivers among the triples; one that lacks a shape, a node or a date waives nothing."""
        about: dict[NamedNode, dict[NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                about[triple.subject][triple.predicate].append(triple.object)
        nodes = sorted((node for node, known in about.items() if _WAIVER in known[RDF_TYPE]), key=str)
        return cls(tuple(waiver for node in nodes for waiver in _read(node, about[node])))

    def in_force(self, as_of: date) -> Waivers:
        """Those that have not expired: the last day counts."""
        return Waivers(tuple(waiver for waiver in self.waivers if waiver.expiry >= as_of))

    def applied(self, report: Report) -> Report:
        """The report with each result that is waived naming its waiver."""
        if not self.waivers or not report.results:
            return report
        known = {(waiver.shape, waiver.focus_node): waiver.node for waiver in reversed(self.waivers)}
        return Report(tuple(_waived(result, known) for result in report.results))


def _read(node: NamedNode, known: dict[NamedNode, list[object]]) -> Iterator[Waiver]:
    shapes, nodes, dates = (known[enf(name)] for name in ("waives", "waivedFor", "waiverExpiry"))
    if len(dates) != 1 or not isinstance(dates[0], Literal):
        return
    try:
        expiry = date.fromisoformat(dates[0].value)
    except ValueError:
        return
    for shape in sorted((term for term in shapes if isinstance(term, NamedNode)), key=str):
        for focus in sorted((term for term in nodes if isinstance(term, NamedNode)), key=str):
            yield Waiver(node, shape, focus, expiry)


def _waived(result: Result, known: dict[tuple[NamedNode, NamedNode], NamedNode]) -> Result:
    waiver = known.get((result.shape, result.focus_node))
    return result if waiver is None else replace(result, waived_by=waiver)
