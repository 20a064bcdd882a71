"""The named queries: their headers, their terms, and what they answer, byte for byte.

`python -m tests.golden.regenerate` writes the answers anew; every difference is to be read
against the cases before it is kept.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

import pytest
import yaml
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.catalogue import NamedQuery, load_queries
from kg.guard import check_query
from kg.namespaces import ENF, PREFIXES, SCHEME, iri
from kg.resources import ONTOLOGY, ontology_files
from tests.conftest import ROOT
from tests.golden.answers import Case, answer, cases, csv, stale

pytestmark = pytest.mark.xdist_group("queries")  # one worker loads the datasets

QUERIES: Final = load_queries()
CASES: Final = cases()
NAMED: Final = pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
OF_CASES: Final = pytest.mark.parametrize("case", CASES, ids=str)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT: Final = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
_PREFIX: Final = re.compile(r"PREFIX (\w+): <([^>]+)>")


def body(query: NamedQuery) -> str:
    """The query without its prologue, comments and strings."""
    return _PREFIX.sub("", _COMMENT.sub("", _STRING.sub('""', query.text)))


def rows(case: Case) -> list[dict[str, str]]:
    """The solutions as texts; what is unbound is left out."""
    found = answer(case)
    names = [variable.value for variable in found.variables]
    return [
        {name: term.value for name, term in zip(names, solution, strict=True) if term is not None}
        for solution in found
    ]


def test_the_library_is_not_small() -> None:
    assert len(QUERIES) >= 40


@NAMED
def test_a_query_says_what_it_is(query: NamedQuery) -> None:
    assert len(query.title) <= 70
    assert len(query.description) >= 100
    assert query.tags
    assert all(len(line) <= 110 for line in query.text.splitlines())


@NAMED
def test_a_query_opens_no_connection_and_names_no_dataset(query: NamedQuery) -> None:
    check_query(query.text, max_bytes=65536)
    assert not re.search(r"\b(SERVICE|FROM|LOAD)\b", body(query))


@NAMED
def test_a_query_uses_its_parameters(query: NamedQuery) -> None:
    for parameter in query.parameters:
        # once where it is projected, and once where it does something
        assert len(re.findall(rf"\?{parameter.name}\b", body(query))) >= 2, parameter.name


@NAMED
def test_a_query_names_only_what_exists(query: NamedQuery) -> None:
    prefixes = dict(_PREFIX.findall(query.text))
    text = body(query)
    for prefix, namespace in prefixes.items():
        assert namespace in {*PREFIXES.values()} or namespace.startswith(SCHEME), namespace
        names = re.findall(rf"(?<![\w:/?]){prefix}:([\w-]+)|/{prefix}:([\w-]+)", text)
        assert names, f"{prefix} is declared for nothing"
        for name in {first or second for first, second in names}:
            if namespace == ENF or namespace.startswith(SCHEME):
                assert namespace + name in defined(), f"{prefix}:{name}"


@cache
def defined() -> frozenset[str]:
    """The terms that the ontology and the schemes declare."""
    files = [ONTOLOGY / "core.ttl", *ontology_files("schemes")]
    return frozenset(
        quad.subject.value
        for file in files
        for quad in parse(path=str(file), format=RdfFormat.TURTLE)
        if isinstance(quad.subject, NamedNode) and quad.predicate == iri("rdf:type")
    )


@OF_CASES
def test_the_answer_is_the_golden_one(case: Case) -> None:
    golden = case.file.read_bytes()
    assert csv(case) == golden
    assert golden.count(b"\n") > 1, "a golden answer without a row proves nothing"


@OF_CASES
def test_the_order_is_total(case: Case) -> None:
    query = QUERIES[case.query]
    order = re.search(r"\nORDER BY ([^{}]+)\Z", query.text)
    assert order is not None
    keys = re.findall(r"\?(\w+)", order[1])
    distinct = {tuple(sorted(row.items())) for row in rows(case)}
    assert len({tuple(dict(row).get(key) for key in keys) for row in distinct}) == len(distinct)


@pytest.mark.parametrize("case", [case for case in CASES if not case.given], ids=str)
def test_binding_a_parameter_keeps_the_rows_that_have_its_value(case: Case) -> None:
    everything = rows(case)
    for parameter in QUERIES[case.query].parameters:
        values = [row[parameter.name] for row in everything if parameter.name in row]
        if parameter.default is None and values:
            given = {parameter.name: values[-1]}
            kept = [row for row in everything if row.get(parameter.name) == values[-1]]
            assert rows(replace(case, given=given)) == kept, parameter.name


def test_there_is_no_golden_answer_to_a_question_nobody_asks() -> None:
    assert not list(stale())


def test_every_query_is_asked() -> None:
    assert {case.query for case in CASES} == set(QUERIES)


# ---- Recounts: the same numbers, from the curators' files and by other means


def curated() -> list[dict[str, Any]]:
    """The curators' files, every value as a text."""
    return [
        yaml.load(path.read_text("utf-8"), yaml.BaseLoader) for path in sorted((ROOT / "data").glob("*.yaml"))
    ]


def decisions() -> list[dict[str, Any]]:
    return [decision for file in curated() for decision in file["decisions"]]


def test_imposed_fines_add_up_to_those_of_the_files() -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    counts: Counter[str] = Counter()
    for decision in decisions():
        for measure in decision.get("measures", []):
            if (
                measure["kind"] in ("AdministrativeFine", "CourtFine")
                and measure.get("stage", "imposed") == "imposed"
            ):
                sums[measure["amount"]["currency"]] += Decimal(measure["amount"].get("value", 0))
                counts[measure["amount"]["currency"]] += 1
    for name in ("fines-by-country", "fines-by-authority", "fines-by-year", "largest-fines"):
        asked: dict[str, Decimal] = defaultdict(Decimal)
        asked_counts: Counter[str] = Counter()
        for row in rows(Case(name)):
            asked[row["currency"]] += Decimal(row["imposed"])
            asked_counts[row["currency"]] += int(row["fines"])
        assert (asked, asked_counts) == (sums, counts), name


def test_established_findings_are_those_of_the_files() -> None:
    counts: Counter[str] = Counter()
    for decision in decisions():
        for finding in decision.get("findings", []):
            if finding["outcome"] == "infringement-established" and finding["provision"].startswith("gdpr "):
                counts["art_" + re.split(r"[ (]", finding["provision"])[1]] += 1
    asked = {
        row["article"].rpartition("/")[2]: int(row["established"])
        for row in rows(Case("provisions-by-findings"))
    }
    assert {article: count for article, count in asked.items() if count} == dict(counts)


def test_every_discrepancy_of_the_files_is_told() -> None:
    values = sum(len(found["rejected"]) for file in curated() for found in file.get("discrepancies", []))
    assert len(rows(Case("discrepancies"))) == values
    claims = rows(Case("claims-and-answers"))
    assert len(claims) == sum(len(file.get("claims", [])) for file in curated())
    for claim in claims:
        assert {"claimant", "stance", "stated_in", "about", "held", "decision"} <= set(claim), claim
    assert {"Clearview AI, Inc.", "French Data Protection Authority"} <= {
        claim["claimant"] for claim in claims
    }


def one(query: str, **having: str) -> dict[str, str]:
    found = [row for row in rows(Case(query)) if having.items() <= row.items()]
    assert len(found) == 1, found
    return found[0]


def test_a_liquidated_penalty_is_no_fine() -> None:
    france = one("fines-by-country", country_name="France")
    clearview = one("largest-fines", number="SAN-2022-019")
    assert clearview["imposed"] == clearview["after_judgments"] == "20000000"
    assert "SAN-2023-005" not in {row.get("number") for row in rows(Case("largest-fines"))}
    assert int(france["imposed"]) == sum(
        int(row["imposed"]) for row in rows(Case("largest-fines")) if "fr-cnil" in row["decision"]
    )
    penalty = one("periodic-penalties", number="SAN-2022-019")
    assert (penalty["days"], penalty["ceiling"], penalty["liquidated"]) == ("53", "5300000", "5200000")
    assert penalty["share_percent"] == "98.11"


def test_a_fine_annulled_by_a_judgment_that_was_annulled_is_open_again() -> None:
    clearview = one("largest-fines", currency="GBP", imposed="7552800")
    assert (clearview["after_judgments"], clearview["in_court"]) == ("7552800", "open again")
    intended = [row for row in rows(Case("largest-fines")) if row["imposed"] in ("17000000", "183390000")]
    assert not intended


def test_what_courts_left_of_fines() -> None:
    left = {(row["imposed"], row["after_judgments"], row["in_court"]) for row in rows(Case("largest-fines"))}
    assert {
        ("14385000", "0", "annulled"),
        ("460000", "350000", "sum changed"),
        ("75000000", "52000000", "sum changed"),
        ("65000000", "65000000", "sum unchanged"),
    } <= left


def test_a_joint_fine_counts_once_and_a_restored_judgment_counts_again() -> None:
    counted = {row["currency"]: row for row in rows(Case("fines-by-country", dataset="counting"))}
    assert set(counted) == {"EUR", "GBP", "SEK"}, "a recommended fine (DKK) is not counted"
    british = counted["GBP"]
    assert (british["fines"], british["imposed"], british["after_judgments"]) == ("2", "350000", "50000")
    assert counted["SEK"]["after_judgments"] == "800000", "the last judgment counts"
    assert counted["EUR"]["sums_unknown"] == "1"
