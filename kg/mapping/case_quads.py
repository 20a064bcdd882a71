"""Small parts of a case as quads: words, dates, sums, sources, parties and citations."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from kg.iris import Iris
from kg.mapping import case_parts as m
from kg.mapping.quads import PARTY_CLASS, Graph, concept
from kg.namespaces import enf, iri


def source_iri(iris: Iris, source: m.Source) -> NamedNode:
    """A document's IRI: a digest of its address, or of its title and publisher where it has none."""
    text = source.url or f"{source.publisher or ''}|{source.title}"
    return iris.id("source", hashlib.sha256(text.encode("utf-8")).hexdigest()[:16])


def party_iri(iris: Iris, party_id: str) -> NamedNode:
    return iris.id("party", *party_id.split("/"))


@dataclass(slots=True)
class CaseGraph(Graph):
    """A graph of a curated case: words in two languages, sums, documents and parties."""

    def words(self, subject: NamedNode, predicate: NamedNode, words: m.Words | None) -> None:
        if words is None:
            return
        self.add(subject, predicate, Literal(words.en, language="en"))
        if words.fr:
            self.add(subject, predicate, Literal(words.fr, language="fr"))

    def amount(self, owner: NamedNode, name: str, local: str, amount: m.Amount | None) -> NamedNode | None:
        """A MonetaryAmount `{owner}/{local}` linked by `enf:{name}`."""
        if amount is None:
            return None
        node = NamedNode(f"{owner.value}/{local}")
        self.add(owner, enf(name), node)
        self.sum(node, amount.currency, amount.value, amount.minimum, amount.maximum)
        return node

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
        self.type(node, "Party", *([PARTY_CLASS[party.kind]] if party.kind in PARTY_CLASS else []))
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

    graph: CaseGraph
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
