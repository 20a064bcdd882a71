"""The trackers' real records as graphs, through the readers, normalisation and mapping of the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from kg.errors import InvalidRecord
from kg.iris import Iris
from kg.mapping.record import map_record
from kg.model import RawRecord
from kg.normalise import normalise
from kg.sources import SOURCES

AS_OF: Final = date(2026, 1, 1)
FILES: Final = {
    "enforcementtracker": "enforcementtracker_2024-03.json",
    "gdprhub": "gdprhub_api_2024-03.jsonl",
}


def sample(folder: Path, each: int | None = None) -> dict[str, list[Quad]]:
    """Graphs by key: of each tracker at least `each` records evenly spread over its file; all without it."""
    found: dict[str, list[Quad]] = {}
    for name, file in FILES.items():
        records = [raw for raw in SOURCES[name].read(folder / file) if isinstance(raw, RawRecord)]
        step = max(1, len(records) // each) if each else 1
        for key, quads in _mapped(name, records[::step]):
            found[f"{name}/{key}"] = quads
    return found


def _mapped(name: str, records: list[RawRecord]) -> Iterator[tuple[str, list[Quad]]]:
    for raw in records:
        try:
            record = normalise(raw, SOURCES[name].conventions, as_of=AS_OF)
        except InvalidRecord:
            continue  # refused before there is a graph
        yield raw.key, map_record(record, Iris())
