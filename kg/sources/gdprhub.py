"""GDPRhub's search API: one JSON object a line. Its "relevant law" is cited, not infringed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import InvalidRecord
from kg.model import RawRecord
from kg.sources.base import Source, digest, read_text

NAME: Final = "gdprhub"
_RENAMED: Final = {
    "decider_type": "decider",
    "jurisdiction": "country",
    "dpa": "authority",
    "decision_type": "trigger",
    "outcome": "outcome",
    "ecli": "ecli",
    "case_nr_name": "official_number",
    "date_decided": "decided",
    "date_published": "published",
    "date_started": "opened",
}


def read(path: Path) -> Iterator[RawRecord | InvalidRecord]:
    for line, text in enumerate(read_text(path).split("\n"), start=1):
        if text.strip():
            yield _record(text, path, line)


def _record(text: str, path: Path, line: int) -> RawRecord | InvalidRecord:
    place: dict[str, Any] = {"source": NAME, "file": str(path), "line": line}
    try:
        row = json.loads(text)
        key = row["wiki"]["page_id"]
    except (json.JSONDecodeError, RecursionError) as error:
        what = getattr(error, "msg", "nested too deeply")
        return InvalidRecord(f"not JSON: {what}", field="line", fix="fetch the record again", **place)
    except (KeyError, TypeError):
        return InvalidRecord("no wiki.page_id", field="wiki.page_id", fix="fetch the record again", **place)
    if not isinstance(key, str | int) or not re.fullmatch(r"\d+", str(key)):
        return InvalidRecord("not a page number", field="wiki.page_id", value=str(key), fix="fetch it again", **place)
    try:
        fields = _fields(row)
    except (AttributeError, KeyError, TypeError) as error:
        return InvalidRecord(
            f"not in the API's form ({error})", field="record", key=str(key), fix="fetch the record again", **place
        )
    return RawRecord(key=str(key), digest=digest(row), fields=fields, **place)


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {new: row[old] for old, new in _RENAMED.items() if row.get(old) is not None}
    fine, laws, appeal = row.get("fine") or {}, row.get("applied_laws") or {}, row.get("appeal_to") or {}
    court = row.get("court") or {}
    fields |= {
        "amount": fine.get("amount"),
        "currency": fine.get("currency"),
        "authority": row.get("dpa") or court.get("orig_abbr") or fields.get("decider"),
        "provisions": list(laws.get("gdpr") or ()),
        "other_laws": [law["name"] for name in ("eu", "national_other") for law in laws.get(name) or ()],
        "parties": [party["name"] for party in row.get("parties") or ()],
        "links": [
            {"url": link["url"], "label": link.get("name", ""), "language": link.get("language", "")}
            for link in row.get("sources") or ()
            if link.get("url")
        ],
        "appeal_status": appeal.get("status"),
        # By number: the page's title may name a person.
        "page": f"https://gdprhub.eu/index.php?curid={row['wiki']['page_id']}",
    }
    return {name: value for name, value in fields.items() if value is not None}


SOURCE: Final = Source(
    name=NAME,
    title="GDPRhub (noyb), search API as JSON lines",
    suffix=".jsonl",
    recognises=lambda head: '"decider_type"' in head and '"wiki"' in head,
    read=read,
)
