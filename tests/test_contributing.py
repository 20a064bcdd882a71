"""The worked examples of CONTRIBUTING.md, done as it says: each file goes where it belongs in a copy of
what is there, and passes the checks that a contribution has to pass."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pyoxigraph import RdfFormat, Triple, parse
from rdflib import SKOS, Graph, URIRef

from kg import sources
from kg.catalogue import load_queries
from kg.guard import check_query
from kg.ingest import Options, Outcome, run
from kg.iris import Iris
from kg.mapping.record import map_record
from kg.namespaces import BASE, PREFIXES, SHAPES, enf, iri
from kg.replica import Replica
from kg.resources import ONTOLOGY
from kg.settings import Settings
from kg.shapes import Constraint, ShapeSet, Validator
from kg.sources.base import FIELDS, Source
from kg.store import Store, open_store
from kg.web import create_app
from tests import test_ontology, test_queries, test_shapes
from tests.conftest import ROOT
from tests.mapping import test_case
from tests.mapping.test_record import RECORDS
from tests.test_layers import ONLY_IN, imports
from tests.test_readme import code, named_fences, table_of

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
FILES = named_fences(TEXT)
AS_OF = date(2026, 1, 1)
IRIS = Iris()

pytestmark = pytest.mark.xdist_group("demo")  # one worker makes the store of the examples


def shown(name: str, folder: Path) -> Path:
    """A file as the text shows it, written into a folder."""
    path = folder / Path(name).name
    path.write_text(FILES[name], "utf-8")
    return path


def prefixed(name: str) -> str:
    """What is shown to be added to a Turtle file of the project, after that file's prefixes."""
    lines = (ROOT / name).read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("@prefix")) + FILES[name]


def ingest(store: Store, path: Path) -> list[Outcome]:
    return list(run(store, [path], Options(AS_OF)))


# ---- a source


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"kg.sources.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """The source of the example, registered."""
    source = load(shown("kg/sources/acme.py", tmp_path)).SOURCE
    assert isinstance(source, Source)
    monkeypatch.setitem(sources.SOURCES, source.name, source)
    return source


def test_the_source_is_small_and_keeps_to_its_layer() -> None:
    text = FILES["kg/sources/acme.py"]
    assert len(text.splitlines()) < 80
    names = {name.partition(".")[0] for name in imports(ast.parse(text))}
    assert names.isdisjoint(ONLY_IN)
    assert {name for name in imports(ast.parse(text)) if name.startswith("kg.")} == {
        "kg.errors",
        "kg.model",
        "kg.sources.base",
    }


def test_the_source_joins_the_open_list_with_one_line() -> None:
    line = FILES["kg/sources/__init__.py"]
    real = (ROOT / "kg" / "sources" / "__init__.py").read_text("utf-8")
    assert len(line.rstrip("\n")) <= 110
    assert line.count("acme.SOURCE, ") == 1
    assert line.replace("acme.SOURCE, ", "") in real


def test_the_source_is_described_in_the_graph_like_the_others(acme: Source) -> None:
    graph, node = (
        Graph().parse(data=prefixed("ontology/sources.ttl"), format="turtle"),
        IRIS.source(acme.name),
    )
    others = Graph().parse(ONTOLOGY / "sources.ttl")
    assert set(graph.subjects()) == {URIRef(node.value)}
    assert test_ontology.languages(graph, URIRef(node.value), SKOS.prefLabel) == ["en", "fr"]
    assert set(graph.predicates()) <= set(others.predicates())
    assert set(graph.predicates()) >= {
        URIRef(f"{PREFIXES['dct']}{name}") for name in ("license", "publisher")
    }
    assert not test_ontology.undefined(test_ontology.used_in_text(prefixed("ontology/sources.ttl")))


def test_the_source_does_what_the_text_says(acme: Source, tmp_path: Path) -> None:
    sample = shown("tests/fixtures/acme.csv", tmp_path)
    assert sources.source_of(sample) is acme
    assert {
        name for raw in acme.read(sample) if not isinstance(raw, Exception) for name in raw.fields
    } <= set(FIELDS)
    with open_store("memory:", write=True) as store:
        found = {outcome.line: outcome for outcome in ingest(store, sample)}
        found = {line: found[line] for line in (2, 3, 4, 5)}
        assert [(o.key, o.kind) for o in found.values()] == [
            ("A-17", "stored"),
            ("A-18", "stored"),
            ("A-19", "rejected"),
            ("line@5", "rejected"),
        ]
        assert [kept.verbatim for kept in found[3].kept] == ["a modest sum"]
        assert "Ministry of Magic" in found[4].problems[0].text()
        assert found[5].problems[0].field == "row"
        record = IRIS.record(acme.name, "A-17").value
        stated = {
            (str(quad.subject).strip("<>").removeprefix(record), quad.predicate, str(quad.object))
            for quad in store.quads(IRIS.record_graph(acme.name, "A-17"))
        }
    gdpr, decimal = "eu/reg/2016/679", iri("xsd:decimal")
    assert stated >= {
        ("", iri("rdf:type"), str(enf("Record"))),
        ("", enf("fromSource"), str(IRIS.source(acme.name))),
        ("/decision", enf("issuedBy"), str(IRIS.authority("fr-cnil"))),
        ("/decision", enf("decisionDate"), f'"2023-11-06"^^{iri("xsd:date")}'),
        ("/decision/finding/1", enf("concernsProvision"), str(IRIS.provision(gdpr, "art_5/par_1/pnt_c"))),
        ("/decision/finding/2", enf("concernsProvision"), str(IRIS.provision(gdpr, "art_32/par_1"))),
        ("/decision/measure/1/amount", enf("value"), f'"12000"^^{decimal}'),
        ("/decision/measure/1/amount", enf("verbatim"), '"12,000"'),
        ("/party/1", iri("skos:prefLabel"), '"Example Retail SAS"'),
    }


def test_a_file_of_another_form_is_refused_by_name(acme: Source, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n", "utf-8")
    with open_store("memory:", write=True) as store:
        (outcome,) = list(run(store, [path], Options(AS_OF, source=acme.name)))
    assert (outcome.kind, outcome.line) == ("failed", 1)
    assert "not a list of Acme" in outcome.problems[0].rule


# ---- a constraint

SHAPE = "ontology/shapes/money.ttl"


@cache
def added_shape() -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(prefixed(SHAPE), format=RdfFormat.TURTLE))


@cache
def with_shape() -> Validator:
    shapes = ShapeSet((*ShapeSet.load().triples, *added_shape()))
    return Validator(shapes, test_shapes.validator().reference)


def constraint() -> Constraint:
    new = set(with_shape().shapes.constraints) - set(ShapeSet.load().constraints)
    assert len(new) == 1, "the example has the number of a constraint that there is"
    return with_shape().shapes.constraints[new.pop()]


def results(quads: Any, profile: Any) -> set[str]:
    report = with_shape().validate({"it": quads}, profile=profile, as_of=AS_OF)["it"]
    return {result.shape.value.removeprefix(SHAPES) for result in report.results}


def test_the_constraint_says_what_why_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = test_shapes.shapes_graph() + Graph().parse(data=prefixed(SHAPE), format="turtle")
    monkeypatch.setattr(test_shapes, "shapes_graph", lambda: graph)
    test_shapes.test_a_constraint_says_what_why_and_how(constraint())
    test_shapes.test_no_shape_is_a_blank_node()
    test_shapes.test_the_shapes_are_valid_shacl()


@pytest.mark.parametrize("kind", ["conforms", "violates"])
def test_the_constraint_finds_what_it_is_for_and_nothing_else(kind: str) -> None:
    name = test_shapes.name_of(constraint())
    text = FILES[f"ontology/examples/{name}/{kind}.ttl"]
    quads, profile = test_shapes.load(text, test_shapes.profile_of(text)), test_shapes.profile_of(text)
    assert results(quads, profile) == ({name} if kind == "violates" else set())
    assert test_shapes.found(test_shapes.validate(quads, profile)) == set(), "no other constraint is meant"


def test_the_constraint_leaves_the_other_examples_and_real_records_alone() -> None:
    name = test_shapes.name_of(constraint())
    for other in test_shapes.shown():
        quads, profile = test_shapes.example(other, "conforms")
        if profile in constraint().profiles:
            assert results(quads, profile) == set()
    graphs = {key: map_record(record, IRIS) for key, record in RECORDS.items()}
    reports = with_shape().validate(graphs, profile="record", as_of=AS_OF)
    assert len(reports) > 10
    assert not [r for report in reports.values() for r in report.results if r.shape.value.endswith(name)]


# ---- a question


QUESTION = "findings-of-decision"
ANSWER = f"tests/golden/queries/{QUESTION}.csv"


def test_the_question_is_answered_as_shown(
    tmp_path: Path, demo_replica: Replica, demo_settings: Settings
) -> None:
    shown(f"queries/{QUESTION}.rq", tmp_path)
    library = load_queries(tmp_path)
    assert QUESTION not in load_queries()
    check_query(library[QUESTION].text, max_bytes=65536)
    for check in (
        test_queries.test_a_query_says_what_it_is,
        test_queries.test_a_query_opens_no_connection_and_names_no_dataset,
        test_queries.test_a_query_uses_its_parameters,
        test_queries.test_a_query_names_only_what_exists,
    ):
        check(library[QUESTION])
    client = create_app(demo_replica, demo_settings, library).test_client()
    assert client.get(f"/queries/{QUESTION}.csv").text.replace("\r\n", "\n") == FILES[ANSWER]


# ---- a term of the ontology


@pytest.fixture
def extended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ontology and its context with the term of the example, where the tests of the ontology look;
    the term's name."""
    [(name, definition)] = json.loads(FILES["ontology/context.jsonld"])["@context"].items()
    assert name not in test_ontology.terms()
    folder = tmp_path / "ontology"
    folder.mkdir()
    shutil.copy(ONTOLOGY / "sources.ttl", folder)
    core = (ONTOLOGY / "core.ttl").read_text("utf-8")
    (folder / "core.ttl").write_text(f"{core}\n{FILES['ontology/core.ttl']}", "utf-8")
    context = json.loads((ONTOLOGY / "context.jsonld").read_text("utf-8"))
    context["@context"][name] = definition
    (folder / "context.jsonld").write_text(json.dumps(context), "utf-8")
    monkeypatch.setattr(test_ontology, "ONTOLOGY", folder)
    monkeypatch.setattr(test_ontology, "core", cache(test_ontology.core.__wrapped__))
    monkeypatch.setattr(test_ontology, "terms", cache(test_ontology.terms.__wrapped__))
    yield name
    shutil.rmtree(folder)


def test_the_term_passes_the_checks_of_the_ontology(extended: str) -> None:
    assert extended in test_ontology.terms()
    test_ontology.test_term_is_labelled_and_defined_in_both_languages(extended)
    for check in (
        test_ontology.test_has_exactly_one_version_iri,
        test_ontology.test_no_term_is_described_without_being_defined,
        test_ontology.test_labels_tell_terms_of_one_kind_apart,
        test_ontology.test_value_schemes_and_datatypes_are_stated,
        test_ontology.test_kinds_of_decision_are_leaves,
        test_ontology.test_blank_nodes_only_where_owl_needs_them,
        test_ontology.test_ontology_is_owl_2_rl,
        test_ontology.test_model_alone_is_consistent,
        test_ontology.test_context_defines_each_term_as_the_ontology_does,
        test_ontology.test_context_reads_a_decision,
    ):
        check()


def test_the_term_can_be_written_as_json(extended: str, tmp_path: Path) -> None:
    context = json.loads((tmp_path / "ontology" / "context.jsonld").read_text("utf-8"))["@context"]
    document = {"@context": context, "id": f"{BASE}id/test/x", "type": "Decision", extended: True}
    quads = parse(json.dumps(document), format=RdfFormat.JSON_LD)
    assert [str(quad.object) for quad in quads if quad.predicate == enf(extended)] == [
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    ]


def test_the_ontology_has_a_version_of_the_kind_the_text_says() -> None:
    core = test_ontology.core()
    version = core.value(test_ontology.ONTOLOGY_IRI, URIRef(f"{PREFIXES['owl']}versionInfo"))
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(version))
    assert f"Ontology {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


# ---- a case

CASE = "data/example-at.yaml"


def test_the_case_fits_the_schema() -> None:
    schema = json.loads((ONTOLOGY / "case.schema.json").read_text("utf-8"))
    instance = yaml.load(FILES[CASE], yaml.BaseLoader)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(instance)] == []


def test_the_case_maps_without_error(tmp_path: Path) -> None:
    raw = next(iter(sources.SOURCES["curated"].read(shown(CASE, tmp_path))))
    assert not isinstance(raw, Exception)
    assert test_case.mapped(raw).errors == []


def test_the_case_becomes_the_graphs_that_the_text_names(tmp_path: Path) -> None:
    with open_store(f"file:{tmp_path / 'store'}", write=True) as store:
        (outcome,) = ingest(store, shown(CASE, tmp_path))
        assert (outcome.kind, outcome.source) == ("stored", "curated")
        assert [p for p in outcome.problems if p.severity == "Violation"] == []
        names = [name.value.removeprefix(f"{BASE}graph/") for name in store.graph_names()]
        made = [name for name in names if name.startswith(("decision/", "claim/", "quality/discrepancy/"))]
        case = outcome.key
        assert made == [
            f"claim/{case}-will-appeal",
            "decision/at-dsb/D-0000.001",
            f"quality/discrepancy/{case}",
        ]
        [decision] = [name for name in store.graph_names() if "/graph/decision/" in name.value]
        values = [str(quad.object) for quad in store.quads(decision) if quad.predicate == enf("value")]
        assert values == [f'"4800"^^{iri("xsd:decimal")}']


# ---- golden files


def test_every_golden_file_has_its_way_of_being_written() -> None:
    rows = table_of(TEXT, "files")
    commands = {code(row["written by"]) for row in rows}
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row["files"])}
    for command in commands:
        module = command.removeprefix("python -m ").replace(".", "/") + ".py"
        assert '__name__ == "__main__"' in (ROOT / module).read_text("utf-8")
    golden = {path for path in (ROOT / "tests" / "golden").rglob("*") if path.suffix in (".csv", ".nq")}
    covered = {path for name in named for path in [*ROOT.glob(name), *(ROOT / name).glob("*")]}
    assert golden <= covered
    assert all(list(ROOT.glob(name.rstrip("/"))) for name in named)


def test_every_file_shown_is_tried_here() -> None:
    shape = test_shapes.name_of(constraint())
    assert set(FILES) == {
        "kg/sources/acme.py",
        "kg/sources/__init__.py",
        "ontology/sources.ttl",
        "tests/fixtures/acme.csv",
        SHAPE,
        f"ontology/examples/{shape}/conforms.ttl",
        f"ontology/examples/{shape}/violates.ttl",
        f"queries/{QUESTION}.rq",
        ANSWER,
        "ontology/core.ttl",
        "ontology/context.jsonld",
        CASE,
    }
