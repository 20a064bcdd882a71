"""What a case file declares, gathered before its values are checked.

The pass is tolerant: it takes what is there from a structure that may be wrong everywhere,
so that one misspelt field does not make every reference to its neighbour an error too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from kg.errors import InvalidRecord
from kg.mapping.case_checks import ProvisionParser, Scope
from kg.mapping.case_errors import invalid
from kg.model import RawRecord

Place = tuple[int | str, ...]


def scope_of(
    raw: RawRecord,
    *,
    parse_provision: ProvisionParser,
    known_authorities: Collection[str],
    known_decisions: Collection[str],
) -> Scope:
    """The scope in which the values of this file are checked."""
    case = raw.fields["case"]
    decisions = {ref: ref for ref in known_decisions}
    for _, decision in _entries(case, "decisions"):
        decisions |= _references(decision)
    return Scope(
        parse_provision=parse_provision,
        authorities=known_authorities,
        decisions=decisions,
        parties=[str(p["id"]) for _, p in _entries(case, "parties") if isinstance(p.get("id"), str)],
        sources=_keys(case, "sources"),
        conduct=[key for _, d in _entries(case, "decisions") for key in _keys(d, "conduct")],
        findings=[key for _, key, _ in _named(case, "findings")],
        measures={key: str(item.get("kind")) for _, key, item in _named(case, "measures")},
    )


def decision_keys(raw: RawRecord) -> set[str]:
    """The references (`authority/number`) under which other files may cite this file's decisions."""
    return {ref for _, d in _entries(raw.fields["case"], "decisions") for ref in _references(d)}


def duplicates(raw: RawRecord) -> list[InvalidRecord]:
    """Ids that stand twice: of parties, findings and measures, claims, conduct and decisions."""
    case = raw.fields["case"]
    parties = [(place, p.get("id")) for place, p in _entries(case, "parties")]
    claims = [(place, c.get("id")) for place, c in _entries(case, "claims")]
    items = [(place, key) for part in ("findings", "measures") for place, key, _ in _named(case, part)]
    conduct = [
        ((*place, "conduct", key), key)
        for place, d in _entries(case, "decisions")
        for key in _keys(d, "conduct")
    ]
    acts = [(place, key) for place, d in _entries(case, "decisions") for key in {*_references(d).values()}]
    return [
        invalid(
            raw, place, "this id stands twice in the file", value=str(key), fix="ids are unique in a file"
        )
        for group in (parties, claims, items, conduct, acts)
        for place, key in _repeated(group)
    ]


def _repeated(group: list[tuple[Place, Any]]) -> Iterator[tuple[Place, Any]]:
    seen: set[Any] = set()
    for place, key in group:
        if isinstance(key, str) and key in seen:
            yield place, key
        if isinstance(key, str):
            seen.add(key)


def _references(decision: dict[str, Any]) -> dict[str, str]:
    by = decision.get("by")
    names = [decision.get(field) for field in ("key", "number")]
    known = [name for name in names if isinstance(name, str) and name]
    if not isinstance(by, str) or not known:
        return {}
    authority = by.partition("/")[0]
    return {f"{authority}/{name}": f"{authority}/{known[0]}" for name in known}


def _entries(part: Any, field: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    items = part.get(field) if isinstance(part, dict) else None
    for n, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield (field, n), item


def _keys(part: Any, field: str) -> list[str]:
    found = part.get(field) if isinstance(part, dict) else None
    return list(found) if isinstance(found, dict) else []


def _named(case: Any, field: str) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    for place, decision in _entries(case, "decisions"):
        for inner, item in _entries(decision, field):
            if isinstance(item.get("id"), str):
                yield (*place, *inner, "id"), item["id"], item
