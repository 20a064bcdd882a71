"""What the store holds besides records: the model, what follows from the decisions, and metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, RdfFormat, parse

from kg import __version__
from kg.graphs import in_default_graph
from kg.ingest.effects import effects
from kg.ingest.prepare import ntriples
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, iri
from kg.provenance import pipeline, pipeline_graph
from kg.reason import Fact, Reasoner, triples
from kg.resources import ONTOLOGY, ontology_files
from kg.store import Store

MODEL: Final[dict[str, tuple[str, ...]]] = {
    "ontology": ("core.ttl", "alignments.ttl"),
    "schemes": ("schemes", "sources.ttl"),
    "law": ("law",),
    "authorities": ("authorities",),
}
"""Graph name to the files or folders of ontology/ it is loaded from."""

_OURS: Final = "SELECT ?by WHERE { GRAPH ?g { ?by a <http://www.w3.org/ns/prov#Activity> } }"


def load_model(store: Store, iris: Iris) -> None:
    """Load ontology, schemes, law and authorities, unless they are the ones in the store."""
    rows = store.query(_OURS)
    if any(row["by"] == pipeline(iris) for row in rows):  # type: ignore[union-attr]
        return
    graphs = [(iris.graph(name), _text(parts)) for name, parts in MODEL.items()]
    graphs.append((iris.graph("provenance"), ntriples(pipeline_graph(iris))))
    store.apply([graph for graph, _ in graphs], graphs)


def _text(parts: Iterable[str]) -> str:
    """The files' statements as N-Triples; the blank nodes that OWL needs get canonical names
    (RDFC-1.0), so that loading twice gives the same text."""
    model = Dataset()
    for part in parts:
        path = ONTOLOGY / part
        for file in [path] if path.is_file() else ontology_files(part):
            for quad in parse(path=str(file), format=RdfFormat.TURTLE, rename_blank_nodes=True):
                model.add(quad)
    model.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return ntriples(model)


def finish(store: Store, iris: Iris) -> None:
    """Bring `graph/inferred` and `graph/meta` up to date and publish; a run that was killed
    before this point is completed by the next one."""
    decisions = set(_decisions(store))
    inferred = Reasoner.load().infer(decisions)
    inferred |= effects(decisions | inferred) | Reasoner.load().inferred_reference()
    _replace(store, iris.graph("inferred"), ntriples(inferred))
    _replace(store, iris.graph("meta"), ntriples(_metadata(store, iris)))
    store.publish()


def _replace(store: Store, graph: NamedNode, text: str) -> None:
    if ntriples(store.quads(graph)) != text:
        store.replace_graph(graph, text)


def _decisions(store: Store) -> Iterator[Fact]:
    for graph in store.graph_names():
        if "/graph/decision/" in graph.value:
            yield from triples(store.quads(graph))


def _metadata(store: Store, iris: Iris) -> list[Fact]:
    """VoID and DCAT of the dataset, counted on the graphs themselves."""
    dataset, license_ = iris.id("dataset"), NamedNode("https://creativecommons.org/licenses/by/4.0/")
    names = [name for name in store.graph_names() if in_default_graph(name.value)]
    count = sum(1 for name in names if not name.value.endswith("/graph/meta") for _ in store.quads(name))
    return [
        (dataset, RDF_TYPE, iri("void:Dataset")),
        (dataset, RDF_TYPE, iri("dcat:Dataset")),
        (dataset, iri("dct:title"), Literal("Enforcement knowledge graph", language="en")),
        (dataset, iri("dct:title"), Literal("Graphe de connaissances des sanctions", language="fr")),
        (dataset, iri("dct:license"), license_),
        (dataset, iri("dcat:version"), Literal(__version__)),
        (dataset, iri("void:triples"), Literal(str(count), datatype=iri("xsd:integer"))),
    ]
