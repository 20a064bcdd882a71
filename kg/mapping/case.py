"""A curated case as quads: one graph a decision, one a claim, one for the discrepancies.

Pure: no file, no store, no clock. Claims and discrepancies never enter a decision's graph.
What follows by rule (`hasRespondent` of a measure's addressee, the inverse of `inCase`) is
left to the reasoner, so that every triple here is one a curator stated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pyoxigraph import NamedNode, Quad

from kg.errors import InvalidRecord
from kg.iris import Iris
from kg.mapping import case_model as m
from kg.mapping.case_checks import ProvisionParser
from kg.mapping.case_decision import Names, decision_graph
from kg.mapping.case_errors import explain, invalid
from kg.mapping.case_scope import decision_keys, duplicates, scope_of
from kg.mapping.case_statements import claim_graphs, discrepancy_graph
from kg.model import RawRecord

__all__ = ["CaseGraphs", "conflicts", "decision_keys", "map_case"]


@dataclass(frozen=True, slots=True)
class CaseGraphs:
    """The graphs of one file, or the errors that kept it from being mapped."""

    graphs: dict[NamedNode, list[Quad]] = field(default_factory=dict)
    errors: list[InvalidRecord] = field(default_factory=list)


def map_case(
    raw: RawRecord,
    iris: Iris,
    *,
    parse_provision: ProvisionParser,
    known_authorities: Collection[str],
    known_decisions: Collection[str] = (),
) -> CaseGraphs:
    """The graphs of a curated case, or every error found in it; never both.

    `known_authorities` are slugs such as `fr-cnil/restricted-committee`; `known_decisions` are
    references to decisions of other files (see `decision_keys`).
    """
    scope = scope_of(
        raw,
        parse_provision=parse_provision,
        known_authorities=known_authorities,
        known_decisions=known_decisions,
    )
    errors = duplicates(raw)
    try:
        case = m.CaseFile.model_validate(raw.fields["case"], context=scope)
    except ValidationError as error:
        errors += explain(raw, m.CaseFile, error)
        return CaseGraphs(errors=sorted(errors, key=lambda e: e.line or 0))
    if errors:
        return CaseGraphs(errors=errors)
    names = Names.of(case, iris)
    made = [
        *(decision_graph(case, decision, names) for decision in case.decisions),
        *claim_graphs(case, names),
        discrepancy_graph(case, names, scope),
    ]
    return CaseGraphs({graph.name: list(graph.quads) for graph in made if graph.quads})


def conflicts(raws: Iterable[RawRecord]) -> list[InvalidRecord]:
    """Parties and documents that two files declare differently, and decisions declared twice.

    The error stands at the later declaration and names the file of the earlier one.
    """
    seen: dict[tuple[str, str], tuple[Any, str]] = {}
    found: list[InvalidRecord] = []
    for raw in raws:
        for kind, key, value, place in _declared(raw):
            before = seen.setdefault((kind, key), (value, raw.file))
            if before[1] != raw.file and (before[0] != value or kind == "decision"):
                how = "too" if kind == "decision" else "otherwise"
                rule = f"this {kind} is declared {how} in {before[1]}"
                found.append(
                    invalid(raw, place, rule, value=key, fix="declare it alike, or under another id")
                )
    return found


def _declared(raw: RawRecord) -> Iterable[tuple[str, str, Any, tuple[int | str, ...]]]:
    case = raw.fields["case"]
    parties = case.get("parties")
    for n, party in enumerate(parties if isinstance(parties, list) else []):
        if isinstance(party, dict) and isinstance(party.get("id"), str):
            yield "party", party["id"], party, ("parties", n)
    sources = case.get("sources")
    for name, source in (sources if isinstance(sources, dict) else {}).items():
        if isinstance(source, dict) and isinstance(source.get("url"), str):
            yield "source", source["url"], source, ("sources", name)
    for key in sorted(decision_keys(raw)):
        yield "decision", key, None, ("decisions",)
