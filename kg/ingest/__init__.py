"""From files to a store: read, type, map, validate, reason, store; one record or all of it, never half."""

from kg.ingest.findings import LANGUAGES, WORST_FIRST, Counts, Language, as_json, as_text, as_triples
from kg.ingest.outcome import Outcome, Problem, Summary
from kg.ingest.quarantine import Quarantine
from kg.ingest.run import Options, count, run
from kg.ingest.validate import Finding, validate_files, validate_store

__all__ = [
    "LANGUAGES",
    "WORST_FIRST",
    "Counts",
    "Finding",
    "Language",
    "Options",
    "Outcome",
    "Problem",
    "Quarantine",
    "Summary",
    "as_json",
    "as_text",
    "as_triples",
    "count",
    "run",
    "validate_files",
    "validate_store",
]
