"""Claims and discrepancies of a curated case: who says what, and where sources disagree.

Both stay out of the decisions' graphs. A claim's content is never stated as a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode

from kg.mapping import case_model as m
from kg.mapping.case_checks import Scope, parse_date, parse_reference
from kg.mapping.case_decision import Names
from kg.mapping.case_quads import CaseGraph, party_iri, source_iri
from kg.mapping.quads import concept
from kg.namespaces import RDF_TYPE, enf, iri


def claim_graphs(file: m.CaseFile, names: Names) -> Iterator[CaseGraph]:
    """`graph/claim/{case}-{id}`, one for each claim, describing nothing but the claim.

    The documents it cites are described in the graph of the discrepancies.
    """
    for claim in file.claims:
        key = f"{file.case.id}-{claim.id}"
        graph = CaseGraph(names.iris.graph("claim", key), names.iris)
        node = names.iris.id("claim", key)
        source = source_iri(names.iris, file.sources[claim.stated_in])
        graph.type(node, "Claim")
        graph.add(node, enf("claimedBy"), _claimant(file, claim, names))
        graph.add(node, enf("statedIn"), source)
        graph.add(node, enf("stance"), concept("claim-stance", claim.stance))
        graph.add(node, enf("aboutNode"), names.target(claim.about))
        graph.add(node, enf("aboutProperty"), _property(claim.property) if claim.property else None)
        graph.text(node, enf("claimedValue"), claim.value)
        graph.words(node, enf("claimText"), claim.text)
        graph.day(node, "claimDate", claim.date)
        citation = NamedNode(f"{node.value}/citation/1")
        graph.add(node, iri("prov:wasDerivedFrom"), citation)
        graph.type(citation, "Citation")
        graph.add(citation, enf("citesSource"), source)
        graph.text(citation, enf("pinpoint"), claim.at)
        yield graph


def _claimant(file: m.CaseFile, claim: m.Claim, names: Names) -> NamedNode:
    if claim.by in file.sources:
        return source_iri(names.iris, file.sources[claim.by])
    if any(party.id == claim.by for party in file.parties):
        return party_iri(names.iris, claim.by)
    return names.iris.authority(claim.by)


def discrepancy_graph(file: m.CaseFile, names: Names, scope: Scope) -> CaseGraph:
    """`graph/quality/discrepancy/{case}`: one node for each value not kept, so that a value and
    the sources that state it stay together; and the documents that claims or discrepancies cite."""
    graph = CaseGraph(names.iris.graph("quality", "discrepancy", file.case.id), names.iris)
    for claim in file.claims:
        for name in {claim.stated_in: None, claim.by: None}:
            if name in file.sources:
                graph.source(file.sources[name])
    rejections = [(found, value) for found in file.discrepancies for value in found.rejected]
    for n, (found, rejected) in enumerate(rejections, start=1):
        node = names.iris.id("discrepancy", file.case.id, str(n))
        graph.type(node, "Discrepancy")
        graph.add(node, enf("discrepancyOf"), names.target(found.node))
        graph.add(node, enf("discrepancyKind"), concept("discrepancy-kind", found.kind))
        graph.add(node, enf("onProperty"), _property(found.property))
        graph.words(node, enf("explanation"), found.explanation)
        for role, valued in (("preferred", found.preferred), ("rejected", rejected)):
            if valued:
                graph.add(node, enf(f"{role}Value"), _literal(found, valued.value, names, scope))
                for name in valued.sources:
                    graph.add(node, enf(f"{role}Source"), graph.source(file.sources[name]))
    return graph


def _literal(found: m.Discrepancy, value: str, names: Names, scope: Scope) -> Literal:
    if found.property == "concernsProvision":
        ref = parse_reference(value, scope.parse_provision)
        node = names.iris.provision(ref.instrument, ref.path)
        return Literal(node.value, datatype=iri("xsd:anyURI"))
    if found.property.endswith("Date") and parse_date(value).precision == "day":
        return Literal(value, datatype=iri("xsd:date"))
    return Literal(value)


def _property(name: str) -> NamedNode:
    return RDF_TYPE if name == "type" else enf(name)
