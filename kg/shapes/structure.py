"""Checks on the form of a graph that come before SHACL, because they protect the run itself.

One validation graph holds a whole batch and the model's own class hierarchy, so blank nodes
could merge across graphs, a foreign subject could describe somebody else's node, and class
axioms or shapes in the data would change the rules. The shapes say what is wrong and how to
mend it (`enf:checkedBy "module"`); this module only finds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from kg.namespaces import PREFIXES, RDF_TYPE, SHAPES, enf, iri

MAX_QUADS: Final = 5_000
MAX_IRI: Final = 2_048
MAX_LITERAL: Final = 100_000

LAW: Final = "/id/prov/"

BLANK: Final = NamedNode(f"{SHAPES}C015b")
FOREIGN: Final = NamedNode(f"{SHAPES}C015c")
UNSAFE: Final = NamedNode(f"{SHAPES}C015d")
ROOTLESS: Final = NamedNode(f"{SHAPES}C002c")
TBOX: Final = NamedNode(f"{SHAPES}C018c")
SIZE: Final = NamedNode(f"{SHAPES}C015e")

FAILED: Final = NamedNode(f"{SHAPES}C015f")

Fault = tuple[NamedNode, NamedNode, NamedNode | None]
"""Shape, focus node, path."""

_SAFE: Final = re.compile(r"https?://[!-~]+\Z")
_RULES: Final = (PREFIXES["sh"], PREFIXES["owl"])
_RDFS: Final = PREFIXES["rdfs"]
_RDFS_PROSE: Final = {iri("rdfs:label"), iri("rdfs:comment"), iri("rdfs:seeAlso")}
_MODEL_CLASSES: Final = {iri(f"rdf:{n}") for n in ("Property", "List", "Statement")} | {
    iri(f"rdfs:{n}") for n in ("Class", "Datatype", "Resource")
}


def faults(quads: Sequence[Quad], roots: Collection[NamedNode]) -> list[Fault]:
    """What makes a graph unfit for SHACL: each fault once, in the order found.

    `roots` are the classes of which a graph must describe at least one instance.
    """
    return list(dict.fromkeys(_find(quads, roots)))


def _find(quads: Sequence[Quad], roots: Collection[NamedNode]) -> Iterator[Fault]:
    main = root(quads)
    if len(quads) > MAX_QUADS:
        yield SIZE, main, None
        return
    if not any(quad.predicate == RDF_TYPE and quad.object in roots for quad in quads):
        yield ROOTLESS, main, RDF_TYPE
    namespaces = {quad.graph_name: _namespace(quad) for quad in quads}
    for quad in quads:
        subject, path = quad.subject, quad.predicate
        if not isinstance(subject, NamedNode) or not isinstance(quad.object, NamedNode | Literal):
            yield BLANK, subject if isinstance(subject, NamedNode) else main, path
            continue
        if not _SAFE.match(subject.value) or _hidden(quad.object) or _hidden(path):
            yield UNSAFE, subject, path
        if _too_long(subject) or _too_long(quad.object):
            yield SIZE, subject, path
        if not _within(subject.value, namespaces[quad.graph_name]) and not _is_law(quad):
            yield FOREIGN, subject, path
        if _is_model(quad):
            yield TBOX, subject, path


def root(quads: Sequence[Quad]) -> NamedNode:
    """The node a fault of the whole graph is laid to: its graph name, or its first subject."""
    names = [t for quad in quads for t in (quad.graph_name, quad.subject) if isinstance(t, NamedNode)]
    return names[0] if names else NamedNode("urn:kg:graph")


def _namespace(quad: Quad) -> str | None:
    """The IRI that the subjects of a record's or a claim's graph start with; None for other graphs."""
    if isinstance(quad.graph_name, DefaultGraph) or not isinstance(quad.graph_name, NamedNode):
        return None
    base, found, key = quad.graph_name.value.partition("/graph/")
    return f"{base}/id/{key}" if found and key.startswith(("record/", "claim/")) else None


def _within(subject: str, namespace: str | None) -> bool:
    return namespace is None or subject == namespace or subject.startswith(f"{namespace}/")


def _is_law(quad: Quad) -> bool:
    """Whether a quad only says that an IRI is a provision of the act or provision its path names.

    Sources cite parts of laws that the model does not list; all say the same of one IRI.
    """
    subject = quad.subject.value if isinstance(quad.subject, NamedNode) else ""
    if LAW not in subject:
        return False
    if quad.predicate == RDF_TYPE:
        return quad.object == enf("Provision")
    return quad.predicate == enf("partOfProvision") and quad.object == NamedNode(subject.rpartition("/")[0])


def _hidden(term: NamedNode | Literal) -> bool:
    """Whether an IRI holds control, bidirectional or zero-width characters (Unicode Cc, Cf)."""
    if isinstance(term, Literal) or term.value.isascii():
        return False
    return any(unicodedata.category(character) in ("Cc", "Cf") for character in term.value)


def _too_long(term: NamedNode | Literal) -> bool:
    return len(term.value) > (MAX_LITERAL if isinstance(term, Literal) else MAX_IRI)


def _is_model(quad: Quad) -> bool:
    """Whether a quad states a class axiom, a shape or an ontology term instead of a fact."""
    predicate = quad.predicate.value
    if predicate.startswith(_RULES) or (predicate.startswith(_RDFS) and quad.predicate not in _RDFS_PROSE):
        return True
    if quad.predicate != RDF_TYPE or not isinstance(quad.object, NamedNode):
        return False
    return quad.object.value.startswith(_RULES) or quad.object in _MODEL_CLASSES
