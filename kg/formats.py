"""RDF and query-result formats as values: one table of name, extension and media type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class Format:
    """One serialisation. `engine` is pyoxigraph's own value; `named_graphs` says whether it
    carries a dataset (RDF 1.1 §4) rather than one graph."""

    name: str
    extension: str
    media_type: str
    engine: RdfFormat | QueryResultsFormat
    named_graphs: bool = False
    aliases: tuple[str, ...] = ()


RDF: Final[tuple[Format, ...]] = (
    Format("turtle", "ttl", "text/turtle", RdfFormat.TURTLE, aliases=("application/x-turtle",)),
    Format("ntriples", "nt", "application/n-triples", RdfFormat.N_TRIPLES, aliases=("text/plain",)),
    Format("jsonld", "jsonld", "application/ld+json", RdfFormat.JSON_LD, True, ("application/json",)),
    Format(
        "rdfxml", "rdf", "application/rdf+xml", RdfFormat.RDF_XML, aliases=("application/xml", "text/xml")
    ),
    Format("trig", "trig", "application/trig", RdfFormat.TRIG, True),
    Format("nquads", "nq", "application/n-quads", RdfFormat.N_QUADS, True),
)

RESULTS: Final[tuple[Format, ...]] = (
    Format(
        "json",
        "json",
        "application/sparql-results+json",
        QueryResultsFormat.JSON,
        aliases=("application/json",),
    ),
    Format(
        "xml",
        "xml",
        "application/sparql-results+xml",
        QueryResultsFormat.XML,
        aliases=("application/xml", "text/xml"),
    ),
    Format("csv", "csv", "text/csv", QueryResultsFormat.CSV),
    Format("tsv", "tsv", "text/tab-separated-values", QueryResultsFormat.TSV),
)


def by_name(formats: tuple[Format, ...], name: str) -> Format | None:
    """The format with this name, extension or media type, or None."""
    return next((f for f in formats if name in (f.name, f.extension, f.media_type, *f.aliases)), None)
