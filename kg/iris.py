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

_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")


def segment(text: str) -> str:
    """One IRI path segment: ASCII, no spaces, no percent signs; lossless texts keep their form.

    A text that loses characters gets a short digest appended, so that two different
    official numbers never share an IRI.
    """
    safe = _UNSAFE.sub("-", text).strip("-.")
    if safe == text:
        return safe
    lossless = re.sub(r"[/ ]", "-", text) == safe
    return (
        safe if lossless and safe else f"{safe}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")
    )


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints the data IRIs of one deployment. `base` ends with a slash."""

    base: str = BASE

    def id(self, *path: str) -> NamedNode:
        return NamedNode(f"{self.base}id/{'/'.join(path)}")

    def graph(self, *path: str) -> NamedNode:
        return NamedNode(f"{self.base}graph/{'/'.join(path)}")

    def authority(self, slug: str) -> NamedNode:
        """`slug` is e.g. `fr-cnil` or, for a unit, `fr-cnil/restricted-committee`."""
        return self.id("authority", slug)

    def source(self, name: str) -> NamedNode:
        return self.id("source", name)

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
        return self.id("prov", instrument, path) if path else self.id("prov", instrument)
