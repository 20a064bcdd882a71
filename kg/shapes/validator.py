"""The gate itself: batches in, one report per graph out."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import rdflib
from pyoxigraph import NamedNode, Quad

from kg.errors import KGError
from kg.namespaces import enf, iri
from kg.shapes import engines, structure
from kg.shapes.batch import Batch, compatible
from kg.shapes.constraints import Profile, ShapeSet
from kg.shapes.engines import Finding
from kg.shapes.reference import Reference
from kg.shapes.report import Report, Result

_LOG: Final = logging.getLogger(__name__)
_STRUCTURAL: Final = NamedNode(f"{iri('sh:').value}NodeKindConstraintComponent")
_LABELS: Final = {iri("skos:prefLabel"), iri("skos:altLabel"), iri("skos:hiddenLabel"), iri("foaf:name")}
_ROOTS: Final[dict[Profile, tuple[NamedNode, ...]]] = {
    "record": (enf("Record"),),
    "decision": (enf("Decision"), enf("Case"), enf("AdvisoryOpinion")),
    "claim": (enf("Claim"),),
}
_NAMEABLE: Final = {enf("LegalEntity"), enf("PublicBody")}


class Validator:
    """The shapes and the reference data, loaded once per process.

    Not thread-safe; give each process its own.
    """

    def __init__(self, shapes: ShapeSet, reference: Reference) -> None:
        self.shapes = shapes
        self.reference = reference
        self._roots = {name: reference.descendants(*classes) for name, classes in _ROOTS.items()}
        self._core: dict[Profile, rdflib.Graph] = {}

    @classmethod
    def load(cls) -> Validator:
        """Reads `ontology/`. Raises KGError for a shape that is not complete."""
        return cls(ShapeSet.load(), Reference.load())

    def validate(
        self, graphs: Mapping[str, Sequence[Quad]], *, profile: Profile, as_of: date
    ) -> dict[str, Report]:
        """One report per key. `graphs` maps a key to the quads of one record, case or claim.

        `as_of` is the date no event may lie after: the retrieval date of the source. A
        graph's report does not depend on the other graphs of the call.
        """
        found: dict[str, list[Result]] = {key: [] for key in graphs}
        sound = {}
        for key, quads in graphs.items():
            faults = structure.faults(quads, self._roots[profile]) if profile in self._roots else []
            found[key] += [self._structural(fault, profile) for fault in faults]
            if not faults:
                sound[key] = quads
        for members in compatible(sound, self.reference):
            for key, results in self._run(members, profile, as_of).items():
                found[key] += results
        return {key: Report(tuple(sorted(results, key=Result.sort_key))) for key, results in found.items()}

    def _run(
        self, graphs: Mapping[str, Sequence[Quad]], profile: Profile, as_of: date
    ) -> dict[str, list[Result]]:
        try:
            return self._evaluate(graphs, profile, as_of)
        except Exception:
            if len(graphs) == 1:
                raise
            _LOG.warning("a batch of %d graphs failed; validating one by one", len(graphs), exc_info=True)
        return {key: self._evaluate({key: quads}, profile, as_of)[key] for key, quads in graphs.items()}

    def _evaluate(
        self, graphs: Mapping[str, Sequence[Quad]], profile: Profile, as_of: date
    ) -> dict[str, list[Result]]:
        batch = Batch(graphs, self.reference, as_of)
        results: dict[str, list[Result]] = defaultdict(list)
        for finding in self._findings(batch, profile):
            keys = batch.keys_of.get(finding.focus_node)
            if not keys:
                raise KGError(f"a result of {finding.shape} on {finding.focus_node}, which no graph describes")
            result = self._result(finding, profile, _may_be_person(finding, batch))
            for key in keys:
                results[key].append(result)
        return {key: results[key] for key in graphs}

    def _findings(self, batch: Batch, profile: Profile) -> Iterable[Finding]:
        if profile not in self._core:
            self._core[profile] = engines.to_rdflib(self.shapes.graph_for(profile, sparql=False))
        yield from engines.core(batch, self._core[profile])
        store = batch.store()
        for constraint in self.shapes.for_profile(profile):
            if constraint.target_subjects_of or batch.instances(constraint.target_classes):
                yield from engines.sparql(batch, store, constraint)

    def _structural(self, fault: structure.Fault, profile: Profile) -> Result:
        shape, focus, path = fault
        return self._result(Finding(shape, _STRUCTURAL, focus, path, None), profile, False)

    def _result(self, finding: Finding, profile: Profile, private: bool) -> Result:
        constraint = self.shapes.constraints[finding.shape]
        return Result(
            constraint=constraint.number,
            shape=finding.shape,
            severity=constraint.severity_in(profile),
            component=finding.component,
            focus_node=finding.focus_node,
            path=finding.path,
            value=None if private else finding.value,
            message_en=finding.fill(constraint.messages["en"]),
            message_fr=finding.fill(constraint.messages["fr"]),
            fix_en=constraint.fixes["en"],
            query=finding.query,
        )


def _may_be_person(finding: Finding, batch: Batch) -> bool:
    """Whether the value is a label of a party that is not known to be an organisation."""
    if finding.path not in _LABELS:
        return False
    types = batch.types(finding.focus_node)
    return enf("Party") in types and not types & _NAMEABLE
