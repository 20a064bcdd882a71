"""Small parts of a case as quads: words, dates, sums, sources, parties and citations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.mapping import case_parts as m
from kg.model import DateValue
from kg.namespaces import RDF_TYPE, SCHEME, enf, iri

_DATE = iri("xsd:date")
_DECIMAL = iri("xsd:decimal")


def concept(scheme: str, notation: str) -> NamedNode:
    """A concept of one of the project's schemes."""
    return NamedNode(f"{SCHEME}{scheme}/{notation}")


def source_iri(iris: Iris, source: m.Source) -> NamedNode:
    """A document's IRI: a digest of its address, or of its title and publisher where it has none."""
    text = source.url or f"{source.publisher or ''}|{source.title}"
    return iris.source(hashlib.sha256(text.encode("utf-8")).hexdigest()[:16])


def party_iri(iris: Iris, party_id: str) -> NamedNode:
    return iris.id("party", *party_id.split("/"))


@dataclass(slots=True)
class Graph:
    """Quads of one named graph; adding nothing (None) adds nothing."""

    name: NamedNode
    iris: Iris
    quads: dict[Quad, None] = field(default_factory=dict)

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal | None) -> None:
        if value is not None:
            self.quads[Quad(subject, predicate, value, self.name)] = None

    def type(self, subject: NamedNode, *locals_: str) -> None:
        for local in locals_:
            self.add(subject, RDF_TYPE, enf(local))

    def text(self, subject: NamedNode, predicate: NamedNode, value: str | None) -> None:
        self.add(subject, predicate, None if value is None else Literal(value))

    def words(self, subject: NamedNode, predicate: NamedNode, words: m.Words | None) -> None:
        if words is None:
            return
        self.add(subject, predicate, Literal(words.en, language="en"))
        if words.fr:
            self.add(subject, predicate, Literal(words.fr, language="fr"))

    def date(self, subject: NamedNode, name: str, value: DateValue | None) -> None:
        """The date if it is exact, its bounds and its precision (constraint 20)."""
        if value is None:
            return
        if value.precision == "day":
            self.day(subject, name, value)
        self.add(subject, enf(f"{name}Earliest"), Literal(value.earliest.isoformat(), datatype=_DATE))
        self.add(subject, enf(f"{name}Latest"), Literal(value.latest.isoformat(), datatype=_DATE))
        self.text(subject, enf(f"{name}Precision"), value.precision)

    def day(self, subject: NamedNode, name: str, value: DateValue | None) -> None:
        if value is not None:
            self.add(subject, enf(name), Literal(value.earliest.isoformat(), datatype=_DATE))

    def amount(self, owner: NamedNode, name: str, local: str, amount: m.Amount | None) -> NamedNode | None:
        """A MonetaryAmount `{owner}/{local}` linked by `enf:{name}`."""
        if amount is None:
            return None
        node = NamedNode(f"{owner.value}/{local}")
        self.add(owner, enf(name), node)
        self.type(node, "MonetaryAmount")
        self.add(node, enf("currency"), iri(f"cur:{amount.currency}"))
        for term, value in (("value", amount.value), ("minimumValue", amount.minimum)):
            self.decimal(node, term, value)
        self.decimal(node, "maximumValue", amount.maximum)
        return node

    def decimal(self, subject: NamedNode, name: str, value: Decimal | None) -> None:
        if value is not None:
            self.add(subject, enf(name), Literal(format(value, "f"), datatype=_DECIMAL))

    def source(self, source: m.Source) -> NamedNode:
        node = source_iri(self.iris, source)
        self.type(node, "Source")
        self.add(node, enf("sourceKind"), concept("source-kind", source.kind))
        self.text(node, iri("dct:title"), source.title)
        self.text(node, iri("dct:publisher"), source.publisher)
        self.add(node, iri("dct:language"), iri(f"lang:{source.language}"))
        self.add(node, iri("foaf:page"), NamedNode(source.url) if source.url else None)
        self.add(node, iri("dct:license"), NamedNode(source.licence) if source.licence else None)
        self.date(node, "publishedDate", source.date)
        return node

    def party(self, party: m.Party) -> NamedNode:
        node = party_iri(self.iris, party.id)
        kinds = {
            "legal-entity": "LegalEntity",
            "public-body": "PublicBody",
            "natural-person": "NaturalPerson",
        }
        self.type(node, "Party", *([kinds[party.kind]] if party.kind in kinds else []))
        self.text(node, iri("skos:prefLabel"), party.name)
        status = "published" if party.name else "withheld" if party.kind == "natural-person" else "anonymous"
        self.text(node, enf("nameStatus"), status)
        self.add(node, enf("establishedIn"), iri(f"country:{party.country}") if party.country else None)
        self.add(node, enf("partyRole"), concept("party-role", party.role) if party.role else None)
        head, _, rest = party.id.partition("/")
        self.text(node, enf("lei"), rest if head == "lei" else None)
        return node


@dataclass(slots=True)
class Citations:
    """The citations of one subject, numbered in the order in which they are first used."""

    graph: Graph
    owner: NamedNode
    sources: dict[str, m.Source]
    numbers: dict[tuple[str, str | None, str | None], NamedNode] = field(default_factory=dict)

    def cite(self, node: NamedNode | None, cites: Sequence[m.Citing]) -> None:
        """`prov:wasDerivedFrom` from the node to each citation."""
        for citing in cites if node is not None else ():
            assert node is not None
            self.graph.add(node, iri("prov:wasDerivedFrom"), self._citation(citing))

    def _citation(self, citing: m.Citing) -> NamedNode:
        place = (citing.source, citing.at, citing.read_in)
        if place not in self.numbers:
            node = NamedNode(f"{self.owner.value}/citation/{len(self.numbers) + 1}")
            self.numbers[place] = node
            self.graph.type(node, "Citation")
            self.graph.add(node, enf("citesSource"), self.graph.source(self.sources[citing.source]))
            self.graph.text(node, enf("pinpoint"), citing.at)
            if citing.read_in:
                self.graph.add(node, enf("verifiedIn"), self.graph.source(self.sources[citing.read_in]))
        return self.numbers[place]
