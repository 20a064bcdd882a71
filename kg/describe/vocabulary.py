"""Classes and properties of the ontology as entries for a page, with their axioms in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from kg.describe.constraints import shapes_about
from kg.describe.model import (
    ONTOLOGY_IRI,
    Model,
    Ref,
    Sentence,
    Term,
    Text,
    curie,
    is_own,
    local_name,
    model,
)
from kg.describe.words import words
from kg.namespaces import RDF_TYPE, iri

KINDS: Final = {
    "class": iri("owl:Class"),
    "object": iri("owl:ObjectProperty"),
    "datatype": iri("owl:DatatypeProperty"),
    "annotation": iri("owl:AnnotationProperty"),
}
"""Kind of entry to the OWL 2 class of its terms, in the order of the page."""

_MATCHES: Final = ("exact", "close", "broad", "narrow", "related")
"""Kinds of SKOS mapping, the closest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an entry: what it says, and its values."""

    label: str
    values: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One term. `anchor` is its local name; `parents` are the anchors of its superclasses here."""

    anchor: str
    kind: str
    iri: str
    curie: str
    label: Text
    definitions: tuple[Text, ...]
    notes: tuple[Text, ...]
    examples: tuple[Text, ...]
    deprecated: bool
    rows: tuple[Row, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A class and its subclasses."""

    entry: Entry
    children: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The ontology in one language. `entries` by kind, by label in each."""

    title: Text
    description: Text
    version: str
    notes: tuple[Text, ...]
    tree: tuple[Branch, ...]
    entries: dict[str, tuple[Entry, ...]]


@cache
def vocabulary(language: str) -> Vocabulary:
    """The ontology in one of LANGUAGES, from its files."""
    known = model()
    entries = {
        kind: tuple(
            sorted(
                (
                    entry_of(known, node, kind, language)
                    for node in known.subjects(RDF_TYPE, type_)
                    if is_own(node)
                ),
                key=lambda entry: (_plain(entry.label.value), entry.anchor),
            )
        )
        for kind, type_ in KINDS.items()
    }
    title, description, version = (
        known.text(ONTOLOGY_IRI, iri(name), language) or Text("")
        for name in ("dct:title", "dct:description", "owl:versionInfo")
    )
    notes = tuple(known.texts(ONTOLOGY_IRI, iri("skos:editorialNote"), language))
    return Vocabulary(title, description, version.value, notes, _tree(entries["class"]), entries)


def entry_of(known: Model, node: NamedNode, kind: str, language: str) -> Entry:
    """The entry of one term of a model. `kind`: a key of KINDS."""
    return _Reader(known, language).entry(node, kind)


def _plain(text: str) -> str:
    """For sorting: without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in parts if not unicodedata.combining(char))


def _tree(classes: tuple[Entry, ...]) -> tuple[Branch, ...]:
    def below(parent: str) -> tuple[Branch, ...]:
        return tuple(Branch(c, below(c.anchor)) for c in classes if parent in c.parents)

    return tuple(Branch(entry, below(entry.anchor)) for entry in classes if not entry.parents)


class _Reader:
    """Entries in one language."""

    def __init__(self, known: Model, language: str) -> None:
        self.known, self.language, self.words = known, language, words(language)

    def entry(self, node: NamedNode, kind: str) -> Entry:
        texts = {
            name: tuple(self.known.texts(node, iri(name), self.language))
            for name in ("skos:definition", "skos:scopeNote", "skos:example")
        }
        make = self._class_rows if kind == "class" else self._property_rows
        rows = (*make(node), *self._common_rows(node))
        parents = [local_name(p) for p in self.known.nodes(node, iri("rdfs:subClassOf")) if is_own(p)]
        return Entry(
            anchor=local_name(node),
            kind=kind,
            iri=node.value,
            curie=curie(node.value),
            label=self.known.ref(node, self.language).text,
            definitions=texts["skos:definition"],
            notes=texts["skos:scopeNote"],
            examples=texts["skos:example"],
            deprecated=any(str(v) == _TRUE for v in self.known.objects(node, iri("owl:deprecated"))),
            rows=tuple(row for row in rows if row.values),
            parents=tuple(sorted(parents)) if kind == "class" else (),
        )

    def _class_rows(self, node: NamedNode) -> Iterator[Row]:
        yield self._row("super_class", self._stated(node, "rdfs:subClassOf"))
        yield self._row("sub_class", self._using("rdfs:subClassOf", node))
        yield Row(self.words["equivalent"], tuple(self._axioms(node, "owl:equivalentClass")))
        implied = self.known.blank_subjects(iri("rdfs:subClassOf"), node)
        yield Row(self.words["implied"], tuple(self.expression(left) for left in implied))
        yield self._row("disjoint", self._disjoint(node))
        yield self._row("domain_of", self._using("rdfs:domain", node))
        yield self._row("range_of", self._using("rdfs:range", node))

    def _property_rows(self, node: NamedNode) -> Iterator[Row]:
        yield self._row("domain", self._stated(node, "rdfs:domain"))
        yield self._row("range", self._stated(node, "rdfs:range"))
        yield self._row("value_datatype", self._stated(node, "enf:valueDatatype"))
        yield self._row("value_scheme", self._stated(node, "enf:valueScheme"))
        types = self.known.nodes(node, RDF_TYPE)
        traits = [name for name in ("transitive", "symmetric") if iri(f"owl:{name.title()}Property") in types]
        yield Row(self.words["traits"], tuple((self.words[name],) for name in traits))
        yield self._row("super_property", self._stated(node, "rdfs:subPropertyOf"))
        yield self._row("sub_property", self._using("rdfs:subPropertyOf", node))
        inverse = {*self._stated(node, "owl:inverseOf"), *self._using("owl:inverseOf", node)}
        yield self._row("inverse", sorted(inverse, key=lambda ref: ref.value))
        chains = self.known.objects(node, iri("owl:propertyChainAxiom"))
        yield Row(self.words["chain"], tuple(self._chain(head) for head in chains))

    def _common_rows(self, node: NamedNode) -> Iterator[Row]:
        yield self._row("replaced_by", self._stated(node, "dct:isReplacedBy"))
        numbers = shapes_about(self.known, node)
        yield Row(self.words["constraints"], tuple((number,) for number in numbers))
        matches = {
            match: self.words[f"match_{kind}"]
            for kind in reversed(_MATCHES)
            for match in self.known.nodes(node, iri(f"skos:{kind}Match"))
        }
        values = (
            (self.known.ref(match, self.language), f"({kind})") for match, kind in reversed(matches.items())
        )
        yield Row(self.words["aligned"], tuple(values))
        yield self._row("see_also", [n for n in self._stated(node, "rdfs:seeAlso") if n not in matches])

    def _row(self, word: str, nodes: Iterable[NamedNode]) -> Row:
        return Row(self.words[word], tuple((self.known.ref(node, self.language),) for node in nodes))

    def _stated(self, node: NamedNode, predicate: str) -> list[NamedNode]:
        return self.known.nodes(node, iri(predicate))

    def _using(self, predicate: str, node: NamedNode) -> list[NamedNode]:
        return self.known.subjects(iri(predicate), node)

    def _axioms(self, node: NamedNode, predicate: str) -> Iterator[Sentence]:
        for value in self.known.objects(node, iri(predicate)):
            yield self.expression(value)

    def expression(self, value: Term) -> Sentence:
        """An OWL 2 class expression in words: named class, restriction or intersection."""
        if isinstance(value, NamedNode):
            return (self.known.ref(value, self.language),)
        assert isinstance(value, BlankNode)
        if parts := self.known.objects(value, iri("owl:intersectionOf")):
            joined = [self._part(member) for member in self.known.members(parts[0])]
            return tuple(item for part in joined for item in part)
        return (self.words["everything_with"], *self._restriction(value))

    def _part(self, member: Term) -> Sentence:
        if isinstance(member, BlankNode):
            return (self.words["with_property"], *self._restriction(member))
        return self.expression(member)

    def _restriction(self, node: BlankNode) -> Sentence:
        [on] = self.known.nodes(node, iri("owl:onProperty"))
        about = self.known.ref(on, self.language)
        for value in self.known.nodes(node, iri("owl:hasValue")):
            return (about, "=", self.known.ref(value, self.language))
        [some] = self.known.objects(node, iri("owl:someValuesFrom"))
        return (about, self.words["some"], *self.expression(some))

    def _chain(self, head: Term) -> Sentence:
        items: list[Ref | str] = []
        for member in self.known.members(head):
            assert isinstance(member, NamedNode)
            items += [self.words["then"]] if items else []
            items.append(self.known.ref(member, self.language))
        return tuple(items)

    def _disjoint(self, node: NamedNode) -> list[NamedNode]:
        found = {*self._stated(node, "owl:disjointWith"), *self._using("owl:disjointWith", node)}
        for group in self.known.blank_subjects(RDF_TYPE, iri("owl:AllDisjointClasses")):
            for head in self.known.objects(group, iri("owl:members")):
                members = self.known.members(head)
                if node in members:
                    found |= {m for m in members if isinstance(m, NamedNode) and m != node}
        return sorted(found, key=lambda other: other.value)


_TRUE: Final = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
