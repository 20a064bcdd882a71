"""The gate itself: batches in, one report per graph out."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import rdflib
from pyoxigraph import Literal, NamedNode, Quad

from kg.errors import KGError
from kg.namespaces import enf, iri
from kg.shapes import engines, structure
from kg.shapes.batch import Batch, compatible
from kg.shapes.constraints import Profile, ShapeSet
from kg.shapes.engines import Finding
from kg.shapes.reference import Reference
from kg.shapes.report import Report, Result

_LOG: Final = logging.getLogger(__name__)
_STRUCTURAL: Final = iri("sh-enf:StructureConstraintComponent")
_ROOTS: Final[dict[Profile, tuple[NamedNode, ...]]] = {
    "record": (enf("Record"),),
    "decision": (enf("Decision"), enf("Case"), enf("AdvisoryOpinion")),
    "claim": (enf("Claim"),),
}
_TEXT: Final = (iri("xsd:string"), iri("rdf:langString"))


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
            faults = [] if profile == "reference" else structure.faults(quads, self.roots(profile))
            found[key] += [self._structural(fault, profile) for fault in faults]
            if not faults:
                sound[key] = quads
        for members in compatible(sound):
            for key, results in self._run(members, profile, as_of).items():
                found[key] += results
        return {key: Report(tuple(sorted(results, key=Result.sort_key))) for key, results in found.items()}

    def roots(self, profile: Profile) -> frozenset[NamedNode]:
        """The classes of which a graph of the profile describes an instance; none for the model."""
        return self._roots.get(profile, frozenset())

    def reference_for(self, profile: Profile) -> Reference:
        """The reference data of a profile: none for the model itself, which is its own."""
        return Reference(()) if profile == "reference" else self.reference

    def _run(
        self, graphs: Mapping[str, Sequence[Quad]], profile: Profile, as_of: date
    ) -> dict[str, list[Result]]:
        """Runs a batch; if an engine fails, each graph on its own, so that only its cause is refused."""
        try:
            return self._evaluate(graphs, profile, as_of)
        except (RuntimeError, ValueError, SyntaxError) as error:
            _LOG.warning("validation of %d graphs failed: %s", len(graphs), type(error).__name__)
        if len(graphs) > 1:
            alone = [self._run({key: quads}, profile, as_of) for key, quads in graphs.items()]
            return {key: results for reports in alone for key, results in reports.items()}
        return {
            key: [self._structural((structure.FAILED, structure.root(quads), None), profile)]
            for key, quads in graphs.items()
        }

    def _evaluate(
        self, graphs: Mapping[str, Sequence[Quad]], profile: Profile, as_of: date
    ) -> dict[str, list[Result]]:
        batch = Batch(graphs, self.reference_for(profile), as_of)
        results: dict[str, list[Result]] = defaultdict(list)
        for finding in self._findings(batch, profile):
            keys = batch.keys_of.get(finding.focus_node)
            if not keys:
                raise KGError(f"{finding.shape}: a result on {finding.focus_node}, which no graph describes")
            private = _may_be_person(finding, batch)
            result = self._result(finding.without_value() if private else finding, profile)
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
        return self._result(Finding(shape, _STRUCTURAL, focus, path, None), profile)

    def _result(self, finding: Finding, profile: Profile) -> Result:
        constraint = self.shapes.constraints[finding.shape]
        return Result(
            constraint=constraint.number,
            shape=finding.shape,
            severity=constraint.severity_in(profile),
            component=finding.component,
            focus_node=finding.focus_node,
            path=finding.path,
            value=finding.value,
            message_en=finding.fill(constraint.messages["en"]),
            message_fr=finding.fill(constraint.messages["fr"]),
            fix_en=constraint.fixes["en"],
            query=finding.query,
        )


def _may_be_person(finding: Finding, batch: Batch) -> bool:
    """Whether the value is text about a party that is not known to be an organisation."""
    if not isinstance(finding.value, Literal) or finding.value.datatype not in _TEXT:
        return False
    types = batch.types(finding.focus_node)
    return enf("Party") in types and enf("LegalEntity") not in types
