"""The statements of the model's files, indexed, and the names that pages give to their terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.namespaces import BASE, ENF, iri, split
from kg.resources import ontology_files

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple

_LABELS: Final = (iri("rdfs:label"), iri("skos:prefLabel"), iri("dct:title"))
_FIRST, _REST, _NIL = iri("rdf:first"), iri("rdf:rest"), iri("rdf:nil")


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its language tag ("" if it has none)."""

    value: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """A mention of a term: what to call it, its IRI, and its prefixed name ("" if no prefix fits)."""

    text: Text
    iri: str
    curie: str = ""


Sentence = tuple[Ref | str, ...]
"""Words and mentions of terms, in order."""


class Model:
    """Statements indexed by subject and by object; every answer is in a stable order."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._about: dict[Node, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._uses: dict[tuple[NamedNode, Term], list[Node]] = defaultdict(list)
        for triple in triples:
            subject = triple.subject
            assert isinstance(subject, NamedNode | BlankNode)
            self._about[subject][triple.predicate].append(triple.object)
            self._uses[triple.predicate, triple.object].append(subject)

    def objects(self, subject: Node, predicate: NamedNode) -> list[Term]:
        """In the order of the file."""
        return list(self._about.get(subject, {}).get(predicate, ()))

    def nodes(self, subject: Node, predicate: NamedNode) -> list[NamedNode]:
        return [value for value in self.objects(subject, predicate) if isinstance(value, NamedNode)]

    def subjects(self, predicate: NamedNode, value: Term) -> list[NamedNode]:
        """The named subjects of a value, by IRI."""
        found = {node for node in self._uses.get((predicate, value), ()) if isinstance(node, NamedNode)}
        return sorted(found, key=lambda node: node.value)

    def blank_subjects(self, predicate: NamedNode, value: Term) -> list[BlankNode]:
        return [node for node in self._uses.get((predicate, value), ()) if isinstance(node, BlankNode)]

    def predicates(self, subject: Node) -> Iterator[tuple[NamedNode, list[Term]]]:
        yield from self._about.get(subject, {}).items()

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list."""
        found = []
        while isinstance(head, NamedNode | BlankNode) and head != _NIL:
            found += self.objects(head, _FIRST)
            rest = self.objects(head, _REST)
            head = rest[0] if rest else _NIL
        return found

    def texts(self, subject: Node, predicate: NamedNode, language: str) -> list[Text]:
        """The literals in a language; where there is none, those in English or without a language."""
        found = [
            Text(value.value, value.language or "")
            for value in self.objects(subject, predicate)
            if isinstance(value, Literal)
        ]
        for wanted in (language, "en", ""):
            if chosen := [text for text in found if text.language == wanted]:
                return chosen
        return found[:1]

    def text(self, subject: Node, predicate: NamedNode, language: str) -> Text | None:
        return next(iter(self.texts(subject, predicate, language)), None)

    def ref(self, node: NamedNode, language: str) -> Ref:
        """The term by its label, or by its prefixed name if the files give it none."""
        labels = (self.text(node, predicate, language) for predicate in _LABELS)
        short = curie(node.value)
        text = next((label for label in labels if label), Text(short or node.value.partition("://")[2]))
        return Ref(text, node.value, short)


@cache
def model() -> Model:
    """All files of `ontology/` except the examples and the registry of authorities, read once."""
    folders = ("examples", "authorities")
    files = [file for file in ontology_files() if not set(folders) & set(file.parts)]
    return Model(
        quad.triple
        for file in files
        for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    )


def curie(value: str) -> str:
    """The prefixed name of an IRI, or "" if no prefix leaves a plain local name."""
    found = split(value)
    return ":".join(found) if found and found[1] and not set("/#?") & set(found[1]) else ""


def local_name(node: NamedNode) -> str:
    """What follows the last `#` or `/`."""
    return node.value.rpartition("#" if "#" in node.value else "/")[2]


def is_own(node: object) -> bool:
    """Whether it is a term of the project's vocabulary."""
    return isinstance(node, NamedNode) and node.value.startswith(ENF)


ONTOLOGY_IRI: Final = NamedNode(f"{BASE}ontology")
SHAPES_IRI: Final = NamedNode(f"{BASE}shapes")
