"""The shapes as data: which constraints there are, and which of them a profile uses.

A shape with `enf:constraint` is a constraint. `enf:profile` (repeatable; none means all)
says where it applies. `enf:recordSeverity` replaces `sh:severity` in the record profile:
a record may state what is wrong in law, because it says what its source says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, get_args
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg.errors import KGError
from kg.namespaces import RDF_TYPE, enf, iri
from kg.resources import ontology_files
from kg.shapes.report import Severity

Profile = OneOf["record", "decision", "claim", "reference"]
"""`reference` is for the model's own files; the other three are for data."""

_CONSTRAINT: Final = enf("constraint")
_SPARQL: Final = iri("sh:sparql")
_SEVERITY: Final = iri("sh:severity")
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SparqlConstraint:
    """A SPARQL-based constraint (SHACL §5): its IRI and its query, prefixes included."""

    node: NamedNode
    select: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """One named shape. `messages`, `fixes` and `reasons` (why it matters) are by language;
    `links` are the law and the guidelines it rests on; `queries` is empty for Core."""

    shape: NamedNode
    number: str
    severity: Severity
    record_severity: Severity
    profiles: frozenset[str]
    messages: dict[str, str]
    fixes: dict[str, str]
    reasons: dict[str, str]
    links: tuple[NamedNode, ...]
    target_classes: tuple[NamedNode, ...]
    target_subjects_of: tuple[NamedNode, ...]
    queries: tuple[SparqlConstraint, ...]

    def severity_in(self, profile: Profile) -> Severity:
        return self.record_severity if profile == "record" else self.severity


class ShapeSet:
    """All shapes. Reads `ontology/shapes/`; raises KGError for a shape that is not complete."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = tuple(triples)
        self._about: dict[object, dict[NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            self._about[triple.subject][triple.predicate].append(triple.object)
        self._prefixes = self._read_prefixes()
        named = (node for node, about in self._about.items() if _CONSTRAINT in about)
        shapes = sorted((node for node in named if isinstance(node, NamedNode)), key=str)
        self.constraints: dict[NamedNode, Constraint] = {shape: self._constraint(shape) for shape in shapes}

    @classmethod
    def load(cls) -> ShapeSet:
        files = ontology_files("shapes")
        return cls(
            Triple(quad.subject, quad.predicate, quad.object)
            for file in files
            for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=True)
        )

    def for_profile(self, profile: Profile) -> tuple[Constraint, ...]:
        """The constraints of a profile, in the order of their IRIs."""
        return tuple(c for c in self.constraints.values() if profile in c.profiles)

    def graph_for(self, profile: Profile, *, sparql: bool) -> list[Triple]:
        """The shapes graph of a profile; without `sparql`, only its SHACL Core shapes.

        Shapes that are no constraint themselves (members of sh:or, sh:qualifiedValueShape)
        have no target and are always included.
        """
        used = {c.shape for c in self.for_profile(profile) if sparql or not c.queries}
        rows = []
        for triple in self.triples:
            subject = triple.subject
            constraint = self.constraints.get(subject) if isinstance(subject, NamedNode) else None
            if constraint is None:
                rows.append(triple)
            elif constraint.shape in used:
                wanted = iri(f"sh:{constraint.severity_in(profile)}")
                replaced = triple.predicate == _SEVERITY
                rows.append(Triple(subject, _SEVERITY, wanted) if replaced else triple)
        return rows

    def _constraint(self, shape: NamedNode) -> Constraint:
        severity = self._severity(shape, _SEVERITY)
        record = self._about[shape].get(enf("recordSeverity"))
        profiles = {str(p.value) for p in self._literals(shape, enf("profile"))}
        if not profiles <= set(get_args(Profile)):
            raise KGError(f"{shape}: unknown profile")
        return Constraint(
            shape=shape,
            number=self._literals(shape, _CONSTRAINT)[0].value,
            severity=severity,
            record_severity=self._severity(shape, enf("recordSeverity")) if record else severity,
            profiles=frozenset(profiles or set(get_args(Profile))),
            messages=self._by_language(shape, iri("sh:message")),
            fixes=self._by_language(shape, enf("suggestedFix")),
            reasons={text.language or "": text.value for text in self._literals(shape, iri("rdfs:comment"))},
            links=self._nodes(shape, enf("legalBasis")) + self._nodes(shape, iri("rdfs:seeAlso")),
            target_classes=self._nodes(shape, iri("sh:targetClass")),
            target_subjects_of=self._nodes(shape, iri("sh:targetSubjectsOf")),
            queries=tuple(self._query(node) for node in self._nodes(shape, _SPARQL)),
        )

    def _query(self, node: NamedNode) -> SparqlConstraint:
        texts = self._literals(node, iri("sh:select"))
        if len(texts) != 1 or not _WHERE.search(texts[0].value):
            raise KGError(f"{node}: exactly one sh:select with a WHERE clause")
        return SparqlConstraint(node, self._prefixes + texts[0].value)

    def _severity(self, shape: NamedNode, predicate: NamedNode) -> Severity:
        for name in get_args(Severity):
            if self._about[shape].get(predicate) == [iri(f"sh:{name}")]:
                found: Severity = name
                return found
        raise KGError(f"{shape}: exactly one {predicate}")

    def _by_language(self, shape: NamedNode, predicate: NamedNode) -> dict[str, str]:
        texts = {text.language or "": text.value for text in self._literals(shape, predicate)}
        if set(texts) != {"en", "fr"}:
            raise KGError(f"{shape}: {predicate} in en and fr")
        return texts

    def _literals(self, node: object, predicate: NamedNode) -> list[Literal]:
        return [o for o in self._about[node].get(predicate, []) if isinstance(o, Literal)]

    def _nodes(self, node: object, predicate: NamedNode) -> tuple[NamedNode, ...]:
        found = [o for o in self._about[node].get(predicate, []) if isinstance(o, NamedNode)]
        return tuple(sorted(found, key=str))

    def _read_prefixes(self) -> str:
        declared = [
            node
            for node, about in self._about.items()
            if iri("sh:PrefixDeclaration") in about.get(RDF_TYPE, [])
        ]
        lines = []
        for node in declared:
            (prefix,), (namespace,) = (self._literals(node, iri(f"sh:{n}")) for n in ("prefix", "namespace"))
            lines.append(f"PREFIX {prefix.value}: <{namespace.value}>\n")
        return "".join(sorted(lines))
