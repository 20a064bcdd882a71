"""The RDF documents behind the vocabulary's IRIs: which files each is made of, and its bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse, serialize

from kg.describe.model import ONTOLOGY_IRI, local_name, model
from kg.errors import NotFound
from kg.formats import RDF, Format, by_name
from kg.namespaces import PREFIXES, iri
from kg.resources import ONTOLOGY, ontology_files

FORMATS: Final = tuple(f for f in RDF if f.name in ("turtle", "ntriples", "jsonld", "rdfxml"))
"""What one graph is offered in."""

_TURTLE: Final = by_name(RDF, "turtle")
_IN_SCHEME: Final = iri("skos:inScheme")


@dataclass(frozen=True, slots=True)
class Document:
    """An RDF document: the whole of its files, or some of their statements."""

    files: tuple[Path, ...]
    part: frozenset[NamedNode] | None = None
    """Only the statements about these nodes; None for all."""

    def quads(self) -> list[Quad]:
        """The statements, sorted, with canonical names for the blank nodes that OWL and SHACL
        need (RDFC-1.0)."""
        dataset = Dataset()
        for file in self.files:
            for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=True):
                if self.part is None or quad.subject in self.part:
                    dataset.add(quad)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return sorted(dataset, key=str)

    def serialise(self, chosen: Format) -> bytes:
        """Its bytes in one of FORMATS. Whole files are given in Turtle as they were written."""
        return _bytes(self, chosen)


_DECLARATIONS: Final = re.compile(rb"\A(?:@prefix [^\n]+\n)+|(?<=<rdf:RDF )xmlns:[^>]+(?=>)")


@cache
def _bytes(document: Document, chosen: Format) -> bytes:
    if chosen == _TURTLE and document.part is None:
        return b"\n".join(file.read_bytes() for file in document.files)
    assert isinstance(chosen.engine, RdfFormat)
    statements = [quad.triple for quad in document.quads()]
    prefixes = {} if chosen.named_graphs else PREFIXES
    body = serialize(statements, format=chosen.engine, prefixes=prefixes)
    assert body is not None
    return _declarations_sorted(body)


def _declarations_sorted(body: bytes) -> bytes:
    """The engine declares prefixes in an order that differs from one process to the next."""
    head = _DECLARATIONS.search(body)
    if head is None:
        return body
    separator = b"\n" if body.startswith(b"@prefix") else b" "
    declared = separator.join(sorted(re.split(rb"(?<=[.\"])\s+", head[0].strip())))
    return body[: head.start()] + declared + body[head.end() :].lstrip(b" ")


def ontology_document() -> Document:
    return Document((ONTOLOGY / "core.ttl", ONTOLOGY / "alignments.ttl"))


def shapes_document() -> Document:
    return Document(tuple(ontology_files("shapes")))


def schemes_document() -> Document:
    """All concept schemes in one."""
    return Document(tuple(ontology_files("schemes")))


def scheme_document(name: str) -> Document:
    """One concept scheme. Raises NotFound."""
    return Document((scheme_file(name),))


def concept_document(concept: NamedNode) -> Document:
    """What is stated about a concept, and about its scheme. Raises NotFound."""
    schemes = model().nodes(concept, _IN_SCHEME)
    if not schemes:
        raise NotFound("no such concept")
    return Document((scheme_file(local_name(schemes[0])),), frozenset((concept, *schemes)))


@cache
def _scheme_files() -> dict[str, Path]:
    return {file.stem: file for file in ontology_files("schemes")}


def scheme_names() -> tuple[str, ...]:
    """The names of the schemes, sorted: the last part of their IRIs."""
    return tuple(_scheme_files())


def scheme_file(name: str) -> Path:
    file = _scheme_files().get(name)
    if file is None:
        raise NotFound("no such scheme")
    return file


def version() -> str:
    """The version that `owl:versionIRI` ends with."""
    [version_iri] = model().nodes(ONTOLOGY_IRI, iri("owl:versionIRI"))
    return local_name(version_iri)


@cache
def context() -> bytes:
    """The JSON-LD context, as shipped."""
    return (ONTOLOGY / "context.jsonld").read_bytes()
