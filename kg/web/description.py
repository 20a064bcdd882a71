"""The service description of the endpoint (SPARQL 1.1 Service Description)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.formats import Format
from kg.graphs import in_default_graph
from kg.namespaces import PREFIXES, RDF_TYPE

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_IRIS: Final = {
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "trig": "TriG",
    "nquads": "N-Quads",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}
GRAPHS: Final = "SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g"
_LOOPBACK: Final = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?")


def endpoint(base_iri: str, host: str, path: str) -> str:
    """The IRI of the endpoint. What the client calls the host is believed only when that is this
    machine or the deployment's own host; otherwise the endpoint is named under the base."""
    base = urlsplit(base_iri)
    if _LOOPBACK.fullmatch(host):
        return f"http://{host}{path}"
    if host and host == base.netloc:
        return f"{base.scheme}://{host}{path}"
    return f"{base_iri}sparql"


def describe(service: str, graphs: Iterable[str], offered: Iterable[Format], version: str) -> list[Triple]:
    """What the endpoint is and can do. `graphs`: the names of all its named graphs.

    No `sd:feature` is stated: federation is refused, IRIs are not dereferenced, and the
    default graph is not the union of all named graphs but of the public ones.
    """
    return list(_service(service, sorted(graphs), offered, version))


def _service(service: str, names: list[str], offered: Iterable[Format], version: str) -> Iterator[Triple]:
    this, dataset, default = (NamedNode(service + part) for part in ("", "#dataset", "#default-graph"))
    yield Triple(this, RDF_TYPE, _sd("Service"))
    yield Triple(this, _sd("endpoint"), this)
    yield Triple(this, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for offer in offered:
        yield Triple(this, _sd("resultFormat"), NamedNode(_FORMATS + _IRIS[offer.name]))
    yield Triple(this, _sd("defaultEntailmentRegime"), NamedNode("http://www.w3.org/ns/entailment/Simple"))
    yield Triple(this, _sd("defaultDataset"), dataset)
    yield Triple(dataset, RDF_TYPE, _sd("Dataset"))
    yield Triple(dataset, NamedNode(PREFIXES["owl"] + "versionInfo"), Literal(version))
    yield Triple(dataset, _sd("defaultGraph"), default)
    yield Triple(default, RDF_TYPE, _sd("Graph"))
    yield Triple(default, _dct("description"), Literal(_default_graph(names), language="en"))
    for name in filter(_is_shared, names):
        entry = NamedNode(f"{service}#{_local(name)}")
        yield Triple(dataset, _sd("namedGraph"), entry)
        yield Triple(entry, RDF_TYPE, _sd("NamedGraph"))
        yield Triple(entry, _sd("name"), NamedNode(name))
    yield Triple(dataset, _dct("description"), Literal(_families(names), language="en"))


def _local(name: str) -> str:
    return name.rpartition("/graph/")[2]


def _is_shared(name: str) -> bool:
    """Graphs that come one for each decision, record or claim are described in words, not listed."""
    return "/" not in _local(name)


def _default_graph(names: list[str]) -> str:
    public = [name for name in names if in_default_graph(name)]
    shared = [f"graph/{_local(name)}" for name in public if _is_shared(name)]
    return (
        f"Union of {len(public)} public named graphs: {', '.join(shared) or 'no shared one'} "
        f"and {len(public) - len(shared)} of one decision each. Not the union of all named graphs: "
        "records, claims, quality reports and provenance are asked for with GRAPH."
    )


def _families(names: list[str]) -> str:
    counts = Counter(_local(name).partition("/")[0] for name in names if not _is_shared(name))
    listed = ", ".join(f"{count} graph/{family}/…" for family, count in sorted(counts.items()))
    return f"{len(names)} named graphs. Those of one item each are not listed: {listed or 'there is none'}."


def serialise(triples: list[Triple], chosen: Format) -> bytes:
    """The description in an RDF format."""
    assert isinstance(chosen.engine, RdfFormat)
    known = {"sd": SD, "dct": PREFIXES["dct"], "owl": PREFIXES["owl"]}
    body = serialize(triples, format=chosen.engine, prefixes=known)
    assert body is not None
    return body


def _sd(local: str) -> NamedNode:
    return NamedNode(SD + local)


def _dct(local: str) -> NamedNode:
    return NamedNode(PREFIXES["dct"] + local)
