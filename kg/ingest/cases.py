"""Curated cases: what their files may refer to, and their graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from pyoxigraph import NamedNode, Quad

from kg.errors import InvalidRecord
from kg.iris import Iris
from kg.mapping.case import CaseGraphs, conflicts, decision_keys, map_case
from kg.model import RawRecord
from kg.normalise.authorities import AuthorityRegistry
from kg.normalise.provisions import ProvisionParser

CURATED: Final = "curated"


@dataclass(frozen=True, slots=True)
class CaseContext:
    """What the cases of one run know of each other and of the store.

    `decisions` are the references (`authority/number`) that can be made; `errors` are
    conflicts between files, by file.
    """

    decisions: frozenset[str] = frozenset()
    errors: dict[str, tuple[InvalidRecord, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, raws: Sequence[RawRecord], stored: Iterable[str]) -> CaseContext:
        """The context of the files of this run and of the references to decisions in the store."""
        keys = {key for raw in raws for key in decision_keys(raw)} | set(stored)
        errors: dict[str, list[InvalidRecord]] = {}
        for error in conflicts(raws):
            errors.setdefault(error.file, []).append(error)
        return cls(frozenset(keys), {name: tuple(found) for name, found in errors.items()})

    def without(
        self, refused: Iterable[RawRecord], there: Iterable[RawRecord], stored: Iterable[str]
    ) -> Self:
        """This context without the decisions of cases that were refused, unless a case that is
        `there` or the store has them."""
        gone = {key for raw in refused for key in decision_keys(raw)}
        kept = {key for raw in there for key in decision_keys(raw)} | set(stored)
        return replace(self, decisions=self.decisions - (gone - kept))


def case_graphs(raw: RawRecord, context: CaseContext, iris: Iris) -> CaseGraphs:
    """The graphs of one case, or all that is wrong with its file."""
    if raw.file in context.errors:
        return CaseGraphs(errors=list(context.errors[raw.file]))
    return map_case(
        raw,
        iris,
        parse_provision=_provision,
        known_authorities=AuthorityRegistry.load().slugs,
        known_decisions=context.decisions,
    )


def in_decisions(graphs: dict[NamedNode, list[Quad]]) -> Iterator[Quad]:
    """The quads of the case's decisions: the unit that the shapes see together."""
    return (quad for name, quads in graphs.items() if "/graph/decision/" in name.value for quad in quads)


def in_claims(graphs: dict[NamedNode, list[Quad]]) -> Iterator[Quad]:
    """The quads of the claims made about the case."""
    return (quad for name, quads in graphs.items() if "/graph/claim/" in name.value for quad in quads)


def _provision(text: str, instrument: str) -> Sequence[tuple[str, str]]:
    parser = ProvisionParser.load()
    if instrument not in parser.instruments:
        raise ValueError(f"law not in the register: {instrument!r}")
    parsed = parser.parse(text, default_instrument=instrument)
    if parsed.unparsed:
        raise ValueError(parsed.unparsed[0].rule)
    return [(ref.instrument, ref.path) for ref in parsed.refs]
