"""The GDPR and the authorities as data: complete, connected, unambiguous."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.iris import Iris
from kg.namespaces import PREFIXES, RDF_TYPE, enf, iri
from kg.normalise.authorities import AuthorityRegistry, label_key
from kg.resources import ONTOLOGY, ontology_files

GDPR = Iris().provision("eu/reg/2016/679")
PART_OF = enf("partOfProvision")
NOTATION, PREF_LABEL = iri("skos:notation"), iri("skos:prefLabel")
LANGUAGES_OF_THE_UNION = frozenset(
    {"bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"}
    | {"hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"}
)
DPV = re.compile(r"https://w3id\.org/dpv/legal/([a-z]{2})#DPA-([A-Z]{2}|EDPB|EDPS)(-[A-Za-z-]+)?")


def read(path: Path) -> list[Quad]:
    return list(parse(path=str(path), format=RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def gdpr() -> list[Quad]:
    return read(ONTOLOGY / "law" / "gdpr.ttl")


@pytest.fixture(scope="module")
def authorities() -> list[Quad]:
    return [quad for path in ontology_files("authorities") for quad in read(path)]


def literals(quads: list[Quad], predicate: NamedNode) -> dict[NamedNode, list[Literal]]:
    found: dict[NamedNode, list[Literal]] = defaultdict(list)
    for quad in quads:
        if quad.predicate == predicate and isinstance(quad.object, Literal):
            assert isinstance(quad.subject, NamedNode)
            found[quad.subject].append(quad.object)
    return found


def instances(quads: list[Quad], *classes: NamedNode) -> list[NamedNode]:
    return [
        q.subject
        for q in quads
        if q.predicate == RDF_TYPE and q.object in classes and isinstance(q.subject, NamedNode)
    ]


def test_the_gdpr_has_its_provisions(gdpr: list[Quad]) -> None:
    provisions = instances(gdpr, enf("Provision"))
    assert len(provisions) == len(set(provisions)) == 877
    assert len([p for p in provisions if re.search(r"/679/art_\d+$", p.value)]) == 99


def test_every_provision_is_part_of_the_next_larger_one(gdpr: list[Quad]) -> None:
    parents = {q.subject: q.object for q in gdpr if q.predicate == PART_OF}
    provisions = instances(gdpr, enf("Provision"))
    assert set(parents) == set(provisions)
    assert len([q for q in gdpr if q.predicate == PART_OF]) == len(provisions)
    for provision, parent in parents.items():
        assert isinstance(provision, NamedNode)
        assert parent in parents or parent == GDPR
        assert isinstance(parent, NamedNode)
        assert parent.value == provision.value.rpartition("/")[0]


@pytest.mark.parametrize(
    ("path", "notation", "english", "french"),
    [
        ("art_6/par_1/pnt_f", "6(1)(f)", "Art. 6(1)(f) GDPR", "art. 6, § 1, point f), RGPD"),
        ("art_4/pnt_16/pnt_a", "4(16)(a)", "Art. 4(16)(a) GDPR", "art. 4, point 16), sous a), RGPD"),
        (
            "art_53/par_1/pnt_indent_2",
            "53(1) indent 2",
            "Art. 53(1), second indent, GDPR",
            "art. 53, § 1, deuxième tiret, RGPD",
        ),
        ("art_50/pnt_d", "50(d)", "Art. 50(d) GDPR", "art. 50, point d), RGPD"),
        ("art_33", "33", "Art. 33 GDPR", "art. 33 RGPD"),
    ],
)
def test_a_provision_is_named_as_lawyers_name_it(
    gdpr: list[Quad], path: str, notation: str, english: str, french: str
) -> None:
    node = Iris().provision("eu/reg/2016/679", path)
    assert literals(gdpr, NOTATION)[node] == [Literal(notation)]
    assert set(literals(gdpr, PREF_LABEL)[node]) == {
        Literal(english, language="en"),
        Literal(french, language="fr"),
    }


def test_notations_and_labels_are_unique(gdpr: list[Quad]) -> None:
    notations = literals(gdpr, NOTATION)
    assert all(len(values) == 1 for values in notations.values())
    assert max(Counter(v for values in notations.values() for v in values).values()) == 1
    labels = literals(gdpr, PREF_LABEL)
    assert max(Counter(v for values in labels.values() for v in values).values()) == 1
    assert set(notations) == set(labels) == {*instances(gdpr, enf("Provision")), GDPR}


def test_articles_have_their_title_in_every_official_language(gdpr: list[Quad]) -> None:
    titles = literals(gdpr, iri("dct:title"))
    articles = {node: values for node, values in titles.items() if node != GDPR}
    assert len(articles) == 99
    for values in articles.values():
        assert len(values) == 24
        assert {v.language for v in values} == LANGUAGES_OF_THE_UNION
        assert all(v.value.strip() == v.value != "" for v in values)


def test_the_gdpr_applies_from_the_date_of_article_99(gdpr: list[Quad]) -> None:
    assert instances(gdpr, enf("LegalInstrument")) == [GDPR]
    (start,) = literals(gdpr, enf("validFrom"))[GDPR]
    assert start == Literal("2018-05-25", datatype=iri("xsd:date"))


def test_links_to_eur_lex_have_the_form_dpv_uses(gdpr: list[Quad]) -> None:
    links = {q.subject: q.object for q in gdpr if q.predicate == iri("rdfs:seeAlso")}
    eli = re.compile(r"https://eur-lex\.europa\.eu/eli/reg/2016/679/(art_\d+(/par_\d+(/pnt_[a-z])?)?/)?oj")
    assert all(isinstance(v, NamedNode) and eli.fullmatch(v.value) for v in links.values())
    expected = "https://eur-lex.europa.eu/eli/reg/2016/679/art_6/par_1/pnt_a/oj"
    assert links[Iris().provision("eu/reg/2016/679", "art_6/par_1/pnt_a")] == NamedNode(expected)
    assert len(set(links.values())) == len(links)


def test_no_file_has_blank_nodes_or_is_heavy(gdpr: list[Quad], authorities: list[Quad]) -> None:
    for quad in [*gdpr, *authorities]:
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, NamedNode | Literal)
    assert (ONTOLOGY / "law" / "gdpr.ttl").stat().st_size < 2 * 1024 * 1024


def test_no_two_authorities_share_a_label_in_one_country(authorities: list[Quad]) -> None:
    registry = AuthorityRegistry.load()
    base = Iris().authority("").value
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "enf:acronym", "enf:formerName"):
        for node, values in literals(authorities, iri(name)).items():
            slug = node.value.removeprefix(base)
            if slug != node.value:
                for value in values:
                    bearers[registry.country_of(slug), label_key(value.value)].add(slug)
    assert {key: slugs for key, slugs in bearers.items() if len(slugs) > 1} == {}
    assert len(bearers) > 400


def test_every_authority_has_names_language_and_place(authorities: list[Quad]) -> None:
    registry = AuthorityRegistry.load()
    labels = literals(authorities, PREF_LABEL)
    about = {(q.subject, q.predicate) for q in authorities}
    for slug in registry.slugs:
        node = Iris().authority(slug)
        languages = [v.language for v in labels[node]]
        assert {"en", "fr"} <= set(languages)
        assert len(languages) == len(set(languages))
        assert (node, iri("dct:language")) in about
        assert ((node, enf("jurisdiction")) in about) != ((node, iri("org:unitOf")) in about)


def test_matches_to_dpv_are_authorities_of_the_same_country(authorities: list[Quad]) -> None:
    base = Iris().authority("").value
    matches = [q for q in authorities if q.predicate == iri("skos:closeMatch")]
    for quad in matches:
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, NamedNode)
        form = DPV.fullmatch(quad.object.value)
        assert form, quad.object
        assert quad.subject.value.removeprefix(base)[:2] == form[1]
        assert form[2] in (form[1].upper(), "EDPB", "EDPS")
    assert len({q.object for q in matches}) == len({q.subject for q in matches}) == len(matches) == 52


def test_the_matches_are_iris_that_dpv_defines(authorities: list[Quad], shared_data: Path) -> None:
    defined = (shared_data / "authorities" / "dpv_2.3_authorities.csv").read_text(encoding="utf-8")
    for quad in authorities:
        if quad.predicate == iri("skos:closeMatch"):
            assert isinstance(quad.object, NamedNode)
            assert f",{quad.object.value}," in defined


def test_regions_are_of_the_authoritys_country(authorities: list[Quad]) -> None:
    registry = AuthorityRegistry.load()
    base = Iris().authority("").value
    regions = literals(authorities, enf("regionCode"))
    assert len(regions) == 21
    for node, values in regions.items():
        (code,) = values
        assert code.value.startswith(registry.country_of(node.value.removeprefix(base)) + "-")


def test_collections_of_labels_name_authorities_that_exist(authorities: list[Quad]) -> None:
    known = {Iris().authority(slug) for slug in AuthorityRegistry.load().slugs}
    members = {q.object for q in authorities if q.predicate == iri("skos:member")}
    assert members
    assert members <= known
    countries = [q.object for q in authorities if q.predicate == enf("jurisdiction")]
    described = instances(authorities, iri("skos:Concept"))
    assert set(countries) == set(described)
    assert all(node.value.startswith(PREFIXES["country"]) for node in described)
