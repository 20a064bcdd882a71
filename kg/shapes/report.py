"""Validation reports as values and as RDF (SHACL §3.6), skolemised and in a stable order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.namespaces import RDF_TYPE, iri

Severity = OneOf["Violation", "Warning", "Info"]
Term = NamedNode | Literal

_CONFORMS: Final = iri("sh:conforms")
_RESULT: Final = iri("sh:result")
_BOOLEAN: Final = iri("xsd:boolean")


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result (SHACL §3.6.2).

    Attributes: constraint (its number in the design, e.g. `38a`), shape (IRI), severity,
    component (IRI of the constraint component), focus_node, path (IRI or None), value (None
    where there is none, or where it may name a natural person), message_en, message_fr,
    fix_en (what a curator can do), query (IRI of the SPARQL constraint, or None), waived_by
    (the waiver that lets the node break the constraint, or None).
    """

    constraint: str
    shape: NamedNode
    severity: Severity
    component: NamedNode
    focus_node: NamedNode
    path: NamedNode | None
    value: Term | None
    message_en: str
    message_fr: str
    fix_en: str
    query: NamedNode | None = None
    waived_by: NamedNode | None = None

    @property
    def fails(self) -> bool:
        """Whether this result keeps the graph out: a violation that nobody waived."""
        return self.severity == "Violation" and self.waived_by is None

    def sort_key(self) -> tuple[str, ...]:
        """A total order over results that does not depend on how they were found."""
        return (
            self.constraint,
            str(self.focus_node),
            str(self.path or ""),
            str(self.value or ""),
            str(self.component),
            self.message_en,
        )

    def triples(self, node: NamedNode) -> list[Triple]:
        """This result as RDF, under the name `node`."""
        stated: list[tuple[str, Term | None]] = [
            ("sh:sourceConstraintComponent", self.component),
            ("sh:sourceShape", self.shape),
            ("sh:resultSeverity", iri(f"sh:{self.severity}")),
            ("sh:focusNode", self.focus_node),
            ("sh:resultPath", self.path),
            ("sh:value", self.value),
            ("sh:sourceConstraint", self.query),
            ("enf:waivedBy", self.waived_by),
            ("sh:resultMessage", Literal(self.message_en, language="en")),
            ("sh:resultMessage", Literal(self.message_fr, language="fr")),
        ]
        rows = [Triple(node, RDF_TYPE, iri("sh:ValidationResult"))]
        return rows + [Triple(node, iri(name), term) for name, term in stated if term is not None]


@dataclass(frozen=True, slots=True)
class Report:
    """The results for one record or case, in a stable order."""

    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Whether the graph passes the gate: no result of severity Violation that is not waived."""
        return not any(result.fails for result in self.results)

    def to_ntriples(self, report_iri: NamedNode) -> str:
        """The W3C validation report named `report_iri`; results are `{report_iri}/result/{n}`.

        `sh:conforms` follows the specification (§3.6.1.1): true only when there is no result
        of any severity, so a graph that passes the gate with warnings or waivers says false here.
        """
        clean = Literal("false" if self.results else "true", datatype=_BOOLEAN)
        rows = [
            Triple(report_iri, RDF_TYPE, iri("sh:ValidationReport")),
            Triple(report_iri, _CONFORMS, clean),
        ]
        for number, result in enumerate(self.results, 1):
            node = NamedNode(f"{report_iri.value}/result/{number}")
            rows += [Triple(report_iri, _RESULT, node), *result.triples(node)]
        text = serialize(rows, format=RdfFormat.N_TRIPLES)
        return text.decode() if text else ""
