"""What made a graph is said, and changes when what made it changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

from pyoxigraph import Literal, NamedNode

from kg import __version__
from kg.graphs import in_default_graph
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, enf, iri
from kg.provenance import pipeline, pipeline_digest, pipeline_graph, record_graph, record_provenance
from tests.conftest import ROOT

IRIS = Iris("https://e.example/")


def digest_in(folder: Path) -> str:
    code = "from kg.provenance import pipeline_digest; print(pipeline_digest())"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def test_the_digest_is_of_the_code_and_the_ontology(tmp_path: Path) -> None:
    for name in ("kg", "ontology"):
        copytree(ROOT / name, tmp_path / name, ignore=ignore_patterns("__pycache__"))
    whole = digest_in(tmp_path)
    assert len(whole) == 64
    assert digest_in(tmp_path) == whole
    seen = {whole}
    for name in ("kg/normalise/dates.py", "ontology/party-words.toml", "ontology/core.ttl"):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        seen.add(digest_in(tmp_path))
    (tmp_path / "kg" / "normalise" / "dates.py").rename(tmp_path / "kg" / "normalise" / "dates2.py")
    seen.add(digest_in(tmp_path))
    assert len(seen) == 5
    before = digest_in(tmp_path)
    example = tmp_path / "ontology" / "examples" / "new" / "conforms.ttl"
    example.parent.mkdir(parents=True)
    example.write_text("# an example\n", encoding="utf-8")
    (tmp_path / "kg" / "notes.txt").write_text("not code\n", encoding="utf-8")
    assert digest_in(tmp_path) == before


def test_the_activity_is_named_by_the_digest_and_described() -> None:
    node = pipeline(IRIS)
    assert node.value == f"https://e.example/id/activity/ingest-{pipeline_digest()[:16]}"
    graph = NamedNode("https://e.example/graph/provenance")
    facts = {(quad.predicate, quad.object) for quad in pipeline_graph(IRIS)}
    assert {(quad.subject, quad.graph_name) for quad in pipeline_graph(IRIS)} == {(node, graph)}
    assert facts == {
        (RDF_TYPE, iri("prov:Activity")),
        (iri("rdfs:label"), Literal(f"Ingest by enforcement-kg {__version__}", language="en")),
        (enf("contentDigest"), Literal(pipeline_digest())),
    }


def test_each_record_has_a_provenance_graph_of_its_own() -> None:
    assert record_graph("gdprhub", "12", IRIS).value == "https://e.example/graph/provenance/gdprhub/12"
    odd = [record_graph("gdprhub", key, IRIS).value for key in ("a/b", "a-b", "a b", "..")]
    assert len(set(odd)) == 4
    assert all(value.startswith("https://e.example/graph/provenance/gdprhub/") for value in odd)
    assert all(value.count("/") == 6 for value in odd)
    assert not any(in_default_graph(value) for value in odd)


def test_a_record_says_its_digest_its_maker_and_its_graphs() -> None:
    graphs = [IRIS.record_graph("s", "k"), IRIS.graph("inferred", "s", "k")]
    quads = record_provenance("s", "k", "d1", graphs, IRIS)
    node = IRIS.record("s", "k")
    assert {quad.graph_name for quad in quads} == {record_graph("s", "k", IRIS)}
    assert [(quad.subject, quad.predicate, quad.object) for quad in quads] == [
        (node, enf("sourceDigest"), Literal("d1")),
        (node, iri("prov:wasGeneratedBy"), pipeline(IRIS)),
        *[(graph, iri("prov:wasDerivedFrom"), node) for graph in graphs],
    ]
