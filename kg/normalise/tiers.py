"""Which provisions a respondent can infringe: those that a tier of Art. 83(4) to (6) GDPR covers."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode, RdfFormat, parse

from kg.iris import Iris
from kg.model import ProvisionRef
from kg.namespaces import enf
from kg.resources import ONTOLOGY


@cache
def _covered() -> frozenset[str]:
    path = ONTOLOGY / "law" / "tiers.ttl"
    quads = parse(path=str(path), format=RdfFormat.TURTLE)
    covers = enf("coversProvision")
    return frozenset(
        quad.object.value for quad in quads if quad.predicate == covers and isinstance(quad.object, NamedNode)
    )


def can_be_infringed(ref: ProvisionRef) -> bool:
    """Whether the provision, or one it is part of, is in a tier of ontology/law/tiers.ttl."""
    node = Iris().provision(ref.instrument, ref.path).value
    while "/art_" in node:
        if node in _covered():
            return True
        node = node.rpartition("/")[0]
    return False
