"""The constraints of the SHACL shapes as entries for a page."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.describe.model import Model, Node, Ref, Term, Text, curie, local_name, model
from kg.describe.words import words
from kg.errors import NotFound
from kg.namespaces import PREFIXES, SHAPES, enf, iri
from kg.resources import ONTOLOGY, ontology_files

EXAMPLES: Final = ("conforms", "violates")
PROFILES: Final = ("record", "decision", "claim", "reference")

_CONSTRAINT: Final = enf("constraint")
_TARGETS: Final = (iri("sh:targetClass"), iri("sh:targetSubjectsOf"), iri("sh:targetObjectsOf"))
_SELECT: Final = iri("sh:select")
_ASIDE: Final = {
    *_TARGETS,
    iri("rdf:type"),
    iri("sh:message"),
    iri("sh:severity"),
    iri("sh:sparql"),
    iri("rdfs:comment"),
    iri("rdfs:seeAlso"),
}
"""Said elsewhere in the entry, so not part of the rule's own text."""
_VARIABLE: Final = re.compile(r"\{[?$]\w+\}")
"""What a report puts a value in the place of (SHACL §5.3.2)."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint. `severities` are profiles in words with the severity there, as its key
    ("Violation", "Warning" or "Info") and in words."""

    anchor: str
    number: str
    messages: tuple[Text, ...]
    fixes: tuple[Text, ...]
    reasons: tuple[Text, ...]
    severities: tuple[tuple[str, str, str], ...]
    targets: tuple[Ref, ...]
    bases: tuple[tuple[Ref, str], ...]
    """Provisions, each with the address of its official text ("" if none is recorded)."""
    see_also: tuple[Ref, ...]
    rule: str
    queries: tuple[str, ...]
    checked_elsewhere: bool
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The constraints of one file of shapes."""

    name: str
    title: str
    constraints: tuple[Constraint, ...]


@cache
def constraint_groups(language: str) -> tuple[Group, ...]:
    """All constraints in one of LANGUAGES, by file, in the order of their numbers."""
    reader, found = _Reader(model(), language), []
    for file in ontology_files("shapes"):
        quads = parse(path=str(file), format=RdfFormat.TURTLE)
        shapes = [quad.subject for quad in quads if quad.predicate == _CONSTRAINT]
        entries = (reader.constraint(shape) for shape in shapes if isinstance(shape, NamedNode))
        title = words(language).get(f"group_{file.stem}", file.stem)
        found.append(Group(file.stem, title, tuple(sorted(entries, key=lambda entry: entry.anchor))))
    return tuple(found)


def shapes_about(known: Model, node: NamedNode) -> list[Ref]:
    """The constraints that target a class or property, or hold for the values of a property, by
    their numbers."""
    found = {shape for how in (*_TARGETS, iri("sh:path")) for shape in known.subjects(how, node)}
    return [
        Ref(Text(number.value), shape.value, curie(shape.value))
        for shape in sorted(found, key=lambda shape: shape.value)
        for number in known.objects(shape, _CONSTRAINT)
        if isinstance(number, Literal)
    ]


def example(constraint: str, kind: str) -> bytes:
    """The Turtle file that conforms to a constraint, or violates it. Raises NotFound."""
    if kind in EXAMPLES and constraint in _examples():
        file = _examples()[constraint] / f"{kind}.ttl"
        if file.is_file():
            return file.read_bytes()
    raise NotFound("There is no such example.")


@cache
def _examples() -> dict[str, Path]:
    folder = ONTOLOGY / "examples"
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}


class _Reader:
    def __init__(self, known: Model, language: str) -> None:
        self.known, self.language, self.words = known, language, words(language)

    def constraint(self, shape: NamedNode) -> Constraint:
        anchor = local_name(shape)
        folder = _examples().get(anchor)
        return Constraint(
            anchor=anchor,
            number=self._values(shape, "enf:constraint")[0],
            messages=tuple(
                Text(_VARIABLE.sub("…", text.value), text.language)
                for text in self._texts(shape, "sh:message")
            ),
            fixes=self._texts(shape, "enf:suggestedFix"),
            reasons=self._texts(shape, "rdfs:comment"),
            severities=tuple(self._severities(shape)),
            targets=tuple(self._ref(n) for how in _TARGETS for n in self.known.nodes(shape, how)),
            bases=tuple(
                (self._ref(basis), _official(self.known, basis))
                for basis in self.known.nodes(shape, enf("legalBasis"))
            ),
            see_also=tuple(self._ref(node) for node in self.known.nodes(shape, iri("rdfs:seeAlso"))),
            rule="\n".join(_statements(self.known, shape)),
            queries=tuple(self._queries(shape)),
            checked_elsewhere=bool(self._values(shape, "enf:checkedBy")),
            examples=tuple(k for k in EXAMPLES if folder and (folder / f"{k}.ttl").is_file()),
        )

    def _texts(self, shape: NamedNode, predicate: str) -> tuple[Text, ...]:
        return tuple(self.known.texts(shape, iri(predicate), self.language))

    def _values(self, shape: NamedNode, predicate: str) -> list[str]:
        return [v.value for v in self.known.objects(shape, iri(predicate)) if isinstance(v, Literal)]

    def _ref(self, node: NamedNode) -> Ref:
        return self.known.ref(node, self.language)

    def _severities(self, shape: NamedNode) -> Iterator[tuple[str, str, str]]:
        stated = set(self._values(shape, "enf:profile")) or set(PROFILES)
        [usual] = self.known.nodes(shape, iri("sh:severity"))
        in_records = self.known.nodes(shape, enf("recordSeverity")) or [usual]
        for profile in PROFILES:
            if profile in stated:
                severity = local_name(in_records[0] if profile == "record" else usual)
                yield self.words[f"profile_{profile}"], severity, self.words[f"severity_{severity}"]

    def _queries(self, shape: NamedNode) -> Iterator[str]:
        for node in self.known.nodes(shape, iri("sh:sparql")):
            for text in self.known.objects(node, _SELECT):
                assert isinstance(text, Literal)
                yield textwrap.dedent(text.value).strip()


def _official(known: Model, provision: NamedNode) -> str:
    """The address of the official text of a provision, or of the nearest one that holds it."""
    here: NamedNode | None = provision
    while here is not None:
        if pages := known.nodes(here, iri("rdfs:seeAlso")):
            return pages[0].value
        here = next(iter(known.nodes(here, enf("partOfProvision"))), None)
    return ""


def _statements(known: Model, shape: Node) -> Iterator[str]:
    """The SHACL Core statements of a shape, one a line, in Turtle's syntax."""
    for predicate, values in known.predicates(shape):
        if predicate not in _ASIDE and not predicate.value.startswith(PREFIXES["enf"]):
            yield f"{_term(known, predicate)} {', '.join(_term(known, value) for value in values)}"


def _term(known: Model, value: Term) -> str:
    if isinstance(value, Literal):
        return value.value if value.datatype.value in _BARE else str(value)
    assert isinstance(value, NamedNode | BlankNode)
    if members := known.members(value):
        return f"( {' '.join(_term(known, member) for member in members)} )"
    part = isinstance(value, BlankNode) or value.value.startswith(SHAPES)
    if part and (inner := list(_statements(known, value))):
        return f"[ {' ; '.join(inner)} ]"
    return (curie(value.value) or str(value)) if isinstance(value, NamedNode) else "[]"


_BARE: Final = {f"{PREFIXES['xsd']}{name}" for name in ("integer", "decimal", "boolean")}
"""Datatypes that Turtle writes without quotes."""
