"""What the name of a named graph says about who may read it, and where.

The rule looks only at the part after `/graph/`, so it holds for every base IRI.
"""

from __future__ import annotations

from typing import Final

_DEFAULT: Final = frozenset({"ontology", "schemes", "law", "authorities", "meta", "inferred"})


def in_default_graph(graph_iri: str) -> bool:
    """Whether a query that names no graph sees this one: the model, reference data, consensus
    decisions and what follows from them; never records, claims, quality or provenance."""
    name = graph_iri.rpartition("/graph/")[2] if "/graph/" in graph_iri else ""
    return name in _DEFAULT or name.startswith("decision/")


def is_private(graph_iri: str) -> bool:
    """Whether this graph is bookkeeping: never served, dumped or copied to the replica."""
    return graph_iri.endswith("/graph/state") or "/graph/state/" in graph_iri
