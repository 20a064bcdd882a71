"""The gate: every constraint finds what it is for and nothing else, pySHACL agrees on every
example, reports are W3C reports, and no graph changes the rules or the verdict of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph
import pyshacl
import pytest
import rdflib
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from kg.errors import KGError
from kg.namespaces import BASE, RDF_TYPE, SHAPES, enf, iri
from kg.resources import ONTOLOGY, ontology_files
from kg.shapes import Constraint, Profile, Report, Result, ShapeSet, Validator, engines, structure
from kg.shapes.batch import Batch, compatible

AS_OF = date(2026, 1, 1)
EXAMPLES = ONTOLOGY / "examples"
GRAPHS = {
    "record": NamedNode(f"{BASE}graph/record/example-tracker/EX-1"),
    "decision": NamedNode(f"{BASE}graph/decision/fr-cnil/SAN-2024-901"),
    "claim": NamedNode(f"{BASE}graph/claim/01HX7Q2M9C"),
    "reference": NamedNode(f"{BASE}graph/ontology"),
}
UNSHOWN = {
    "C015e": "a graph too large to be an example",
    "C015f": "a failure of an engine, or endless results",
}
REPORT = NamedNode(f"{BASE}id/report/1")

Graphs = Mapping[str, Sequence[Quad]]


@cache
def validator() -> Validator:
    return Validator.load()


def constraints() -> list[Constraint]:
    return list(ShapeSet.load().constraints.values())


def name_of(constraint: Constraint) -> str:
    return constraint.shape.value.removeprefix(SHAPES)


def shown() -> list[str]:
    return [name_of(c) for c in constraints() if name_of(c) not in UNSHOWN]


def profile_of(text: str) -> Profile:
    match = re.match(r"# Profile: (record|decision|claim|reference)\.", text)
    assert match, text[:80]
    return match[1]  # type: ignore[return-value]  # the pattern admits exactly the profiles


def load(text: str, profile: Profile) -> list[Quad]:
    quads = pyoxigraph.parse(text, format=RdfFormat.TURTLE)
    return [Quad(q.subject, q.predicate, q.object, GRAPHS[profile]) for q in quads]


def example(name: str, kind: str) -> tuple[list[Quad], Profile]:
    text = (EXAMPLES / name / f"{kind}.ttl").read_text()
    return load(text, profile_of(text)), profile_of(text)


def validate(quads: Sequence[Quad], profile: Profile) -> Report:
    return validator().validate({"it": quads}, profile=profile, as_of=AS_OF)["it"]


def found(report: Report) -> set[str]:
    return {result.shape.value.removeprefix(SHAPES) for result in report.results}


def rename(quads: Sequence[Quad], name: str) -> list[Quad]:
    """The same record under another key."""

    def moved(term: Any) -> Any:
        return NamedNode(term.value.replace("/EX-1", f"/{name}")) if isinstance(term, NamedNode) else term

    return [Quad(*(moved(term) for term in quad)) for quad in quads]


# ---- The shapes as data


def test_at_least_75_numbered_constraints() -> None:
    numbers = {int(re.match(r"\d+", c.number)[0]) for c in constraints()}  # type: ignore[index]
    assert len(numbers) >= 75
    assert numbers <= set(range(1, 123))


def test_every_number_is_a_constraint_or_listed_with_a_reason() -> None:
    decided = {int(re.match(r"\d+", c.number)[0]) for c in constraints()}  # type: ignore[index]
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \|$", (ONTOLOGY / "shapes" / "README.md").read_text(), re.M)
    listed = [int(number) for number, _, _ in rows]
    assert sorted([*decided, *listed]) == list(range(1, 123))
    assert all(len(asks) > 20 and len(reason) > 20 for _, asks, reason in rows)


def test_no_violation_rests_on_a_rule_of_law_that_was_not_verified() -> None:
    rules = re.compile(r"enf:(FineBar|DailyPenaltyRule|LegalTender|FiningBand|PenaltyTier|coversProvision)\b")
    verified = "FILTER NOT EXISTS { ?tier enf:unverified true }"
    resting = [
        (constraint, query.select)
        for constraint in constraints()
        for query in constraint.queries
        if "reference" not in constraint.profiles and rules.search(query.select)
    ]
    assert len(resting) >= 10
    for constraint, select in resting:
        said = "verified" in constraint.messages["en"] and "vérifi" in constraint.messages["fr"]
        assert constraint.severity != "Violation" or select.count(verified) == select.count("coversProvision")
        assert said or verified in select or constraint.number == "56"


@pytest.mark.parametrize("profile", ["record", "decision", "claim", "reference"])
def test_every_profile_has_constraints(profile: Profile) -> None:
    assert ShapeSet.load().for_profile(profile)


@pytest.mark.parametrize("constraint", constraints(), ids=name_of)
def test_a_constraint_says_what_why_and_how(constraint: Constraint) -> None:
    graph = shapes_graph()
    node = rdflib.URIRef(constraint.shape.value)
    assert name_of(constraint) == f"C{int(re.sub('[a-z]', '', constraint.number)):03}" + re.sub(
        r"\d", "", constraint.number
    )
    for texts in (constraint.messages, constraint.fixes):
        assert set(texts) == {"en", "fr"}
        assert texts["en"] != texts["fr"]
        assert all(text.strip().endswith(".") for text in texts.values())
    placeholders = [set(re.findall(r"\{\?(\w+)\}", text)) for text in constraint.messages.values()]
    assert placeholders[0] == placeholders[1]
    assert all(re.search(rf"[?$]{p}\b", q.select) for p in placeholders[0] for q in constraint.queries)
    assert len(list(graph.objects(node, rdflib.RDFS.comment))) == 1
    assert all(isinstance(path, rdflib.URIRef) for path in graph.objects(node, rdflib.SH.path))
    by_module = (node, rdflib.URIRef(enf("checkedBy").value), rdflib.Literal("module")) in graph
    assert by_module != bool(constraint.target_classes or constraint.target_subjects_of)


def test_no_shape_is_a_blank_node() -> None:
    graph = shapes_graph()
    for predicate in (rdflib.SH.property, rdflib.SH.node, rdflib.SH.sparql, rdflib.SH["not"]):
        assert all(isinstance(node, rdflib.URIRef) for node in graph.objects(predicate=predicate))
    for kind in (rdflib.SH.NodeShape, rdflib.SH.PropertyShape):
        assert all(isinstance(node, rdflib.URIRef) for node in graph.subjects(rdflib.RDF.type, kind))


def test_severity_is_on_the_shape_not_on_its_query() -> None:
    graph = shapes_graph()
    assert not [
        node
        for node in graph.objects(predicate=rdflib.SH.sparql)
        if (node, rdflib.SH.severity, None) in graph
    ]


def test_the_shapes_are_valid_shacl() -> None:
    conforms, _, text = pyshacl.validate(
        rdflib.Graph(), shacl_graph=shapes_graph(), meta_shacl=True, inference="none"
    )
    assert conforms, text


def shapes_graph() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in ontology_files("shapes"):
        graph.parse(path)
    return graph


def test_a_shape_without_a_french_message_is_refused() -> None:
    turtle = """
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
        <https://w3id.org/enforcement-kg/shapes#C001> a sh:NodeShape ; enf:constraint "1" ;
            sh:severity sh:Violation ; sh:message "Wrong."@en ;
            enf:suggestedFix "Mend."@en, "Corriger."@fr ."""
    triples = [quad.triple for quad in pyoxigraph.parse(turtle, format=RdfFormat.TURTLE)]
    with pytest.raises(KGError, match="message"):
        ShapeSet(triples)


# ---- Examples


def test_examples_are_those_of_the_constraints() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(shown())


@pytest.mark.parametrize("name", shown())
def test_an_example_that_conforms_has_no_result(name: str) -> None:
    assert validate(*example(name, "conforms")).results == ()


@pytest.mark.parametrize("name", shown())
def test_an_example_that_violates_breaks_that_constraint_only(name: str) -> None:
    quads, profile = example(name, "violates")
    report = validate(quads, profile)
    constraint = validator().shapes.constraints[NamedNode(SHAPES + name)]
    assert found(report) == {name}
    assert profile in constraint.profiles
    for result in report.results:
        assert result.severity == constraint.severity_in(profile)
        assert result.constraint == constraint.number
        assert "{?" not in result.message_en + result.message_fr
        assert all((result.message_en, result.message_fr, result.fix_en))
    assert report.conforms == all(r.severity != "Violation" for r in report.results)


def distinct_examples() -> dict[str, tuple[str, Profile]]:
    """Examples by name, each content once; those that the module refuses never reach SHACL."""
    names: dict[tuple[str, Profile], str] = {}
    for name in shown():
        for kind in ("conforms", "violates"):
            text = (EXAMPLES / name / f"{kind}.ttl").read_text()
            names.setdefault((text.partition("\n")[2], profile_of(text)), f"{name}-{kind}")
    return {name: content for content, name in names.items()}


class Prepared(rdflib.Graph):
    """A graph that parses a query once; pySHACL hands over its text for every focus node."""

    parsed: dict[str, Query] = {}  # noqa: RUF012

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
        if query_object not in self.parsed:
            self.parsed[query_object] = prepareQuery(query_object)
        return super().query(self.parsed[query_object], *args, **kwargs)


@cache
def reference_shapes(profile: Profile) -> rdflib.Graph:
    return engines.to_rdflib(validator().shapes.graph_for(profile, sparql=True))


def reference_report(quads: Sequence[Quad], profile: Profile) -> rdflib.Graph:
    """What pySHACL alone says, SPARQL-based constraints included."""
    reference = validator().reference_for(profile)
    batch = Batch({"it": quads}, reference, AS_OF)
    data = Prepared()
    data += engines.to_rdflib((*batch.own, *batch.added))
    _, report, _ = pyshacl.validate(
        data, shacl_graph=reference_shapes(profile), inference="none", inplace=True
    )
    assert isinstance(report, rdflib.Graph)
    return report


Row = tuple[str, str, str, str, str]


def row(finding: engines.Finding | Result) -> Row:
    value = finding.value
    if isinstance(value, Literal) and value.datatype == iri("xsd:decimal"):
        value = Literal(float(value.value))  # the store rewrites decimals: 30000.0 and 30000 are one number
    return (
        finding.shape.value,
        finding.component.value,
        finding.focus_node.value,
        str(finding.path),
        str(value),
    )


@pytest.mark.parametrize("name", distinct_examples())
def test_pyshacl_agrees(name: str) -> None:
    content, profile = distinct_examples()[name]
    quads = load(content, profile)
    ours = validate(quads, profile)
    if any(result.component == iri("sh-enf:StructureConstraintComponent") for result in ours.results):
        return  # refused before SHACL
    report = reference_report(quads, profile)
    expected = [row(engines.finding(report, node)) for node in report.objects(predicate=rdflib.SH.result)]
    assert sorted({row(result) for result in ours.results}) == sorted(set(expected))


# ---- Reports


@pytest.mark.parametrize("name", ["C001a", "C004", "C007", "C038a", "C117a", "C022a", "C078a", "C108"])
def test_a_report_is_the_one_pyshacl_writes(name: str) -> None:
    quads, profile = example(name, "violates")
    ours = canonical(validate(quads, profile).to_ntriples(REPORT))
    theirs = canonical(reference_report(quads, profile).serialize(format="nt"))
    assert ours == theirs


def canonical(ntriples: str) -> set[Quad]:
    """Blank nodes for report nodes, canonical labels, and no language tags on messages: pySHACL
    drops the tag of a message once it has filled a placeholder."""

    def term(value: Any) -> Any:
        if isinstance(value, NamedNode) and value.value.startswith(REPORT.value):
            return BlankNode(value.value.removeprefix(REPORT.value).replace("/", "n") or "report")
        if isinstance(value, Literal) and value.language:
            return Literal(value.value)
        return value

    quads = pyoxigraph.parse(ntriples, format=RdfFormat.N_TRIPLES)
    dataset = Dataset(Quad(term(q.subject), q.predicate, term(q.object)) for q in quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def test_a_report_is_deterministic_whatever_the_order_of_the_quads() -> None:
    quads, profile = example("C108", "violates")
    texts = {
        validate(order, profile).to_ntriples(REPORT) for order in (quads, quads[::-1], quads[7:] + quads[:7])
    }
    assert len(texts) == 1
    (text,) = texts
    assert text.count("ValidationResult>") == len(validate(quads, profile).results)
    assert "_:" not in text


def test_a_report_without_results_says_conforms() -> None:
    text = validate(*example("C001a", "conforms")).to_ntriples(REPORT)
    assert f'{REPORT} <http://www.w3.org/ns/shacl#conforms> "true"' in text
    assert len(text.splitlines()) == 2


def test_messages_do_not_repeat_text_about_a_person() -> None:
    quads, profile = example("C114a", "conforms")
    person = next(q.subject for q in quads if q.object == enf("NaturalPerson"))
    quads = [*quads, Quad(person, enf("fullNmae"), Literal("Jane Example"), GRAPHS[profile])]
    report = validate(quads, profile)
    assert found(report) == {"C018a"}
    assert "Jane" not in report.to_ntriples(REPORT)


def test_a_warning_in_law_does_not_refuse_a_record() -> None:
    quads, _ = example("C030", "violates")
    assert not validate(quads, "decision").conforms
    constraint = validator().shapes.constraints[NamedNode(f"{SHAPES}C030")]
    assert (constraint.severity_in("record"), constraint.severity_in("decision")) == ("Warning", "Violation")


def test_the_future_is_judged_by_the_date_handed_in() -> None:
    quads, profile = example("C001c", "conforms")

    def on(day: date) -> set[str]:
        return found(validator().validate({"it": quads}, profile=profile, as_of=day)["it"])

    assert on(date(2023, 10, 1)) == set()
    assert on(date(2023, 9, 30)) == {"C025"}


# ---- Batches


def record_examples() -> dict[str, list[Quad]]:
    """Record examples under keys of their own, as one source would hold them."""
    graphs: dict[str, list[Quad]] = {}
    for name in shown():
        for kind in ("conforms", "violates"):
            quads, profile = example(name, kind)
            if profile == "record":
                key = f"{name}-{kind}"
                graphs[key] = rename(quads, key)
    return graphs


def test_a_batch_gives_the_verdicts_of_its_members_alone() -> None:
    graphs = record_examples()
    assert len(graphs) >= 8
    assert len(compatible(graphs)) == 1
    together = validator().validate(graphs, profile="record", as_of=AS_OF)
    for key, quads in graphs.items():
        alone = validator().validate({key: quads}, profile="record", as_of=AS_OF)[key]
        assert together[key] == alone
    assert any(report.results for report in together.values())


def test_decisions_that_share_nodes_do_not_see_each_other() -> None:
    graphs: dict[str, list[Quad]] = {}
    for name in shown():
        for kind in ("conforms", "violates"):
            quads, profile = example(name, kind)
            if profile == "decision" and len(graphs) < 24:
                graphs[f"{name}-{kind}"] = quads
    assert len(compatible(graphs)) == len(graphs)
    together = validator().validate(graphs, profile="decision", as_of=AS_OF)
    for key, report in together.items():
        assert found(report) == ({key.removesuffix("-violates")} if key.endswith("-violates") else set())


class Failing(Validator):
    """An engine that fails on one record, wherever it is."""

    def _evaluate(self, graphs: Graphs, profile: Profile, as_of: date) -> dict[str, list[Result]]:
        if "bad" in graphs:
            raise RuntimeError("engine")
        return super()._evaluate(graphs, profile, as_of)


def test_a_graph_that_an_engine_fails_on_is_refused_alone() -> None:
    quads, _ = example("C001c", "conforms")
    failing = Failing(validator().shapes, validator().reference)
    graphs = {key: rename(quads, key) for key in ("one", "bad", "two")}
    reports = failing.validate(graphs, profile="record", as_of=AS_OF)
    assert {key: found(report) for key, report in reports.items()} == {
        "one": set(),
        "bad": {"C015f"},
        "two": set(),
    }


# ---- Data that would change the rules, or speak for others


def conforming_record() -> list[Quad]:
    return example("C001c", "conforms")[0]


def with_turtle(turtle: str) -> list[Quad]:
    return conforming_record() + load(turtle, "record")


R = f"{BASE}id/record/example-tracker/EX-1"
TBOX = [
    "enf:Warning rdfs:subClassOf enf:AdministrativeFine .",
    "enf:amount rdfs:subPropertyOf rdf:type .",
    "enf:amount rdfs:domain enf:Decision .",
    "<#r> a owl:Class .",
    "<#r> owl:sameAs <#other> .",
    "<#r> owl:imports <http://127.0.0.1:1/x.ttl> .",
    "<#r> a sh:NodeShape ; sh:targetClass enf:Decision ; sh:deactivated true .",
    "<https://w3id.org/enforcement-kg/shapes#C001b> sh:deactivated true .",
    "<#r> a rdf:Property .",
]


@pytest.mark.parametrize("statement", TBOX)
def test_axioms_and_shapes_in_data_are_refused(statement: str) -> None:
    prefixes = "".join(f"PREFIX {p}: <{iri(p + ':').value}>\n" for p in ("enf", "rdf", "rdfs", "owl", "sh"))
    statement = re.sub(r"<#(\w+)>", rf"<{R}/\1>", statement)
    report = validate(with_turtle(prefixes + statement), "record")
    assert not report.conforms
    assert "C018c" in found(report)


def test_shapes_in_refused_data_leave_the_rules_as_they_were() -> None:
    bad = with_turtle(
        "<https://w3id.org/enforcement-kg/shapes#C001b> <http://www.w3.org/ns/shacl#deactivated> true ."
    )
    quads, _ = example("C021", "violates")
    reports = validator().validate({"bad": rename(bad, "bad"), "EX-1": quads}, profile="record", as_of=AS_OF)
    assert found(reports["EX-1"]) == {"C021"}
    assert not reports["bad"].conforms


def test_blank_nodes_are_refused_and_never_merged() -> None:
    clique = " ".join(f"_:b{i} <{enf('verbatim').value}> _:b{j} ." for i in range(12) for j in range(12))
    label = f"<{R}/decision> <{enf('amount').value}> _:same ."
    reports = validator().validate(
        {"EX-1": with_turtle(clique), "EX-2": rename(with_turtle(label), "EX-2")},
        profile="record",
        as_of=AS_OF,
    )
    assert all("C015b" in found(report) for report in reports.values())


@pytest.mark.parametrize(
    ("subject", "shape"),
    [
        (f"{R}/par\u202ety/1", "C015d"),
        (f"{R}/party\u200b/1", "C015d"),
        (f"{R}/p\u0430rty/1", "C015d"),
        (f"{BASE}id/record/example-wiki/EX-1/party/1", "C015c"),
        (f"{BASE}id/record/example-tracker/EX-10/party/1", "C015c"),
        (f"{BASE}id/decision/fr-cnil/SAN-2024-901", "C015c"),
        (enf("Decision").value, "C015c"),
        ("https://evil.example/x", "C015c"),
        ("urn:kg:validation", "C015c"),
    ],
)
def test_subjects_are_in_the_namespace_of_their_record(subject: str, shape: str) -> None:
    quad = Quad(NamedNode(subject), enf("verbatim"), Literal("x"), GRAPHS["record"])
    report = validate([*conforming_record(), quad], "record")
    assert shape in found(report)
    assert not report.conforms


def test_a_record_may_name_parts_of_laws_but_not_restate_the_law() -> None:
    part = f"{BASE}id/prov/it/codice-privacy/art_2-ter"
    part_of = enf("partOfProvision").value
    said = f"<{part}> a <{enf('Provision').value}> ; <{part_of}> <{part.rpartition('/')[0]}> ."
    lie = f"<{part}> <{part_of}> <{BASE}id/prov/eu/reg/2016/679> ."
    assert validate(with_turtle(said), "record").results == ()
    assert found(validate(with_turtle(said + lie), "record")) == {"C015c"}


def test_an_oversized_graph_is_refused_without_being_evaluated() -> None:
    node = NamedNode(f"{R}/decision")
    many = [
        Quad(node, enf("verbatim"), Literal(str(n)), GRAPHS["record"]) for n in range(structure.MAX_QUADS + 1)
    ]
    long = Quad(node, enf("verbatim"), Literal("x" * (structure.MAX_LITERAL + 1)), GRAPHS["record"])
    assert found(validate(conforming_record() + many, "record")) == {"C015e"}
    assert found(validate([*conforming_record(), long], "record")) == {"C015e"}


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-02-30", "2023-04-31", "1900-02-29", "2023-13-01", "23-1-1", "soon"]
)
def test_days_that_do_not_exist_are_refused(text: str) -> None:
    quads = [
        Quad(q.subject, q.predicate, Literal(text, datatype=iri("xsd:date")), q.graph_name)
        if q.predicate == enf("decisionDateLatest")
        else q
        for q in conforming_record()
    ]
    assert "C020a" in found(validate(quads, "record"))


def test_the_leap_day_exists() -> None:
    quads = [
        Quad(q.subject, q.predicate, Literal("2024-02-29", datatype=iri("xsd:date")), q.graph_name)
        if q.predicate == enf("decisionDateLatest")
        else q
        for q in conforming_record()
    ]
    assert validate(quads, "record").results == ()


def test_an_empty_graph_does_not_pass_unexamined() -> None:
    assert found(validate([], "record")) == {"C002c"}


# ---- The model's own files


@pytest.mark.parametrize(
    "path",
    [p for p in ontology_files() if not {"examples", "shapes"} & set(p.relative_to(ONTOLOGY).parts)],
    ids=lambda path: str(path.relative_to(ONTOLOGY)),
)
def test_the_model_conforms_to_its_own_constraints(path: Path) -> None:
    report = validate(load(path.read_text(), "reference"), "reference")
    assert report.results == ()


def test_types_are_read_through_the_class_hierarchy() -> None:
    quads, profile = example("C039", "violates")
    kinds = {q.object for q in quads if q.predicate == RDF_TYPE}
    assert enf("MonetaryMeasure") not in kinds
    assert found(validate(quads, profile)) == {"C039"}


def test_real_records_meet_the_gate(shared_data: Path) -> None:
    from kg.iris import Iris
    from kg.mapping.record import map_record
    from kg.model import RawRecord
    from kg.normalise import normalise
    from kg.sources import SOURCES

    source = SOURCES["enforcementtracker"]
    graphs: dict[str, list[Quad]] = {}
    for raw in source.read(shared_data / "enforcementtracker_2024-03.json"):
        if isinstance(raw, RawRecord) and len(graphs) < 200:
            record = normalise(raw, source.conventions, as_of=AS_OF)
            graphs[raw.key] = map_record(record, Iris())
    reports = validator().validate(graphs, profile="record", as_of=AS_OF)
    assert len(reports) == 200
    assert all(report.conforms for report in reports.values())
