"""From files to a store: read, type, map, validate, reason, store; one record or all of it, never half."""

from kg.ingest.outcome import Outcome, Problem, Summary
from kg.ingest.quarantine import Quarantine
from kg.ingest.run import Options, count, run

__all__ = ["Options", "Outcome", "Problem", "Quarantine", "Summary", "count", "run"]
