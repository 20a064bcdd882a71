"""A typed record as quads: one named graph, no store, no clock, no blank nodes."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.mapping.quads import PARTY_CLASS, Graph
from kg.model import Amount, Measure, Party, Record
from kg.namespaces import enf, iri


def map_record(record: Record, iris: Iris) -> list[Quad]:
    """The record graph: the record, the act as it states it, and all that was not understood."""
    node = iris.record(record.source, record.key)
    act = NamedNode(f"{node.value}/decision")
    out = Graph(iris.record_graph(record.source, record.key), iris)
    out.type(node, "Record")
    out.add(node, enf("fromSource"), iris.source(record.source))
    out.text(node, iri("dct:identifier"), record.key)
    if record.page:
        out.add(node, iri("foaf:page"), NamedNode(record.page))
    out.add(node, enf("describes"), act)
    for number, item in enumerate(record.unparsed, start=1):
        kept = NamedNode(f"{node.value}/unparsed/{number}")
        out.add(node, enf("hasUnparsedValue"), kept)
        out.type(kept, "UnparsedValue")
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
    return list(out.quads)


def _act(out: Graph, record: Record, act: NamedNode, iris: Iris) -> None:
    if record.kind != "AdvisoryOpinion":
        out.type(act, "Decision")
    if record.kind:
        out.type(act, record.kind)
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
        out.add(act, enf("citesProvision"), out.provision(ref))


def _parties(out: Graph, record: Record, node: NamedNode) -> Iterator[tuple[NamedNode, Party]]:
    for number, stated in enumerate(record.parties, start=1):
        party = NamedNode(f"{node.value}/party/{number}")
        out.add(node, enf("namesParty"), party)
        out.type(party, "Party")
        if stated.kind in PARTY_CLASS:
            out.type(party, PARTY_CLASS[stated.kind])
        out.text(party, iri("skos:prefLabel"), stated.name)
        out.text(party, enf("nameStatus"), stated.name_status)
        out.text(party, enf("partyDescription"), stated.description)
        yield party, stated


def _findings(out: Graph, record: Record, act: NamedNode, iris: Iris, respondents: list[NamedNode]) -> None:
    for number, ref in enumerate(record.infringed, start=1):
        finding = NamedNode(f"{act.value}/finding/{number}")
        out.add(act, enf("hasFinding"), finding)
        out.add(act, enf("hasEstablishedFinding"), finding)
        out.type(finding, "Finding")
        out.add(finding, enf("concernsProvision"), out.provision(ref))
        out.concept(finding, enf("findingOutcome"), "finding-outcome", "infringement-established")
        out.text(finding, enf("verbatim"), ref.verbatim)
        for party in respondents:
            out.add(finding, enf("attributedTo"), party)


def _measure(
    out: Graph, measure: Measure, act: NamedNode, node: NamedNode, respondents: list[NamedNode]
) -> None:
    out.add(act, enf("hasMeasure"), node)
    out.type(node, measure.kind)
    out.concept(node, enf("measureStage"), "measure-stage", measure.stage)
    for party in respondents:
        out.add(node, enf("addressedTo"), party)
    if measure.amount is not None:
        amount = NamedNode(f"{node.value}/amount")
        out.add(node, enf("amount"), amount)
        _amount(out, amount, measure.amount)


def _amount(out: Graph, node: NamedNode, stated: Amount) -> None:
    out.sum(node, stated.currency, stated.value, stated.minimum, stated.maximum)
    out.text(node, enf("verbatim"), stated.verbatim)
    if stated.converted:
        out.add(node, enf("converted"), Literal(True))
