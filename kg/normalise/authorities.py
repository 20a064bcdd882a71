"""Which authority a published label names: exact match on normalised labels, never a guess.

Bodies, countries, and the labels that name several bodies or none are data, in
`ontology/authorities/*.ttl`; a new spelling is a `skos:hiddenLabel` there.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.iris import Iris
from kg.namespaces import PREFIXES, RDF_TYPE, SCHEME, iri
from kg.resources import ontology_files

_AUTHORITY: Final = Iris().authority("").value
_COUNTRY: Final = PREFIXES["country"]
_LABEL: Final = f"{SCHEME}authority-label/"
_HOMONYM: Final = f"{_LABEL}homonym"
_LEGAL_FORM: Final = f"{_LABEL}legal-form"
_NOTATION: Final = iri("skos:notation").value
_IDENTIFIER: Final = iri("dct:identifier").value
_MEMBER: Final = iri("skos:member").value
_SCOPE_NOTE: Final = iri("skos:scopeNote").value
_UNIT_OF: Final = iri("org:unitOf").value
_JURISDICTION: Final = iri("enf:jurisdiction").value
_LABELS: Final = tuple(
    iri(p).value
    for p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "enf:acronym", "enf:formerName")
)
_QUOTES: Final = str.maketrans("‘’‚‛`´ʼ“”„‟«»", "'''''''\"\"\"\"\"\"")


@dataclass(frozen=True, slots=True)
class Resolution:
    """`slug` is the body named, e.g. `fr-cnil` or `fr-cnil/restricted-committee`; None if the
    label does not identify one, and then `reason` says why. `reason` never repeats the label,
    which may name a person."""

    slug: str | None
    reason: str = ""


def label_key(label: str) -> str:
    """The form in which labels are compared: NFKC, case-folded, plain quotes, single spaces."""
    text = unicodedata.normalize("NFKC", label.translate(_QUOTES)).casefold()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", text).split())


class AuthorityRegistry:
    """The bodies of `ontology/authorities`, by label and country."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        facts = _Facts(quads)
        self._country_iris = {facts.one(s, _NOTATION): NamedNode(s) for s in facts.subjects(_COUNTRY)}
        self._codes = {
            name: code
            for code, node in self._country_iris.items()
            for name in (label_key(code), *facts.labels(node.value, _IDENTIFIER))
        }
        self._jurisdiction = dict(_jurisdictions(facts, self._country_iris))
        self._bodies: dict[str, set[str]] = defaultdict(set)
        for slug in self._jurisdiction:
            for label in facts.labels(_AUTHORITY + slug):
                self._bodies[label].add(slug)
        self._nobody: dict[str, str] = {}
        self._homonyms: dict[str, str] = {}
        self._read_label_collections(facts)
        self._legal_forms = tuple(f" {form}" for form in facts.labels(_LEGAL_FORM))

    @classmethod
    def load(cls) -> AuthorityRegistry:
        """The registry of the shipped files, read once per process."""
        return _shipped()

    @property
    def slugs(self) -> tuple[str, ...]:
        """Every body and unit, sorted."""
        return tuple(sorted(self._jurisdiction))

    def resolve(self, label: str, country: str = "") -> Resolution:
        """The body that `label` names.

        `country` is the record's: an English or French name or an ISO 3166-1 code in any case
        (also `EL` and `UK`), or empty. A label of another country's body is a conflict, not an
        answer.
        """
        key = label_key(label)
        if key in self._nobody:
            return Resolution(None, self._nobody[key])
        found = sorted(self._bodies.get(key, ()))
        if not found:
            return Resolution(None, self._why_unknown(key))
        if country.strip():
            return self._in_country(found, country)
        if len(found) == 1 and key in self._homonyms:
            return Resolution(None, self._homonyms[key])
        return _only(found)

    def country_of(self, slug: str) -> str:
        """ISO 3166-1 alpha-2 code of a body's country (`GB`, `GR`; `EU` for bodies of the Union).

        Raises KeyError for an unknown slug.
        """
        return self._jurisdiction[slug]

    def country_code(self, text: str) -> str | None:
        """The alpha-2 code that a country name or code means, or None."""
        return self._codes.get(label_key(text))

    def country_iri(self, code: str) -> NamedNode:
        """The country's IRI in the EU authority table. Raises KeyError for an unknown code."""
        return self._country_iris[code]

    def _in_country(self, found: list[str], country: str) -> Resolution:
        code = self.country_code(country)
        if code is None:
            return Resolution(None, "unknown country: not in the table of countries")
        here = [slug for slug in found if self.country_of(slug) == code]
        if not here:
            return Resolution(None, f"conflict: names {', '.join(found)}; the record's country is {code}")
        return _only(here)

    def _why_unknown(self, key: str) -> str:
        return "company: ends with a legal form" if key.endswith(self._legal_forms) else "unknown label"

    def _read_label_collections(self, facts: _Facts) -> None:
        """Labels that may mean several bodies (with members), and labels of none (without)."""
        for subject in facts.subjects(_LABEL):
            members = [m.removeprefix(_AUTHORITY) for m in facts.all(subject, _MEMBER)]
            reasons = self._homonyms if subject == _HOMONYM else self._nobody
            for label in facts.labels(subject) if subject != _LEGAL_FORM else ():
                if members:
                    self._bodies[label].update(members)
                else:
                    reasons[label] = facts.one(subject, _SCOPE_NOTE)


def _only(found: list[str]) -> Resolution:
    if len(found) > 1:
        return Resolution(None, f"ambiguous: may be {', '.join(found)}")
    return Resolution(found[0])


class _Facts:
    """Objects as text, by subject and predicate."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._values: dict[tuple[str, str], list[str]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                self._values[quad.subject.value, quad.predicate.value].append(quad.object.value)

    def subjects(self, prefix: str) -> list[str]:
        return sorted(s for s, p in self._values if p == RDF_TYPE.value and s.startswith(prefix))

    def all(self, subject: str, predicate: str) -> list[str]:
        return self._values.get((subject, predicate), [])

    def one(self, subject: str, predicate: str) -> str:
        (value,) = self._values[subject, predicate]
        return value

    def labels(self, subject: str, *more: str) -> list[str]:
        return sorted({label_key(v) for p in (*_LABELS, *more) for v in self.all(subject, p)})


def _jurisdictions(facts: _Facts, countries: Mapping[str, NamedNode]) -> Iterator[tuple[str, str]]:
    """Each body with its country's code; a unit has its body's."""
    code_of = {node.value: code for code, node in countries.items()}
    for subject in facts.subjects(_AUTHORITY):
        body = next(iter(facts.all(subject, _UNIT_OF)), subject)
        yield subject.removeprefix(_AUTHORITY), code_of[facts.one(body, _JURISDICTION)]


@cache
def _shipped() -> AuthorityRegistry:
    return AuthorityRegistry(
        quad for path in ontology_files("authorities") for quad in parse(path=path, format=RdfFormat.TURTLE)
    )


def country_of(slug: str) -> str:
    """`AuthorityRegistry.country_of` of the shipped registry."""
    return _shipped().country_of(slug)


def country_code(text: str) -> str | None:
    """`AuthorityRegistry.country_code` of the shipped registry."""
    return _shipped().country_code(text)


def country_iri(code: str) -> NamedNode:
    """`AuthorityRegistry.country_iri` of the shipped registry."""
    return _shipped().country_iri(code)
