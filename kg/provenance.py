"""What made each graph: the record's digest and the pipeline that read it (PROV-O)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from kg import __version__
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, enf, iri
from kg.resources import ONTOLOGY

_CODE = Path(__file__).resolve().parent


@cache
def pipeline_digest() -> str:
    """SHA-256 over the code and the ontology: equal digests read equal records alike."""
    hasher = hashlib.sha256()
    code = [path for path in sorted(_CODE.rglob("*.py")) if "_resources" not in path.parts]
    model = [path for path in sorted(ONTOLOGY.rglob("*")) if path.is_file() and "examples" not in path.parts]
    for root, path in [(_CODE, p) for p in code] + [(ONTOLOGY, p) for p in model]:
        hasher.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()


def pipeline(iris: Iris) -> NamedNode:
    """The activity of reading records with this very code and ontology."""
    return iris.id("activity", f"ingest-{pipeline_digest()[:16]}")


def pipeline_graph(iris: Iris) -> list[Quad]:
    """The description of the activity, in `graph/provenance`."""
    graph, node = iris.graph("provenance"), pipeline(iris)
    return [
        Quad(node, RDF_TYPE, iri("prov:Activity"), graph),
        Quad(
            node, iri("rdfs:label"), Literal(f"Ingest by enforcement-kg {__version__}", language="en"), graph
        ),
        Quad(node, enf("contentDigest"), Literal(pipeline_digest()), graph),
    ]


def record_graph(source: str, key: str, iris: Iris) -> NamedNode:
    """The provenance graph of one record: dropped and written with it."""
    return iris.graph("provenance", *iris.record(source, key).value.rsplit("/", 2)[1:])


def record_provenance(
    source: str, key: str, digest: str, graphs: Iterable[NamedNode], iris: Iris
) -> list[Quad]:
    """The record's digest, the activity that read it, and every graph that came of it."""
    graph, node = record_graph(source, key, iris), iris.record(source, key)
    quads = [
        Quad(node, enf("sourceDigest"), Literal(digest), graph),
        Quad(node, iri("prov:wasGeneratedBy"), pipeline(iris), graph),
    ]
    return quads + [Quad(made, iri("prov:wasDerivedFrom"), node, graph) for made in graphs]
