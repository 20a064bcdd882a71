"""Namespaces and the graph names that every deployment shares.

The vocabulary (`ENF`) and the schemes have one IRI everywhere; data IRIs depend on the
deployment's base and are minted in `kg.iris`.
"""

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode

BASE: Final = "https://w3id.org/enforcement-kg/"
ENF: Final = f"{BASE}ontology#"
SCHEME: Final = f"{BASE}scheme/"
SHAPES: Final = f"{BASE}shapes#"

PREFIXES: Final[dict[str, str]] = {
    "enf": ENF,
    "scheme": SCHEME,
    "sh-enf": SHAPES,
    "id": f"{BASE}id/",
    "graph": f"{BASE}graph/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "sh": "http://www.w3.org/ns/shacl#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "void": "http://rdfs.org/ns/void#",
    "cur": "http://publications.europa.eu/resource/authority/currency/",
    "country": "http://publications.europa.eu/resource/authority/country/",
    "lang": "http://publications.europa.eu/resource/authority/language/",
}


def iri(curie: str) -> NamedNode:
    """The named node of a prefixed name, e.g. `iri("enf:Decision")`. KeyError if unknown."""
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def split(value: str) -> tuple[str, str] | None:
    """The prefix and the rest of an IRI in one of these namespaces, or None. No namespace begins
    with another, so there is at most one."""
    for prefix, namespace in PREFIXES.items():
        if value.startswith(namespace):
            return prefix, value.removeprefix(namespace)
    return None


def enf(local: str) -> NamedNode:
    """A term of the project's ontology."""
    return NamedNode(ENF + local)


RDF_TYPE: Final = iri("rdf:type")
