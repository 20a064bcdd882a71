"""Concept schemes and their concepts as entries for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.describe.documents import scheme_file
from kg.describe.model import Model, Ref, Text, local_name, model
from kg.errors import NotFound
from kg.namespaces import RDF_TYPE, iri

_MATCHES: Final = tuple(f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related"))


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept. `anchor`: the last part of its IRI."""

    anchor: str
    iri: str
    notation: str
    label: Text
    others: tuple[Text, ...]
    definitions: tuple[Text, ...]
    notes: tuple[Text, ...]
    broader: tuple[Ref, ...]
    matches: tuple[Ref, ...]
    see_also: tuple[Ref, ...]
    children: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: its concepts as a tree, and the properties whose values come from it."""

    name: str
    iri: str
    title: Text
    top: tuple[Concept, ...]
    properties: tuple[Ref, ...]

    def concepts(self) -> list[Concept]:
        """All, in the order of the tree."""
        return list(_walk(self.top))


def _walk(concepts: Iterable[Concept]) -> Iterable[Concept]:
    for concept in concepts:
        yield concept
        yield from _walk(concept.children)


@cache
def scheme(name: str, language: str) -> Scheme:
    """A scheme in one of LANGUAGES. Raises NotFound."""
    quads = list(parse(path=str(scheme_file(name)), format=RdfFormat.TURTLE))
    [node] = [q.subject for q in quads if q.object == iri("skos:ConceptScheme")]
    assert isinstance(node, NamedNode)
    typed = (q.subject for q in quads if q.predicate == RDF_TYPE and q.object == iri("skos:Concept"))
    nodes = [subject for subject in typed if isinstance(subject, NamedNode)]
    reader, known = _Reader(model(), language, nodes), model()
    tops = [concept for concept in nodes if not known.nodes(concept, iri("skos:broader"))]
    properties = known.subjects(iri("enf:valueScheme"), node)
    return Scheme(
        name=name,
        iri=node.value,
        title=known.ref(node, language).text,
        top=tuple(reader.concept(concept) for concept in tops),
        properties=tuple(known.ref(one, language) for one in properties),
    )


def find_concept(name: str, anchor: str, language: str) -> Concept:
    """The concept of a scheme by the last part of its IRI. Raises NotFound."""
    for concept in scheme(name, language).concepts():
        if concept.anchor == anchor:
            return concept
    raise NotFound("no such concept")


class _Reader:
    def __init__(self, known: Model, language: str, nodes: list[NamedNode]) -> None:
        self.known, self.language, self.nodes = known, language, nodes

    def concept(self, node: NamedNode) -> Concept:
        notations = self.known.objects(node, iri("skos:notation"))
        children = [c for c in self.nodes if node in self.known.nodes(c, iri("skos:broader"))]
        return Concept(
            anchor=local_name(node),
            iri=node.value,
            notation=" ".join(value.value for value in notations if isinstance(value, Literal)),
            label=self.known.ref(node, self.language).text,
            others=tuple(self._own("skos:altLabel", node)),
            definitions=tuple(self.known.texts(node, iri("skos:definition"), self.language)),
            notes=tuple(self.known.texts(node, iri("skos:scopeNote"), self.language)),
            broader=self._refs(node, "skos:broader"),
            matches=self._refs(node, *_MATCHES),
            see_also=self._refs(node, "rdfs:seeAlso"),
            children=tuple(self.concept(child) for child in children),
        )

    def _own(self, predicate: str, node: NamedNode) -> list[Text]:
        """Only what is in the language of the page, or in none."""
        found = self.known.texts(node, iri(predicate), self.language)
        return [text for text in found if text.language in ("", self.language)]

    def _refs(self, node: NamedNode, *predicates: str) -> tuple[Ref, ...]:
        values = [value for name in predicates for value in self.known.nodes(node, iri(name))]
        return tuple(self.known.ref(value, self.language) for value in values)
