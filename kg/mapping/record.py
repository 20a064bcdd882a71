"""A typed record as quads: one named graph, no store, no clock, no blank nodes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.model import Amount, DateValue, Measure, Party, ProvisionRef, Record
from kg.namespaces import RDF_TYPE, SCHEME, enf, iri

GDPR = "eu/reg/2016/679"
_DATE = iri("xsd:date")
_DECIMAL = iri("xsd:decimal")
_PARTY_CLASS = {"legal-entity": "LegalEntity", "public-body": "PublicBody", "natural-person": "NaturalPerson"}


class GraphWriter:
    """Collects the quads of one named graph, once each, in the order they are stated."""

    def __init__(self, graph: NamedNode) -> None:
        self.graph = graph
        self._quads: dict[Quad, None] = {}

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        self._quads[Quad(subject, predicate, value, self.graph)] = None

    def text(self, subject: NamedNode, predicate: NamedNode, value: str | None, language: str = "") -> None:
        if value:
            self.add(subject, predicate, Literal(value, language=language) if language else Literal(value))

    def concept(self, subject: NamedNode, predicate: NamedNode, scheme: str, notation: str | None) -> None:
        if notation:
            self.add(subject, predicate, NamedNode(f"{SCHEME}{scheme}/{notation}"))

    def date(self, subject: NamedNode, name: str, value: DateValue | None) -> None:
        """A date as bounds and precision, and as itself where it is exact."""
        if value is None:
            return
        if value.precision == "day":
            self.add(subject, enf(name), Literal(value.earliest.isoformat(), datatype=_DATE))
        self.add(subject, enf(f"{name}Earliest"), Literal(value.earliest.isoformat(), datatype=_DATE))
        self.add(subject, enf(f"{name}Latest"), Literal(value.latest.isoformat(), datatype=_DATE))
        self.add(subject, enf(f"{name}Precision"), Literal(value.precision))

    def amount(self, node: NamedNode, value: Amount) -> None:
        self.add(node, RDF_TYPE, enf("MonetaryAmount"))
        self.add(node, enf("currency"), iri(f"cur:{value.currency}"))
        self.text(node, enf("verbatim"), value.verbatim)
        if value.converted:
            self.add(node, enf("converted"), Literal(True))
        numbers = {"value": value.value, "minimumValue": value.minimum, "maximumValue": value.maximum}
        for name, number in numbers.items():
            if number is not None:
                self.add(node, enf(name), decimal(number))

    def quads(self) -> list[Quad]:
        return list(self._quads)


def decimal(number: Decimal) -> Literal:
    """An xsd:decimal in its canonical form (XSD 1.1 §3.3.3): no exponent, no trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Literal(text, datatype=_DECIMAL)


def map_record(record: Record, iris: Iris) -> list[Quad]:
    """The record graph: the record, the act as it states it, and all that was not understood."""
    node = iris.record(record.source, record.key)
    act = NamedNode(f"{node.value}/decision")
    out = GraphWriter(iris.record_graph(record.source, record.key))
    out.add(node, RDF_TYPE, enf("Record"))
    out.add(node, enf("fromSource"), iris.source(record.source))
    out.text(node, iri("dct:identifier"), record.key)
    if record.page:
        out.add(node, iri("foaf:page"), NamedNode(record.page))
    out.add(node, enf("describes"), act)
    for number, item in enumerate(record.unparsed, start=1):
        kept = NamedNode(f"{node.value}/unparsed/{number}")
        out.add(node, enf("hasUnparsedValue"), kept)
        out.add(kept, RDF_TYPE, enf("UnparsedValue"))
        out.text(kept, enf("unparsedField"), item.field)
        out.text(kept, enf("verbatim"), item.verbatim)
        out.text(kept, enf("unparsedRule"), item.rule)
    _act(out, record, act, iris)
    parties = list(_parties(out, record, node))
    for party, stated in parties:
        if stated.role != "undetermined":
            out.add(act, enf("hasRespondent" if stated.role == "respondent" else "hasComplainant"), party)
    respondents = [party for party, stated in parties if stated.role == "respondent"]
    _findings(out, record, act, iris, respondents)
    for number, measure in enumerate(record.measures, start=1):
        _measure(out, measure, act, NamedNode(f"{act.value}/measure/{number}"), respondents)
    return out.quads()


def _act(out: GraphWriter, record: Record, act: NamedNode, iris: Iris) -> None:
    if record.kind != "AdvisoryOpinion":
        out.add(act, RDF_TYPE, enf("Decision"))
    if record.kind:
        out.add(act, RDF_TYPE, enf(record.kind))
    if record.authority:
        out.add(act, enf("issuedBy"), iris.authority(record.authority))
    out.text(act, enf("officialNumber"), record.official_number)
    out.text(act, enf("ecli"), record.ecli)
    out.concept(act, enf("decisionOutcome"), "decision-outcome", record.outcome)
    out.concept(act, enf("triggerKind"), "trigger", record.trigger)
    out.concept(act, enf("sector"), "sector", record.sector)
    out.concept(act, enf("infringementType"), "infringement-type", record.infringement_type)
    out.text(act, enf("appealStatus"), record.appeal_status)
    out.date(act, "decisionDate", record.decided)
    out.date(act, "publishedDate", record.published)
    out.date(act, "openedDate", record.opened)
    for link in record.links:
        out.add(act, iri("dct:source"), NamedNode(link.url))
    for ref in record.cited:
        out.add(act, enf("citesProvision"), _provision(out, ref, iris))


def _provision(out: GraphWriter, ref: ProvisionRef, iris: Iris) -> NamedNode:
    """The provision's IRI; parts of national laws are described here, with what they are part of."""
    node = iris.provision(ref.instrument, ref.path)
    if ref.instrument != GDPR and ref.path:
        steps = ref.path.split("/")
        for depth in range(len(steps), 0, -1):
            part = iris.provision(ref.instrument, "/".join(steps[:depth]))
            whole = iris.provision(ref.instrument, "/".join(steps[: depth - 1]))
            out.add(part, RDF_TYPE, enf("Provision"))
            out.add(part, enf("partOfProvision"), whole)
    return node


def _parties(out: GraphWriter, record: Record, node: NamedNode) -> Iterator[tuple[NamedNode, Party]]:
    for number, stated in enumerate(record.parties, start=1):
        party = NamedNode(f"{node.value}/party/{number}")
        out.add(node, enf("namesParty"), party)
        out.add(party, RDF_TYPE, enf("Party"))
        if stated.kind in _PARTY_CLASS:
            out.add(party, RDF_TYPE, enf(_PARTY_CLASS[stated.kind]))
        out.text(party, iri("skos:prefLabel"), stated.name)
        out.text(party, enf("nameStatus"), stated.name_status)
        out.text(party, enf("partyDescription"), stated.description)
        yield party, stated


def _findings(
    out: GraphWriter, record: Record, act: NamedNode, iris: Iris, respondents: list[NamedNode]
) -> None:
    for number, ref in enumerate(record.infringed, start=1):
        finding = NamedNode(f"{act.value}/finding/{number}")
        out.add(act, enf("hasFinding"), finding)
        out.add(act, enf("hasEstablishedFinding"), finding)
        out.add(finding, RDF_TYPE, enf("Finding"))
        out.add(finding, enf("concernsProvision"), _provision(out, ref, iris))
        out.concept(finding, enf("findingOutcome"), "finding-outcome", "infringement-established")
        out.text(finding, enf("verbatim"), ref.verbatim)
        for party in respondents:
            out.add(finding, enf("attributedTo"), party)


def _measure(
    out: GraphWriter, measure: Measure, act: NamedNode, node: NamedNode, respondents: list[NamedNode]
) -> None:
    out.add(act, enf("hasMeasure"), node)
    out.add(node, RDF_TYPE, enf(measure.kind))
    out.concept(node, enf("measureStage"), "measure-stage", measure.stage)
    for party in respondents:
        out.add(node, enf("addressedTo"), party)
    if measure.amount is not None:
        amount = NamedNode(f"{node.value}/amount")
        out.add(node, enf("amount"), amount)
        out.amount(amount, measure.amount)
