"""The two evaluators: SHACL Core by pySHACL, SPARQL-based constraints set-wise by pyoxigraph.

pySHACL parses and runs a SPARQL-based constraint once per focus node. Here its query runs
once per batch: the targets are added to the WHERE clause as a pattern that binds `$this`,
which has the same solutions as pre-binding each focus node in turn (SHACL §5.3.1) because
pre-bound variables may not be re-bound and must be projected by every subquery (§5.2.1).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple
from rdflib.namespace import SH
from rdflib.term import Node

from kg.errors import KGError
from kg.namespaces import iri
from kg.shapes.batch import INSTANCE_OF, Batch
from kg.shapes.constraints import Constraint, SparqlConstraint
from kg.shapes.report import Term

SPARQL_COMPONENT: Final = iri("sh:SPARQLConstraintComponent")
_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"\{[?$](\w+)\}")


MAX_RESULTS: Final = 1_000
"""Results of one constraint per graph. Real records have a handful; pairwise constraints over a
graph made for the purpose have hundreds of thousands."""


class TooManyResults(RuntimeError):
    """A constraint was broken more often than any real record breaks it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an evaluator found; `bindings` fill the placeholders of the messages."""

    shape: NamedNode
    component: NamedNode
    focus_node: NamedNode
    path: NamedNode | None
    value: Term | None
    query: NamedNode | None = None
    bindings: tuple[tuple[str, str], ...] = ()

    def fill(self, message: str) -> str:
        """The message with `{?name}` replaced by the binding of that variable (SHACL §5.2.2)."""
        known = dict(self.bindings)
        return _PLACEHOLDER.sub(lambda match: known.get(match[1], match[0]), message)

    def without_value(self) -> Finding:
        """The same without its value, in messages too: it may name a natural person."""
        kept = tuple((name, text) for name, text in self.bindings if name in ("this", "path"))
        return replace(self, value=None, bindings=(*kept, ("value", "[…]")))


def core(batch: Batch, shapes: rdflib.Graph) -> list[Finding]:
    """Validates a batch with pySHACL against Core shapes; inference and imports stay off."""
    data = to_rdflib((*batch.own, *batch.added))
    _, report, text = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", do_owl_imports=False, meta_shacl=False, inplace=True
    )
    if not isinstance(report, rdflib.Graph):
        raise KGError(f"pySHACL: {text}")
    return [finding(report, node) for node in report.objects(predicate=SH.result)]


def sparql(batch: Batch, store: Store, constraint: Constraint) -> Iterator[Finding]:
    """Evaluates the SPARQL-based constraints of one shape over all its focus nodes at once."""
    for query in constraint.queries:
        solutions = store.query(with_targets(query.select, constraint))
        if not isinstance(solutions, QuerySolutions):
            raise KGError(f"{query.node}: sh:select must be a SELECT query")
        names = [variable.value for variable in solutions.variables]
        limit = MAX_RESULTS * batch.size
        found = islice(solutions, limit + 1)
        rows = dict.fromkeys(tuple(solution[name] for name in names) for solution in found)
        if len(rows) > limit:
            raise TooManyResults(query.node.value)
        for row in rows:
            yield _row(constraint, query, {n: term for n, term in zip(names, row, strict=True) if term})


def with_targets(select: str, constraint: Constraint) -> str:
    """The query of a SPARQL-based constraint with its targets as the first pattern of WHERE."""
    patterns = [f"{{ $this <{INSTANCE_OF.value}> <{cls.value}> }}" for cls in constraint.target_classes]
    patterns += [f"{{ $this <{path.value}> ?target_object }}" for path in constraint.target_subjects_of]
    if not patterns:
        raise KGError(f"{constraint.shape}: neither sh:targetClass nor sh:targetSubjectsOf")
    match = _WHERE.search(select)
    if match is None:
        raise KGError(f"{constraint.shape}: sh:select without WHERE")
    return f"{select[: match.end()]} {' UNION '.join(patterns)} {select[match.end() :]}"


def _row(constraint: Constraint, query: SparqlConstraint, row: dict[str, object]) -> Finding:
    this, path, value = row.get("this"), row.get("path"), row.get("value", row.get("this"))
    if not isinstance(this, NamedNode) or not isinstance(value, NamedNode | Literal):
        raise KGError(f"{query.node}: $this is not an IRI")
    bindings = tuple((n, t.value) for n, t in row.items() if isinstance(t, NamedNode | Literal))
    return Finding(
        shape=constraint.shape,
        component=SPARQL_COMPONENT,
        focus_node=this,
        path=path if isinstance(path, NamedNode) else None,
        value=value,
        query=query.node,
        bindings=bindings,
    )


def finding(report: rdflib.Graph, node: Node) -> Finding:
    """One result of pySHACL's report graph."""

    def named(predicate: rdflib.URIRef) -> NamedNode | None:
        term = report.value(node, predicate)
        return NamedNode(str(term)) if isinstance(term, rdflib.URIRef) else None

    shape, component, focus = named(SH.sourceShape), named(SH.sourceConstraintComponent), named(SH.focusNode)
    if shape is None or component is None or focus is None:
        raise KGError(f"pySHACL: a result without a named shape, component and focus node: {node}")
    value = report.value(node, SH.value)
    return Finding(
        shape=shape,
        component=component,
        focus_node=focus,
        path=named(SH.resultPath),
        value=None if value is None else from_rdflib(value),
        query=named(SH.sourceConstraint),
    )


def to_rdflib(triples: Iterable[Triple]) -> rdflib.Graph:
    """The triples as an rdflib graph; literals keep their lexical form."""
    graph = rdflib.Graph(bind_namespaces="none")
    known: dict[object, Node] = {}
    add = graph.store.add
    with _quiet():
        for triple in triples:
            spo = []
            for term in triple:
                found = known.get(term)
                if found is None:
                    found = known[term] = _node(term)
                spo.append(found)
            add((spo[0], spo[1], spo[2]), graph)
    return graph


def _node(term: object) -> Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Literal):
        datatype = None if term.language else rdflib.URIRef(term.datatype.value)
        if term.datatype == iri("xsd:string"):
            datatype = None
        return rdflib.Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
    raise KGError(f"not a term of RDF 1.1: {term}")


def from_rdflib(node: Node) -> Term:
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(node.datatype or iri("xsd:string").value))
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    raise KGError(f"a blank node in a validation result: {node}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps rdflib from logging literals that do not fit their datatype: a constraint reports them."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
