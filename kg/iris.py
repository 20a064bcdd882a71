"""Data IRIs: where each kind of thing lives under a deployment's base.

Patterns are readable where an official identifier exists and never contain a name that
may have to be withdrawn. Every segment is ASCII and free of percent signs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kg.namespaces import BASE

_PLAIN = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9./ -]*[A-Za-z0-9])?")
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+|\.{2,}")
_WRITTEN_SO = str.maketrans({"/": "~", " ": "_"})
_LONGEST = 100


def segment(text: str) -> str:
    """One IRI path segment, never empty: ASCII, no spaces, no percent signs, no `..`.

    Letters, digits, hyphens and dots stay; a slash is written `~` and a space `_`. A text
    that has anything else, or is longer than 100 characters, gets a short digest, so that
    two different official numbers never share an IRI.
    """
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text):
        return text.translate(_WRITTEN_SO)
    readable = _UNSAFE.sub("-", text)[:_LONGEST].strip("-.")
    return f"{readable}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}".lstrip("-")


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints the data IRIs of one deployment. `base` ends with a slash.

    Authorities, provisions and sources are reference data, the same in every deployment, and
    keep the project's own base; records, decisions, cases, parties and graphs are below `base`.
    """

    base: str = BASE

    def id(self, *path: str) -> NamedNode:
        return NamedNode(f"{self.base}id/{'/'.join(path)}")

    def graph(self, *path: str) -> NamedNode:
        return NamedNode(f"{self.base}graph/{'/'.join(path)}")

    def authority(self, slug: str) -> NamedNode:
        """`slug` is e.g. `fr-cnil` or, for a unit, `fr-cnil/restricted-committee`."""
        return NamedNode(f"{BASE}id/authority/{slug}")

    def source(self, name: str) -> NamedNode:
        return NamedNode(f"{BASE}id/source/{name}")

    def record(self, source: str, key: str) -> NamedNode:
        return self.id("record", source, segment(key))

    def record_graph(self, source: str, key: str) -> NamedNode:
        return self.graph("record", source, segment(key))

    def decision(self, authority: str, key: str) -> NamedNode:
        return self.id("decision", authority, segment(key))

    def decision_graph(self, authority: str, key: str) -> NamedNode:
        return self.graph("decision", authority, segment(key))

    def provision(self, instrument: str, path: str = "") -> NamedNode:
        """E.g. `("eu/reg/2016/679", "art_83/par_5/pnt_e")`; no path: the instrument itself."""
        return NamedNode(f"{BASE}id/prov/{instrument}/{path}" if path else f"{BASE}id/prov/{instrument}")
