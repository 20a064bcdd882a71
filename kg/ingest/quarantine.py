"""Where refused records wait for a curator: a folder outside the graph, readable by its owner only.

A refused record may name people, so it is never put into the store. Each one is two files:
`<source>/<key>.json` (the record as published, and what is wrong with it) and
`<source>/<key>.ttl` (the W3C validation report). Both go when the record is accepted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from kg.errors import StoreUnavailable
from kg.ingest.outcome import Outcome
from kg.iris import segment
from kg.model import RawRecord


class Quarantine:
    """The folder of refused records. Files are written aside and renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, raw: RawRecord, outcome: Outcome, report: str) -> None:
        """Keep one refused record with its report. StoreUnavailable if the folder cannot be written."""
        record = {"problems": [asdict(problem) for problem in outcome.problems], "record": raw.model_dump()}
        text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True, default=str)
        try:
            base = self._base(raw.source, raw.key)
            base.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(base.with_name(base.name + ".ttl"), report)
            _write(base.with_name(base.name + ".json"), text + "\n")
        except OSError as error:
            raise StoreUnavailable(f"{self.folder}: cannot keep refused records: {error.strerror}") from error

    def remove(self, source: str, key: str) -> None:
        """Forget a record that was refused before and is accepted now."""
        base = self._base(source, key)
        for suffix in (".json", ".ttl"):
            base.with_name(base.name + suffix).unlink(missing_ok=True)

    def waiting(self) -> Iterator[tuple[str, str, str]]:
        """Source, key and file of every record that waits here, in a stable order."""
        for path in sorted(self.folder.glob("*/*.json")):
            try:
                record = json.loads(path.read_text("utf-8"))["record"]
                yield record["source"], record["key"], record["file"]
            except (OSError, ValueError, KeyError, TypeError):
                continue  # not a file of ours

    def name(self, source: str, key: str) -> tuple[str, str]:
        """Folder and file name under which a record waits."""
        return segment(source), segment(key)

    def _base(self, source: str, key: str) -> Path:
        folder, name = self.name(source, key)
        return self.folder / folder / name


def _write(path: Path, text: str) -> None:
    aside = path.with_name(path.name + ".part")
    with os.fdopen(
        os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    aside.replace(path)
