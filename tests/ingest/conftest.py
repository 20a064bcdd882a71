"""Small tracker files, written for each test; the organisations in them are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kg.ingest import Options, Outcome, Quarantine, run
from kg.store import open_store

AS_OF = date(2026, 1, 1)
DEFAULTS = {
    "country": "FRANCE",
    "authority": "French Data Protection Authority (CNIL)",
    "decided": "2021-03-04",
    "amount": "12,000",
    "party": "Example Retail S.A.",
    "sector": "Industry and Commerce",
    "provisions": "Art. 5 (1) f) GDPR, Art. 32 (1) b), d) GDPR",
    "type": "Insufficient legal basis for data processing",
}


def row(number: int, **changes: str) -> list[str]:
    """One row of the tracker's table, as its site sends it."""
    cells = DEFAULTS | changes
    return [
        "",
        f"ETid-{number}",
        f"<img src='./flags/x.png' alt='{cells['country']}' /><br />{cells['country']}",
        cells["authority"],
        cells["decided"],
        cells["amount"],
        cells["party"],
        cells["sector"],
        cells["provisions"],
        cells["type"],
        "Own words.",
        "<a class='blau' href='https://authority.example/decision.pdf' target='_blank'>link</a>",
        f"<a href='https://tracker.example/ETid-{number}' target='_blank'>link</a>",
    ]


@pytest.fixture
def tracker(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a tracker file and returns its path."""

    def write(*rows: list[str], name: str = "tracker.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"data": rows}, indent=1), "utf-8")
        return path

    return write


@pytest.fixture
def ingest(tmp_path: Path) -> Callable[..., list[Outcome]]:
    """Ingests files into one store on disk and returns the outcomes."""

    def go(
        *paths: Path, dry_run: bool = False, processes: int = 1, source: str | None = None
    ) -> list[Outcome]:
        options = Options(AS_OF, source=source, dry_run=dry_run, processes=processes)
        with open_store(f"file:{tmp_path / 'store'}", write=True) as store:
            return list(run(store, paths, options, Quarantine(tmp_path / "quarantine")))

    return go
