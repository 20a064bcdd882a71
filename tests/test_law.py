"""The law as data: every rule is dated and has its source; what the GDPR says is what it says."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, SKOS
from rdflib.term import Node

from kg.namespaces import BASE, PREFIXES
from kg.resources import ontology_files
from kg.shapes.reference import Reference

E = Namespace(PREFIXES["enf"])
TIER = Namespace(f"{BASE}scheme/gdpr-83/")
GDPR = f"{BASE}id/prov/eu/reg/2016/679"
RULES = ("PenaltyTier", "FineBar", "DailyPenaltyRule", "LegalTender", "FiningBand", "FiningStep")


@cache
def law() -> Graph:
    graph = Graph()
    for path in ontology_files("law"):
        graph.parse(path)
    return graph


def rules() -> list[Node]:
    return sorted({node for name in RULES for node in law().subjects(RDF.type, E[name])}, key=str)


def cap(rule: Node) -> tuple[Decimal, str]:
    amount = law().value(rule, E.fixedCap)
    return law().value(amount, E.value).toPython(), str(law().value(amount, E.currency))[-3:]  # type: ignore[union-attr]


def test_there_are_rules_of_every_kind() -> None:
    assert all(list(law().subjects(RDF.type, E[name])) for name in RULES)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule).rpartition("/")[2])
def test_a_rule_is_dated_and_has_its_source(rule: Node) -> None:
    cited = [*law().objects(rule, E.legalBasis), *law().objects(rule, DCTERMS.source)]
    assert cited
    assert all(isinstance(node, URIRef) for node in cited)
    assert list(law().objects(rule, E.validFrom)) or list(law().objects(rule, E.validTo))


def test_provisions_of_the_gdpr_that_are_cited_exist() -> None:
    cited = {*law().objects(None, E.legalBasis), *law().objects(None, E.coversProvision)}
    known = set(law().subjects(RDF.type, E.Provision)) | set(law().subjects(RDF.type, E.LegalInstrument))
    assert [node for node in cited if str(node).startswith(GDPR) and node not in known] == []


@pytest.mark.parametrize("notation", ["4-a", "4-b", "4-c", "5-a", "5-b", "5-c", "5-d", "5-e", "6"])
def test_the_tiers_of_article_83(notation: str) -> None:
    low = notation.startswith("4")
    assert cap(TIER[notation]) == (Decimal(10_000_000 if low else 20_000_000), "EUR")
    rate = law().value(TIER[notation], E.turnoverRate)
    assert rate is not None
    assert rate.toPython() == Decimal("0.02" if low else "0.04")  # type: ignore[attr-defined]
    basis = f"{GDPR}/art_83/par_{notation[0]}" + (f"/pnt_{notation[2]}" if "-" in notation else "")
    assert list(law().objects(TIER[notation], E.legalBasis)) == [URIRef(basis)]
    assert (TIER[notation], E.unverified, None) not in law()


def test_only_the_law_of_the_union_was_verified() -> None:
    doubtful = {rule for rule in rules() if (rule, E.unverified, None) in law()}
    assert all(str(rule).startswith((TIER, f"{BASE}id/rule/edpb-")) for rule in {*rules()} - doubtful)


@pytest.mark.parametrize("name", ["minimumShare", "maximumShare"])
def test_bands_are_shares(name: str) -> None:
    for band in law().subjects(RDF.type, E.FiningBand):
        low, high = (law().value(band, E[n]).toPython() for n in ("minimumShare", "maximumShare"))  # type: ignore[union-attr]
        assert 0 <= low < high <= 1


def test_the_steps_are_five_in_order() -> None:
    steps = sorted(str(law().value(step, SKOS.notation)) for step in law().subjects(RDF.type, E.FiningStep))
    assert steps == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("node", "rule"),
    [
        (f"{GDPR}/art_32/par_1", str(TIER["4-a"])),
        (f"{GDPR}/art_83/par_6", ""),
        (f"{BASE}id/authority/at-dsb", f"{BASE}id/rule/at-public-bodies"),
        (f"{BASE}id/authority/fr-cnil", f"{BASE}id/rule/fr-daily-ordinary/amount"),
        (f"{BASE}scheme/seriousness/low", f"{BASE}id/rule/edpb-04-2022-seriousness-low"),
    ],
)
def test_validation_sees_the_rules_for_what_a_graph_points_to(node: str, rule: str) -> None:
    from pyoxigraph import NamedNode

    described = {str(t.subject.value) for t in Reference.load().describe(NamedNode(node))}  # type: ignore[union-attr]
    assert (rule in described) if rule else not any("/gdpr-83/" in name for name in described)
