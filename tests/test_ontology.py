"""The model as data: it parses, it is complete in two languages, it is OWL 2 RL and consistent,
and nothing anywhere uses a term or a concept that it does not define."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import owlrl
import pyoxigraph
import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.namespaces import BASE, ENF, PREFIXES, SCHEME, SHAPES
from kg.resources import ONTOLOGY, QUERIES, ROOT, ontology_files

E = Namespace(ENF)
ONTOLOGY_IRI = URIRef(f"{BASE}ontology")
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual}
ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
LANGUAGES = {"en", "fr"}


@cache
def core() -> Graph:
    return Graph().parse(ONTOLOGY / "core.ttl")


@cache
def schemes() -> Graph:
    graph = Graph()
    for path in [*ontology_files("schemes"), ONTOLOGY / "sources.ttl"]:
        graph.parse(path)
    return graph


@cache
def terms() -> frozenset[str]:
    """Local names of the ontology's terms."""
    return frozenset(str(s)[len(ENF) :] for s in core().subjects(RDFS.isDefinedBy, ONTOLOGY_IRI))


def languages(graph: Graph, subject: Node, predicate: URIRef) -> list[str]:
    return sorted(o.language or "" for o in graph.objects(subject, predicate) if isinstance(o, Literal))


# ---- the ontology itself


@pytest.mark.parametrize("path", ontology_files(), ids=lambda p: p.relative_to(ONTOLOGY).as_posix())
def test_parses_alike_in_both_libraries(path: Path) -> None:
    engine = pyoxigraph.parse(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    assert len({str(quad) for quad in engine}) == len(Graph().parse(path)) > 0


def test_has_exactly_one_version_iri() -> None:
    assert list(core().subjects(RDF.type, OWL.Ontology)) == [ONTOLOGY_IRI]
    assert list(core().objects(None, OWL.versionIRI)) == [URIRef(f"{BASE}ontology/0.1.0")]


def test_no_term_is_described_without_being_defined() -> None:
    described = {str(s)[len(ENF) :] for s in core().subjects() if str(s).startswith(ENF)}
    assert described == terms()


@pytest.mark.parametrize("name", sorted(terms()))
def test_term_is_labelled_and_defined_in_both_languages(name: str) -> None:
    term = E[name]
    assert len(set(core().objects(term, RDF.type)) & KINDS) == 1
    assert languages(core(), term, RDFS.label) == ["en", "fr"]
    assert languages(core(), term, SKOS.definition) == ["en", "fr"]
    assert languages(core(), term, SKOS.scopeNote) in ([], ["en", "fr"])


def test_labels_tell_terms_of_one_kind_apart() -> None:
    for kind in KINDS:
        labels = [label for s in core().subjects(RDF.type, kind) for label in core().objects(s, RDFS.label)]
        assert {label for label in labels if labels.count(label) > 1} == set()


def test_value_schemes_and_datatypes_are_stated() -> None:
    for prop in core().subjects(RDF.type, OWL.DatatypeProperty):
        assert not list(core().objects(prop, RDFS.range)), prop
        assert len(list(core().objects(prop, E.valueDatatype))) <= 1
    for scheme in core().objects(None, E.valueScheme):
        assert (scheme, RDF.type, SKOS.ConceptScheme) in schemes(), scheme
    for prop in core().subjects(RDFS.range, SKOS.Concept):
        assert (prop, E.valueScheme, None) in core(), prop
    used = {str(scheme) for scheme in core().objects(None, E.valueScheme)}
    ours = {str(s) for s in schemes().subjects(RDF.type, SKOS.ConceptScheme) if str(s).startswith(SCHEME)}
    assert ours == used


def test_kinds_of_decision_are_leaves() -> None:
    kinds = set(core().subjects(RDFS.subClassOf, E.Decision))
    assert {E.FormalNotice, E.SanctionDecision, E.PenaltyLiquidationDecision, E.AppealJudgment} <= kinds
    assert not [kind for kind in kinds if list(core().subjects(RDFS.subClassOf, kind))]


def test_blank_nodes_only_where_owl_needs_them() -> None:
    for node in {s for s in core().subjects() if isinstance(s, BNode)}:
        kinds = set(core().objects(node, RDF.type))
        assert kinds <= {OWL.Restriction, OWL.Class, OWL.AllDisjointClasses}
        assert kinds or (node, RDF.first, None) in core()
    assert not [t for t in schemes() if any(isinstance(node, BNode) for node in t)]


# ---- the profile (OWL 2 Profiles, section 4.2)


def _members(graph: Graph, node: Node) -> list[Node]:
    return list(Collection(graph, node))


def outside_rl(graph: Graph) -> Iterator[str]:
    """Axioms that OWL 2 RL or this project's own rules (no imports, keys, functional data) forbid."""
    for banned in (OWL.imports, OWL.hasKey, OWL.disjointUnionOf, OWL.hasSelf):
        yield from (f"{banned}: {s}" for s in graph.subjects(banned))
    for prop in graph.subjects(RDF.type, OWL.ReflexiveProperty):
        yield f"reflexive: {prop}"
    for prop in graph.subjects(RDF.type, OWL.FunctionalProperty):
        if (prop, RDF.type, OWL.DatatypeProperty) in graph:
            yield f"functional data property: {prop}"
    for sub, sup in graph.subject_objects(RDFS.subClassOf):
        yield from (f"subclass side: {x}" for x in _bad(graph, sub, "sub"))
        yield from (f"superclass side: {x}" for x in _bad(graph, sup, "super"))
    for side in graph.subject_objects(OWL.equivalentClass):
        yield from (f"equivalent class: {x}" for node in side for x in _bad(graph, node, "equivalent"))
    for edge in (RDFS.domain, RDFS.range):
        for node in graph.objects(None, edge):
            yield from (f"domain or range: {x}" for x in _bad(graph, node, "super"))
    for left, right in graph.subject_objects(OWL.disjointWith):
        yield from (f"disjoint: {x}" for node in (left, right) for x in _bad(graph, node, "sub"))


ALLOWED = {
    "sub": {OWL.intersectionOf, OWL.unionOf, OWL.oneOf, OWL.someValuesFrom, OWL.hasValue},
    "super": {
        OWL.intersectionOf, OWL.complementOf, OWL.allValuesFrom, OWL.hasValue,
        OWL.maxCardinality, OWL.maxQualifiedCardinality,
    },
    "equivalent": {OWL.intersectionOf, OWL.hasValue},
}  # fmt: skip
CONSTRUCTS = set().union(*ALLOWED.values()) | {OWL.minCardinality, OWL.cardinality, OWL.qualifiedCardinality,
                                              OWL.minQualifiedCardinality, OWL.hasSelf}  # fmt: skip
CARDINALITIES = {OWL.maxCardinality, OWL.maxQualifiedCardinality}


def _bad(graph: Graph, node: Node, side: str) -> Iterator[str]:
    if isinstance(node, URIRef):
        if node == OWL.Thing and side != "sub":
            yield "owl:Thing"
        return
    for construct in CONSTRUCTS & set(graph.predicates(node)):
        value = graph.value(node, construct)
        assert value is not None
        if construct not in ALLOWED[side]:
            yield str(construct)
        elif construct in CARDINALITIES and int(str(value)) > 1:
            yield f"{construct} {value}"
        elif construct in (OWL.intersectionOf, OWL.unionOf):
            for member in _members(graph, value):
                yield from _bad(graph, member, side)
        elif construct in (OWL.someValuesFrom, OWL.allValuesFrom):
            if value != OWL.Thing:
                yield from _bad(graph, value, side)
        elif construct == OWL.complementOf:
            yield from _bad(graph, value, "sub")


def test_ontology_is_owl_2_rl() -> None:
    assert list(outside_rl(core())) == []


@pytest.mark.parametrize(
    "axiom",
    [
        "enf:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty enf:p ; owl:someValuesFrom enf:B ] .",
        "enf:A rdfs:subClassOf [ owl:unionOf ( enf:B enf:C ) ] .",
        "enf:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty enf:p ; owl:maxCardinality 2 ] .",
        "enf:A owl:equivalentClass [ a owl:Restriction ; owl:onProperty enf:p ; owl:someValuesFrom enf:B ] .",
        "enf:p rdfs:range [ owl:unionOf ( enf:B enf:C ) ] .",
        "enf:A owl:hasKey ( enf:p ) .",
        "enf:p a owl:DatatypeProperty , owl:FunctionalProperty .",
    ],
)
def test_profile_check_reports_what_is_outside(axiom: str) -> None:
    prefixes = "".join(f"@prefix {p}: <{PREFIXES[p]}> .\n" for p in ("enf", "owl", "rdfs"))
    assert list(outside_rl(Graph().parse(data=prefixes + axiom, format="turtle")))


# ---- what follows from it


def closed(*facts: tuple[Node, Node, Node], model: bool = False) -> Graph:
    graph = Graph()
    for source in (core(), schemes()) if model else (core(),):
        graph += source
    for fact in facts:
        graph.add(fact)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def stage(notation: str) -> URIRef:
    return URIRef(f"{SCHEME}measure-stage/{notation}")


ESTABLISHED = URIRef(f"{SCHEME}finding-outcome/infringement-established")
X, Y, Z = (URIRef(f"{BASE}id/test/{name}") for name in "xyz")


def test_model_alone_is_consistent() -> None:
    assert list(closed(model=True).objects(None, ERROR)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (E.AdministrativeFine, E.LiquidatedPenalty),
        (E.AdministrativeFine, E.PeriodicPenalty),
        (E.SanctionDecision, E.AdvisoryOpinion),
        (E.LegalEntity, E.NaturalPerson),
        (E.Decision, E.Claim),
        (E.Order, E.CourtFine),
    ],
)
def test_disjoint_classes_clash(first: URIRef, second: URIRef) -> None:
    assert list(closed((X, RDF.type, first), (X, RDF.type, second)).objects(None, ERROR))


def test_only_an_imposed_fine_makes_a_fined_party() -> None:
    for kind, notation, fined in (
        (E.AdministrativeFine, "imposed", True),
        (E.CourtFine, "imposed", True),
        (E.AdministrativeFine, "intended", False),
        (E.LiquidatedPenalty, "imposed", False),
    ):
        graph = closed((X, RDF.type, kind), (X, E.measureStage, stage(notation)), (X, E.addressedTo, Y))
        assert ((Y, RDF.type, E.FinedParty) in graph) is fined


def test_rolls_up_provisions_and_units() -> None:
    unit_of = URIRef(f"{PREFIXES['org']}unitOf")
    graph = closed(
        (X, E.concernsProvision, Y), (Y, E.partOfProvision, Z), (X, E.findingOutcome, ESTABLISHED),
        (Z, E.issuedBy, X), (X, unit_of, Y),
    )  # fmt: skip
    assert (X, E.underProvision, Z) in graph
    assert (X, E.concernsProvision, Z) not in graph
    assert (X, RDF.type, E.EstablishedFinding) in graph
    assert (Z, E.issuedBy, Y) in graph


# ---- the concept schemes


@pytest.mark.parametrize("path", ontology_files("schemes"), ids=lambda p: p.stem)
def test_scheme_is_complete(path: Path) -> None:
    graph = Graph().parse(path)
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    assert languages(graph, scheme, URIRef(f"{PREFIXES['dct']}title")) == ["en", "fr"]
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert concepts
    for concept in concepts:
        assert languages(graph, concept, SKOS.prefLabel) == ["en", "fr"], concept
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme]
        (notation,) = graph.objects(concept, SKOS.notation)
        assert str(concept) == f"{scheme}/{notation}"
        if str(scheme) == f"{SCHEME}{path.stem}":
            assert languages(graph, concept, SKOS.definition) == ["en", "fr"], concept
            top = (concept, SKOS.topConceptOf, scheme) in graph
            assert top is ((scheme, SKOS.hasTopConcept, concept) in graph)
            assert top is not ((concept, SKOS.broader, None) in graph)
            assert set(graph.objects(concept, SKOS.broader)) <= concepts


@pytest.mark.parametrize("path", ontology_files("schemes"), ids=lambda p: p.stem)
def test_no_label_names_two_concepts(path: Path) -> None:
    graph, owner = Graph().parse(path), dict[str, Node]()
    for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
        for concept, label in graph.subject_objects(predicate):
            assert owner.setdefault(str(label).casefold(), concept) == concept, label


def test_linked_provisions_exist() -> None:
    law = Graph().parse(ONTOLOGY / "law" / "gdpr.ttl")
    linked = {o for o in schemes().objects(None, RDFS.seeAlso) if str(o).startswith(f"{BASE}id/prov/")}
    assert len(linked) > 40
    assert not [node for node in linked if (node, RDF.type, None) not in law]


@pytest.mark.parametrize(("scheme", "column"), [("infringement-type", 9), ("sector", 7)])
def test_every_category_of_the_tracker_has_its_concept(shared_data: Path, scheme: str, column: int) -> None:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    found = {" ".join(row[column].split()) for row in rows}
    assert len(found) >= 10
    assert found <= _hidden(scheme)


def test_every_outcome_and_trigger_of_the_wiki_has_its_concept(shared_data: Path) -> None:
    lines = (shared_data / "gdprhub_api_2024-03.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    outcomes = {" ".join(str(r["outcome"]).split()) for r in records if r.get("outcome")}
    kinds = {" ".join(str(r["decision_type"]).split()) for r in records if r.get("decision_type")}
    assert outcomes - _hidden("decision-outcome") == {"n/a", "non-binding"}
    assert kinds - _hidden("trigger") == {"Advisory Opinion", "Other"}


def _hidden(scheme: str) -> set[str]:
    graph = Graph().parse(ONTOLOGY / "schemes" / f"{scheme}.ttl")
    return {str(label) for label in graph.objects(None, SKOS.hiddenLabel)}


# ---- the JSON-LD context


def test_context_defines_each_term_as_the_ontology_does() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]
    for name in terms():
        given = context.get(name)
        assert given is not None, f"context.jsonld lacks {name}"
        definition = given if isinstance(given, dict) else {"@id": given}
        assert definition == _expected(name), name
    mapped = {v["@id"] if isinstance(v, dict) else v for v in context.values() if isinstance(v, (dict, str))}
    assert {m.removeprefix("enf:") for m in mapped if m.startswith("enf:")} == terms()


def _expected(name: str) -> dict[str, str]:
    kinds = set(core().objects(E[name], RDF.type))
    definition = {"@id": f"enf:{name}"}
    if kinds & {OWL.ObjectProperty, OWL.AnnotationProperty}:
        definition["@type"] = "@id"
    datatype = core().value(E[name], E.valueDatatype)
    if datatype == RDF.langString:
        definition["@container"] = "@language"
    elif datatype not in (None, XSD.string):
        definition["@type"] = f"xsd:{str(datatype).removeprefix(str(XSD))}"
    return definition


def test_context_reads_a_decision() -> None:
    context = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))["@context"]
    document = {
        "@context": context, "id": str(X), "type": "SanctionDecision", "decisionDate": "2022-10-17",
        "prefLabel": {"fr": "Délibération"},
        "hasMeasure": {"id": str(Y), "amount": {"id": str(Z), "value": "20000000", "currency": "cur:EUR"}},
    }  # fmt: skip
    graph = Graph()
    for quad in pyoxigraph.parse(json.dumps(document), format=pyoxigraph.RdfFormat.JSON_LD):
        graph.parse(data=f"{quad.subject} {quad.predicate} {quad.object} .", format="nt")
    assert (X, RDF.type, E.SanctionDecision) in graph
    assert (X, E.decisionDate, Literal("2022-10-17", datatype=XSD.date)) in graph
    assert (X, SKOS.prefLabel, Literal("Délibération", lang="fr")) in graph
    assert (Z, E.value, Literal("20000000", datatype=XSD.decimal)) in graph
    assert (Z, E.currency, URIRef(f"{PREFIXES['cur']}EUR")) in graph


# ---- no undefined term or concept anywhere

_DECLARED = re.compile(r"prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
_IRI = re.compile(rf"(?:{re.escape(ENF)}|{re.escape(SCHEME)})[\w./-]*")
_WRITERS = {"type", "date", "day", "decimal"}
"""Methods of the graph writers of kg/mapping that take local names."""


def used_in_text(text: str) -> set[str]:
    """IRIs of the ontology and the schemes that a text uses, in full or by prefix."""
    found = {match.rstrip(".") for match in _IRI.findall(text)} - {ENF, SCHEME}
    for prefix, namespace in {*_DECLARED.findall(text), ("enf", ENF)}:
        if namespace.startswith((ENF, SCHEME)):
            names = re.findall(rf"(?<![\w:/#.-]){re.escape(prefix)}:(\w[\w.-]*)", text)
            found |= {namespace + name.rstrip(".") for name in names}
    return found


def used_in_python(source: str, *, writers: bool = False) -> set[str]:
    """The same for a module: its texts, `enf("X")`, `iri("enf:X")`, `f"{SCHEME}a/b"`, `SCHEME + "a"`;
    with `writers`, the local names given to graph writers too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)):
                found |= used_in_text(text)
            case ast.Call(func=ast.Name(id="enf"), args=[ast.Constant(value=str(name))]):
                found.add(ENF + name)
            case ast.JoinedStr(
                values=[ast.FormattedValue(value=ast.Name(id="SCHEME")), ast.Constant(value=str(path))]
            ):
                found.add(SCHEME + path)
            case ast.BinOp(left=ast.Name(id="SCHEME"), right=ast.Constant(value=str(path))):
                found.add(SCHEME + path)
            case ast.Call(func=ast.Attribute(attr=attr), args=[_, *args]) if writers and attr in _WRITERS:
                names = (arg.value for arg in args if isinstance(arg, ast.Constant))
                found |= {ENF + name for name in names if isinstance(name, str)}
    return {iri for iri in found if iri not in (ENF, SCHEME)}


@cache
def named_in_schemes() -> frozenset[str]:
    """Schemes, concepts and collections, and the namespaces they stand in."""
    graph = Graph()
    for path in [*ontology_files("schemes"), *ontology_files("authorities")]:
        graph.parse(path)
    named = {str(s) for s in graph.subjects(RDF.type, None) if str(s).startswith(SCHEME)}
    return frozenset(named | {iri.rpartition("/")[0] + "/" for iri in named} | {f"{iri}/" for iri in named})


def undefined(iris: Iterable[str], *, concepts: bool = True) -> list[str]:
    return sorted(
        iri
        for iri in iris
        if (iri.startswith(ENF) and iri.removeprefix(ENF) not in terms())
        or (concepts and iri.startswith(SCHEME) and iri not in named_in_schemes())
    )


def users() -> list[Path]:
    """All but the examples of what constraint 18 (a term that is not defined) must find."""
    data = [p for suffix in (".ttl", ".trig", ".jsonld", ".rq", ".ru") for p in ontology_files(suffix=suffix)]
    data = [p for p in data if not (p.name == "violates.ttl" and p.parent.name.startswith("C018"))]
    return [*data, *sorted(QUERIES.rglob("*.rq")), *sorted((ROOT / "kg").rglob("*.py"))]


@pytest.mark.parametrize("path", users(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_uses_only_what_is_defined(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        found = used_in_python(text, writers=path.is_relative_to(ROOT / "kg" / "mapping"))
    else:
        found = used_in_text(text)
    assert undefined(found, concepts=path.name != "violates.ttl") == []


@pytest.mark.parametrize(
    "source",
    [
        'enf("Decisionn")',
        'iri("enf:hasFindng")',
        'f"{SCHEME}trigger/complain"',
        'SCHEME + "triger"',
        'graph.type(node, "Sanction")',
        'QUERY = "SELECT * { ?d enf:issuedBy ?a ; enf:decisonDate ?t }"',
    ],
)
def test_a_typo_in_a_module_is_reported(source: str) -> None:
    assert undefined(used_in_python(source, writers=True))


@pytest.mark.parametrize(
    "text",
    [
        "?d enf:hasMesure/enf:amount ?a",
        f"PREFIX e: <{ENF}> SELECT * {{ ?d e:hasMesure ?m }}",
        f"@prefix t: <{SCHEME}trigger/> . <x> <y> t:complaints .",
        f"<x> <y> <{SCHEME}no-such-scheme/a> .",
        f"<x> a <{ENF}Decisoin> .",
    ],
)
def test_a_typo_in_a_query_or_graph_is_reported(text: str) -> None:
    assert undefined(used_in_text(text))


def test_shapes_namespace_is_not_mistaken_for_the_ontology() -> None:
    assert used_in_text(f"@prefix sh-enf: <{SHAPES}> . sh-enf:anything a <x> .") == set()
