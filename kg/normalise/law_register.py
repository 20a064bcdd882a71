"""The laws a reference may name, and the structure of those described to the last point.

Read from `ontology/law/*.ttl`: every label of an instrument is a spelling it may be cited
by; an instrument whose provisions are listed there is closed, so that a provision not
listed does not exist.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.namespaces import BASE, PREFIXES, RDF_TYPE, enf, iri

PROVISIONS: Final = f"{BASE}id/prov/"
GDPR: Final = "eu/reg/2016/679"

_COUNTRY: Final = PREFIXES["country"]
_LABELS: Final = {iri("skos:prefLabel"), iri("skos:altLabel"), iri("skos:hiddenLabel"), iri("dct:identifier")}
_PART: Final = re.compile(r"/(?:art|sec|reg|rct)_.*")
_CITABLE: Final = re.compile("[a-z]+_[0-9a-z]+")
_SUFFIX_ORDER: Final = re.compile(r"(\d+)")


class Structure:
    """The provisions of one closed instrument, as a tree of path segments."""

    def __init__(self, name: str, paths: Iterable[str]) -> None:
        self.name = name
        self.paths = frozenset(paths)
        self._children: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self.paths):
            parent, _, last = path.rpartition("/")
            self._children[parent].append(last)

    def child(self, parent: str, label: str) -> str | None:
        """The path of the part of `parent` that `label` (a number or a letter) names."""
        for prefix in ("art_",) if not parent else ("par_", "pnt_"):
            path = f"{parent}/{prefix}{label}" if parent else prefix + label
            if path in self.paths:
                return path
        return None

    def paragraphs_with_point(self, article: str, point: str) -> list[str]:
        """Paths of the paragraphs of an article that have this point."""
        parts = (f"{article}/{name}" for name in self.labels(article, "par_", bare=False))
        return [path for path in parts if f"{path}/pnt_{point}" in self.paths]

    def labels(self, parent: str, prefix: str, *, bare: bool = True) -> list[str]:
        """Labels of the parts of one sort, in the order of the law; unlettered indents have none."""
        found = [name for name in self._children.get(parent, ()) if _CITABLE.fullmatch(name)]
        found = [name for name in found if name.startswith(prefix)]
        found.sort(key=_natural)
        return [name.removeprefix(prefix) for name in found] if bare else found


def _natural(name: str) -> tuple[int, str]:
    number = _SUFFIX_ORDER.search(name)
    return (int(number[1]) if number else 0, name)


@dataclass(frozen=True, slots=True)
class Instrument:
    """`key` is the path of the instrument's IRI, `country` an alpha-3 code or ""."""

    key: str
    country: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawRegister:
    """Instruments by key, and the structure of the closed ones."""

    instruments: dict[str, Instrument]
    structures: dict[str, Structure]

    @classmethod
    def read(cls, files: Iterable[Path]) -> LawRegister:
        """From Turtle files. SyntaxError if one does not parse."""
        labels: dict[str, set[str]] = defaultdict(set)
        paths: dict[str, set[str]] = defaultdict(set)
        countries: dict[str, str] = {}
        keys: set[str] = set()
        for file in files:
            for quad in parse(path=str(file), format=RdfFormat.TURTLE):
                subject = quad.subject
                if not isinstance(subject, NamedNode) or not subject.value.startswith(PROVISIONS):
                    continue
                whole = subject.value.removeprefix(PROVISIONS)
                key = _PART.sub("", whole)
                if key != whole:
                    paths[key].add(whole[len(key) + 1 :])
                elif quad.predicate in _LABELS and isinstance(quad.object, Literal):
                    labels[key].add(quad.object.value)
                elif quad.predicate == enf("jurisdiction") and isinstance(quad.object, NamedNode):
                    countries[key] = quad.object.value.removeprefix(_COUNTRY)
                elif quad.predicate == RDF_TYPE:
                    keys.add(key)
        instruments = {
            key: Instrument(key, countries.get(key, ""), tuple(sorted(labels[key]))) for key in sorted(keys)
        }
        return cls(instruments, {key: Structure(_short(labels[key]), parts) for key, parts in paths.items()})


def _short(labels: set[str]) -> str:
    """The name used in messages: the usual short one where the register has it."""
    return "GDPR" if "GDPR" in labels else min(labels, key=lambda label: (len(label), label))
