"""Every authority label seen in the sources resolves to the body it names, or says why not."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from kg.normalise.authorities import (
    AuthorityRegistry,
    country_code,
    country_iri,
    country_of,
    label_key,
)

TABLE = Path(__file__).with_name("authority_labels.csv")
OBSERVED = "authorities/observed_authority_strings.csv"

TWO_BODIES = """
@prefix enf: <https://w3id.org/enforcement-kg/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix a: <https://w3id.org/enforcement-kg/id/authority/> .
@prefix country: <http://publications.europa.eu/resource/authority/country/> .
country:FRA a skos:Concept ; skos:notation "FR" ; skos:prefLabel "France"@en ; dct:identifier "FRA" .
country:ITA a skos:Concept ; skos:notation "IT" ; skos:prefLabel "Italy"@en ; dct:identifier "ITA" .
a:fr-one a enf:SupervisoryAuthority ; skos:prefLabel "The Watch"@en ; enf:jurisdiction country:FRA .
a:it-one a enf:SupervisoryAuthority ; skos:prefLabel "The Watch"@en ; enf:jurisdiction country:ITA .
<https://w3id.org/enforcement-kg/id/authority/fr-one/chamber> a enf:AuthorityUnit ;
    enf:acronym "CH" ; org:unitOf a:fr-one .
"""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def registry() -> AuthorityRegistry:
    return AuthorityRegistry.load()


def test_every_observed_label(registry: AuthorityRegistry) -> None:
    wrong = []
    for row in rows():
        found = registry.resolve(row["label"], row["country"])
        right_reason = row["reason"] in found.reason and bool(found.reason) == bool(row["reason"])
        if (found.slug or "") != row["slug"] or not right_reason:
            wrong.append((row, found))
    assert wrong == []


def test_the_table_holds_every_label_of_the_real_data(shared_data: Path) -> None:
    with (shared_data / OBSERVED).open(encoding="utf-8-sig", newline="") as file:
        observed = {(row["string"], row["country"]) for row in csv.DictReader(file)}
    assert observed == {(row["label"], row["country"]) for row in rows()}


def test_expected_slugs_exist_and_belong_to_the_country(registry: AuthorityRegistry) -> None:
    for row in rows():
        if row["slug"]:
            assert row["slug"] in registry.slugs
            assert country_of(row["slug"]) == country_code(row["country"])


@pytest.mark.parametrize(
    ("label", "country", "slug"),
    [
        ("CNIL", "", "fr-cnil"),
        ("cnil (france)", "", "fr-cnil"),
        ("Commission nationale de l’informatique et des libertés", "France", "fr-cnil"),
        ("Commission nationale de l'informatique  et\u00a0des libertés", "FRA", "fr-cnil"),
        ("Formation restreinte", "FR", "fr-cnil/restricted-committee"),
        ("Geschillenkamer", "Belgium", "be-apd/litigation-chamber"),
        ("CNPD", "Portugal", "pt-cnpd"),
        ("CNPD", "LU", "lu-cnpd"),
        ("Datatilsynet", "DENMARK", "dk-datatilsynet"),
        ("Datatilsynet", "NO", "no-datatilsynet"),
        ("Information Commissioner", "UK", "gb-ico"),
        ("Information Commissioner", "Slovenia", "si-ip"),
        ("Datainspektionen", "Sweden", "se-imy"),
        ("Datainspektionen på Åland", "Finland", "ax-di"),
        ("Generalny Inspektor Ochrony Danych Osobowych", "Poland ", "pl-uodo"),
        ("BayLDA", "Germany", "de-by-baylda"),
        ("BVwG", "Austria", "at-bvwg"),
        ("EDPB", "", "eu-edpb"),
    ],
)
def test_a_label_that_identifies_one_body(
    registry: AuthorityRegistry, label: str, country: str, slug: str
) -> None:
    assert registry.resolve(label, country).slug == slug


@pytest.mark.parametrize(
    ("label", "country", "named"),
    [
        ("CNPD", "", ["lu-cnpd", "pt-cnpd"]),
        ("Datatilsynet", "", ["dk-datatilsynet", "no-datatilsynet"]),
        ("Data Protection Authority of Bavaria", "Germany", ["de-by-baylda", "de-by-baylfd"]),
        ("LfDI", "Germany", ["de-bw", "de-hb", "de-mv", "de-rp"]),
        ("Data Protection Authority", "", ["be-apd", "is-personuvernd", "de-bfdi"]),
    ],
)
def test_an_ambiguous_label_names_the_candidates(
    registry: AuthorityRegistry, label: str, country: str, named: list[str]
) -> None:
    found = registry.resolve(label, country)
    assert found.slug is None
    assert found.reason.startswith("ambiguous")
    assert all(slug in found.reason for slug in named)


@pytest.mark.parametrize(
    ("label", "country", "reason"),
    [
        ("Conseil d'État", "", "ambiguous"),
        ("Information Commission", "GB", "unknown label"),
        ("CNIL", "Atlantis", "unknown country"),
        ("EDPB", "Ireland", "conflict: names eu-edpb"),
        ("Some Shop GmbH", "Germany", "company"),
        ("", "Germany", "unknown label"),
    ],
)
def test_nothing_is_guessed(registry: AuthorityRegistry, label: str, country: str, reason: str) -> None:
    found = registry.resolve(label, country)
    assert found.slug is None
    assert found.reason.startswith(reason)


def test_a_reason_never_repeats_an_unknown_label(registry: AuthorityRegistry) -> None:
    assert "Jane" not in registry.resolve("Jane Roe", "Ireland").reason


def test_countries(registry: AuthorityRegistry) -> None:
    texts = ("SPAIN", "Poland ", "EL", "gr", "UK", "EU", "Åland", "Nowhere", "")
    assert [country_code(t) for t in texts] == ["ES", "PL", "GR", "GR", "GB", "EU", "FI", None, None]
    assert country_iri("GR") == NamedNode("http://publications.europa.eu/resource/authority/country/GRC")
    with pytest.raises(KeyError):
        country_iri("XX")
    assert country_of("fr-cnil/restricted-committee") == "FR"
    assert country_of("de-hh") == "DE"
    with pytest.raises(KeyError):
        country_of("fr-nobody")


def test_countries_have_distinct_names(registry: AuthorityRegistry) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        code = country_code(row["country"])
        if code:
            named[label_key(row["country"])].add(code)
    assert all(len(codes) == 1 for codes in named.values())
    assert len({country_iri(country_of(slug)) for slug in registry.slugs}) == 36


def test_a_registry_of_other_files() -> None:
    small = AuthorityRegistry(parse(TWO_BODIES.encode(), format=RdfFormat.TURTLE))
    assert small.slugs == ("fr-one", "fr-one/chamber", "it-one")
    assert small.resolve("the  watch", "italy").slug == "it-one"
    assert small.resolve("ch", "France").slug == "fr-one/chamber"
    assert small.resolve("The Watch").reason == "ambiguous: may be fr-one, it-one"


def test_the_registry_reads_quads_once() -> None:
    quads: list[Quad] = list(parse(TWO_BODIES.encode(), format=RdfFormat.TURTLE))
    assert AuthorityRegistry(iter(quads)).slugs == AuthorityRegistry(reversed(quads)).slugs
    assert AuthorityRegistry.load() is AuthorityRegistry.load()
