"""The counts on the first page: asked of the graph itself, kept for one dataset version."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass, field
from typing import Any, Final

from kg.errors import StoreError
from kg.formats import RDF, RESULTS, by_name
from kg.namespaces import PREFIXES
from kg.replica import QueryRequest, Replica

log = logging.getLogger(__name__)

_PROLOGUE: Final = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("enf", "skos", "dct", "foaf")
)
_TOTALS: Final = {
    "decisions": "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a enf:Decision }",
    "findings": "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?d enf:hasFinding ?x }",
    "authorities": "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a enf:SupervisoryAuthority }",
}
_SOURCES: Final = """SELECT ?source (SAMPLE(?name) AS ?label) (SAMPLE(?terms) AS ?licence)
  (SAMPLE(?home) AS ?page) (SAMPLE(?count) AS ?records) {
  { SELECT ?source (COUNT(DISTINCT ?record) AS ?count) {
      GRAPH ?graph { ?record a enf:Record ; enf:fromSource ?source } } GROUP BY ?source }
  OPTIONAL { ?source skos:prefLabel ?name FILTER(LANGMATCHES(LANG(?name), "en") || LANG(?name) = "") }
  OPTIONAL { ?source dct:license ?terms }
  OPTIONAL { ?source foaf:homepage ?home }
} GROUP BY ?source ORDER BY DESC(?records) ?source"""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What one source contributes. `licence` and `page` are IRIs, or empty where none is stated."""

    iri: str
    label: str
    records: int
    licence: str
    page: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one dataset version; `totals` by name, as in the JSON of the first page."""

    version: str
    totals: dict[str, int]
    sources: tuple[SourceFigures, ...]

    @property
    def records(self) -> int:
        return sum(source.records for source in self.sources)


@dataclass(slots=True)
class FiguresOf:
    """Counts when first asked after each new version. Safe under threads."""

    replica: Replica
    _kept: Figures | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self) -> Figures | None:
        """The counts of the version served now; None when there is none or counting failed."""
        version = self.replica.version
        if version is None:
            return None
        with self._lock:
            if self._kept is None or self._kept.version != version:
                try:
                    self._kept = count(self.replica)
                except StoreError as error:
                    log.warning("counting failed: %s", type(error).__name__)
                    return None
            return self._kept


def count(replica: Replica) -> Figures:
    """Raises StoreError when a query cannot be answered."""
    found = {name: select(replica, query) for name, query in _TOTALS.items()}
    versions = {version for _, version in found.values()}
    rows, version = select(replica, _SOURCES)
    if versions != {version}:  # a new version arrived between two queries
        return count(replica)
    totals = {name: int(solutions[0]["n"]) for name, (solutions, _) in found.items()}
    sources = tuple(
        SourceFigures(
            iri=row["source"],
            label=row.get("label") or row["source"].rpartition("/")[2],
            records=int(row["records"]),
            licence=row.get("licence", ""),
            page=row.get("page", ""),
        )
        for row in rows
    )
    return Figures(version, totals, sources)


def select(replica: Replica, query: str) -> tuple[list[dict[str, str]], str]:
    """The solutions of a SELECT as lexical values, and the dataset version they come from."""
    request = QueryRequest(
        query=_PROLOGUE + query, results=by_name(RESULTS, "json"), graphs=by_name(RDF, "ntriples")
    )
    answer = replica.query(request)
    try:
        body = answer.body if isinstance(answer.body, bytes) else answer.body.read()
        document: dict[str, Any] = json.loads(body)
        bindings = document["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings], answer.version
    finally:
        answer.close()
