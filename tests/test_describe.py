"""The descriptions are those of the files: complete, faithful, and the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.compare import isomorphic

from kg.describe import (
    LANGUAGES,
    Document,
    Entry,
    Ref,
    Text,
    concept_document,
    constraint_groups,
    diagrams,
    example,
    ontology_document,
    scheme,
    scheme_document,
    scheme_names,
    schemes_document,
    shapes_document,
    version,
    vocabulary,
    words,
)
from kg.describe.documents import FORMATS
from kg.describe.model import Model
from kg.describe.vocabulary import Branch, entry_of
from kg.errors import NotFound
from kg.formats import Format
from kg.ingest.dataset import MODEL
from kg.namespaces import ENF, SCHEME, SHAPES
from kg.resources import ONTOLOGY, ontology_files
from tests.conftest import ROOT

DOCUMENTS = {
    "ontology": ontology_document(),
    "shapes": shapes_document(),
    "schemes": schemes_document(),
    "gdpr-83": scheme_document("gdpr-83"),
}
CORE = Graph().parse(ONTOLOGY / "core.ttl")


def canonical(quads: list[Quad]) -> set[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def of_files(document: Document) -> list[Quad]:
    return [
        quad
        for file in document.files
        for quad in parse(file.read_bytes(), RdfFormat.TURTLE, rename_blank_nodes=True)
    ]


def read(body: bytes, chosen: Format) -> list[Quad]:
    assert isinstance(chosen.engine, RdfFormat)
    return list(parse(body, chosen.engine))


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda f: f.name)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_format_says_what_the_files_say(name: str, chosen: Format) -> None:
    document = DOCUMENTS[name]
    assert canonical(read(document.serialise(chosen), chosen)) == canonical(of_files(document))


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda f: f.name)
def test_another_library_reads_the_same(chosen: Format) -> None:
    named = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}[chosen.name]
    document = DOCUMENTS["gdpr-83"]
    found = Graph().parse(data=document.serialise(chosen), format=named)
    assert isomorphic(found, Graph().parse(document.files[0]))


def test_the_store_loads_the_same_files() -> None:
    def files(name: str) -> set[str]:
        paths = [ONTOLOGY / part for part in MODEL[name]]
        found = [f for p in paths for f in ([p] if p.is_file() else sorted(p.rglob("*.ttl")))]
        return {str(file) for file in found}

    assert {str(file) for file in ontology_document().files} == files("ontology")
    assert {str(file) for file in schemes_document().files} == files("schemes") - {
        str(ONTOLOGY / "sources.ttl")
    }
    assert set(shapes_document().files) == set(ontology_files("shapes"))


def test_a_concept_comes_with_its_scheme_and_nothing_else() -> None:
    concept, whole = NamedNode(f"{SCHEME}gdpr-83/5-a"), NamedNode(f"{SCHEME}gdpr-83")
    quads = concept_document(concept).quads()
    assert {quad.subject for quad in quads} == {concept, whole}
    stated = of_files(scheme_document("gdpr-83"))
    assert set(quads) == {quad for quad in stated if quad.subject in (concept, whole)}
    with pytest.raises(NotFound):
        concept_document(NamedNode(f"{SCHEME}gdpr-83/5-z"))
    with pytest.raises(NotFound):
        scheme_document("../core")


def test_another_process_writes_the_same_bytes() -> None:
    code = (
        "import hashlib\nfrom kg.describe import *\nfrom kg.describe.documents import FORMATS\n"
        "from pyoxigraph import NamedNode\n"
        f"part = concept_document(NamedNode('{SCHEME}gdpr-83/5-a'))\n"
        "print([hashlib.sha256(d.serialise(f)).hexdigest() for f in FORMATS"
        " for d in (part, ontology_document(), shapes_document())])"
    )
    run = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert run[0].stdout == run[1].stdout != ""


def terms(type_: URIRef) -> set[str]:
    return {str(s).removeprefix(ENF) for s in CORE.subjects(RDF.type, type_) if str(s).startswith(ENF)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_an_entry_in_its_language(language: str) -> None:
    found = vocabulary(language).entries
    assert {e.anchor for e in found["class"]} == terms(OWL.Class)
    assert {e.anchor for e in found["object"]} == terms(OWL.ObjectProperty)
    assert {e.anchor for e in found["datatype"]} == terms(OWL.DatatypeProperty)
    assert {e.anchor for e in found["annotation"]} == terms(OWL.AnnotationProperty)
    for entry in (entry for kind in found.values() for entry in kind):
        assert {t.language for t in (entry.label, *entry.definitions, *entry.notes)} == {language}, (
            entry.anchor
        )
        assert entry.deprecated == ((URIRef(entry.iri), OWL.deprecated, None) in CORE)


def entry(anchor: str, language: str = "en") -> Entry:
    return next(e for kind in vocabulary(language).entries.values() for e in kind if e.anchor == anchor)


def rows(anchor: str, language: str = "en") -> dict[str, list[str]]:
    return {
        row.label: [
            " ".join(part if isinstance(part, str) else part.text.value for part in value)
            for value in row.values
        ]
        for row in entry(anchor, language).rows
    }


def test_axioms_in_words() -> None:
    assert rows("ImposedFine")["same as"] == ["fine having stage of the measure = imposed"]
    assert rows("FinedParty")["follows for"] == ["everything with subject of measure that is imposed fine"]
    assert "under provision then part of provision" in rows("underProvision")["follows from"]
    assert rows("partOfProvision")["characteristics"] == ["transitive"]
    assert rows("hasMeasure")["inverse"] == ["measure of"]
    assert rows("measureOf")["inverse"] == ["has measure"]
    assert rows("decisionDate")["datatype"] == ["xsd:date"]
    assert "party" not in rows("Decision").get("disjoint with", [])
    assert {"measure", "finding", "advisory opinion"} <= set(rows("Decision")["disjoint with"])
    assert rows("ImposedFine", "fr")["équivaut à"] == ["amende ayant stade de la mesure = imposée"]
    assert "90" in rows("appeals")["constraints"]


def test_matches_say_how_close_they_are() -> None:
    alignments = Graph().parse(ONTOLOGY / "alignments.ttl")
    skos = "http://www.w3.org/2004/02/skos/core#"
    for kind in ("exact", "close", "broad", "narrow", "related"):
        for subject, match in alignments.subject_objects(URIRef(f"{skos}{kind}Match")):
            node = str(subject)
            if node.startswith(ENF) and node.removeprefix(ENF) in terms(OWL.Class):
                said = {row.label: row.values for row in entry(node.removeprefix(ENF)).rows}
                mentioned = {
                    ref.iri: word for ref, word in said["matches elsewhere"] if not isinstance(ref, str)
                }
                assert str(match) in mentioned
                assert mentioned[str(match)] == f"({words('en')[f'match_{kind}']})"


def test_deprecated_terms_are_marked_and_say_what_to_use() -> None:
    text = f"""
        @prefix enf: <{ENF}> . @prefix owl: <{OWL}> . @prefix rdfs: <{RDFS}> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dct: <http://purl.org/dc/terms/> .
        enf:Old a owl:Class ; owl:deprecated true ; dct:isReplacedBy enf:New ; rdfs:label "old"@en ;
            skos:example "enf:x a enf:Old ."@en ; skos:scopeNote "Not used any more."@en .
        enf:New a owl:Class ; rdfs:label "new"@en , "neuf"@fr ; owl:deprecated false .
    """
    known = Model(quad.triple for quad in parse(text, RdfFormat.TURTLE))
    old = entry_of(known, NamedNode(f"{ENF}Old"), "class", "fr")
    assert old.deprecated
    assert [(row.label, row.values[0][0]) for row in old.rows] == [
        ("employer plutôt", Ref(Text("neuf", "fr"), f"{ENF}New", "enf:New"))
    ]
    assert (old.label, old.examples[0].value) == (Text("old", "en"), "enf:x a enf:Old .")
    assert not entry_of(known, NamedNode(f"{ENF}New"), "class", "en").deprecated


def test_domains_ranges_and_hierarchy_are_those_of_the_axioms() -> None:
    for kind, type_ in (("object", OWL.ObjectProperty), ("datatype", OWL.DatatypeProperty)):
        for one in vocabulary("en").entries[kind]:
            node, said = URIRef(one.iri), {row.label: row.values for row in one.rows}
            assert (node, RDF.type, type_) in CORE
            for label, predicate in (("domain", RDFS.domain), ("range", RDFS.range)):
                mentioned = {part.iri for v in said.get(label, ()) for part in v if not isinstance(part, str)}
                assert mentioned == {str(value) for value in CORE.objects(node, predicate)}
    drawn: set[tuple[str, str]] = set()

    def walk(branch: Branch) -> None:
        for child in branch.children:
            drawn.add((child.entry.anchor, branch.entry.anchor))
            walk(child)

    for top in vocabulary("en").tree:
        walk(top)
    stated = {
        (str(s).removeprefix(ENF), str(o).removeprefix(ENF))
        for s, o in CORE.subject_objects(RDFS.subClassOf)
        if str(s).startswith(ENF) and str(o).startswith(ENF)
    }
    assert drawn == stated


def test_version_is_that_of_the_version_iri() -> None:
    [stated] = CORE.objects(URIRef(ENF.rstrip("#")), OWL.versionIRI)
    assert str(stated) == f"{ENF.rstrip('#')}/{version()}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_constraint_has_an_entry(language: str) -> None:
    graph = Graph()
    for file in ontology_files("shapes"):
        graph.parse(file)
    stated = {
        str(s).removeprefix(SHAPES): str(o) for s, o in graph.subject_objects(URIRef(f"{ENF}constraint"))
    }
    found = [one for group in constraint_groups(language) for one in group.constraints]
    assert {one.anchor: one.number for one in found} == stated
    assert len(found) == len(stated)
    sh = "http://www.w3.org/ns/shacl#"
    for one in found:
        node = URIRef(SHAPES + one.anchor)
        assert one.messages
        assert one.fixes
        assert {text.language for text in (*one.messages, *one.fixes)} == {language}
        assert not any("{" in text.value for text in one.messages)
        assert one.rule or one.queries or one.checked_elsewhere, one.anchor
        queries = [
            o
            for q in graph.objects(node, URIRef(f"{sh}sparql"))
            for o in graph.objects(q, URIRef(f"{sh}select"))
        ]
        assert [re.sub(r"\s+", "", q) for q in one.queries] == [re.sub(r"\s+", "", str(q)) for q in queries]
        usual = {str(o).removeprefix(sh) for o in graph.objects(node, URIRef(f"{sh}severity"))}
        in_records = {str(o).removeprefix(sh) for o in graph.objects(node, URIRef(f"{ENF}recordSeverity"))}
        for profile, severity, word in one.severities:
            expected = in_records or usual if profile == words(language)["profile_record"] else usual
            assert {severity} == expected
            assert word == words(language)[f"severity_{severity}"]


def test_a_core_rule_reads_as_turtle() -> None:
    found = {one.anchor: one for group in constraint_groups("en") for one in group.constraints}
    assert found["C090"].rule == "sh:path enf:appeals\nsh:minCount 1"
    assert "[ sh:path enf:value ; sh:minCount 1 ]" in found["C038d"].rule
    assert found["C090"].bases[0][0].text.value == "Art. 78(1) GDPR"
    assert found["C090"].bases[0][1].startswith("https://eur-lex.europa.eu/eli/reg/2016/679/art_78/")


def test_examples_are_the_files() -> None:
    path = ONTOLOGY / "examples" / "C090" / "violates.ttl"
    assert example("C090", "violates") == path.read_bytes()
    for constraint, kind in (("C090", "else"), ("..", "violates"), ("C999", "conforms"), ("", "conforms")):
        with pytest.raises(NotFound):
            example(constraint, kind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", scheme_names())
def test_every_concept_is_in_the_tree_once(name: str, language: str) -> None:
    graph = Graph().parse(ONTOLOGY / "schemes" / f"{name}.ttl")
    skos = "http://www.w3.org/2004/02/skos/core#"
    found = scheme(name, language).concepts()
    assert sorted(c.iri for c in found) == sorted(
        str(s) for s in graph.subjects(RDF.type, URIRef(f"{skos}Concept"))
    )
    assert {text.language for c in found for text in (c.label, *c.definitions)} == {language}
    assert all("." not in c.anchor and "/" not in c.anchor for c in found)
    for concept in found:
        assert [child.broader[0].iri for child in concept.children] == [concept.iri] * len(concept.children)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_diagram_shows_what_its_file_names(language: str) -> None:
    described = tomllib.loads((ONTOLOGY / "diagram.toml").read_text("utf-8"))["diagram"]
    found = diagrams(language)
    assert [one.name for one in found] == [one["name"] for one in described]
    for drawn, stated in zip(found, described, strict=True):
        root = ET.fromstring(drawn.svg)
        ns = {"s": "http://www.w3.org/2000/svg"}
        boxes = {a.attrib["href"]: a for a in root.iterfind("s:a[@class='box']", ns)}
        assert set(boxes) == {f"#{name}" for name in stated["classes"]}
        for name in stated["classes"]:
            text = " ".join(span.text or "" for span in boxes[f"#{name}"].iter(f"{{{ns['s']}}}tspan"))
            assert text == entry(name, language).label.value
        pairs = [pair for listed in stated["arrows"].values() for pair in listed]
        assert len(root.findall("s:line", ns)) == len(drawn.arrows) == len(pairs)
        assert {name for pair in pairs for name in pair} <= set(stated["classes"])
        title, told = (root.findtext(f"s:{part}", "", ns) for part in ("title", "desc"))
        assert title == drawn.title == stated["title"][language]
        assert all(a.property_label in told and a.start_label in told for a in drawn.arrows)
        assert not re.search(r"style=|<style|<script", drawn.svg)


def test_diagrams_fit_the_axioms() -> None:
    """An arrow does not start at a class disjoint with the domain, nor end at one disjoint with the range."""
    known = Graph() + CORE
    for one in diagrams("en"):
        for arrow in one.arrows:
            for place, predicate in ((arrow.start, RDFS.domain), (arrow.end, RDFS.range)):
                above = set(known.transitive_objects(URIRef(ENF + place), RDFS.subClassOf))
                for wanted in known.objects(URIRef(arrow.property), predicate):
                    assert wanted in above, arrow


def test_words_are_in_each_language() -> None:
    assert LANGUAGES == ("en", "fr")
    for language in LANGUAGES:
        assert all(words(language).values())
    assert words("en") != words("fr")
