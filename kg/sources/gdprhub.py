"""GDPRhub's search API: one JSON object a line. Its "relevant law" is cited, not infringed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import InvalidRecord
from kg.model import RawRecord
from kg.sources.base import NotJsonError, Source, digest, json_value, read_text

NAME: Final = "gdprhub"
_PAGE: Final = re.compile(r"[0-9]{1,12}")
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
    def invalid(rule: str, *, field: str, key: str = "", value: str = "") -> InvalidRecord:
        fix, file = "fetch the record again", str(path)
        return InvalidRecord(
            rule, field=field, key=key, value=value, fix=fix, source=NAME, file=file, line=line
        )

    try:
        row, end = json_value(text, len(text) - len(text.lstrip()))
    except NotJsonError as error:
        return invalid(str(error), field="line")
    if text[end:].strip():
        return invalid("not JSON: something after the object", field="line")
    try:
        key = _text(row["wiki"]["page_id"])
    except (KeyError, TypeError):
        return invalid("no wiki.page_id", field="wiki.page_id")
    if not _PAGE.fullmatch(key):
        return invalid("not a page number", field="wiki.page_id", value=key[:80])
    try:
        fields, content = _fields(row, key), digest(row)
    except UnicodeEncodeError:
        return invalid("half a character (a lone surrogate)", field="record", key=key)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        return invalid(f"not in the API's form ({error})", field="record", key=key)
    return RawRecord(source=NAME, key=key, file=str(path), line=line, digest=content, fields=fields)


def _fields(row: dict[str, Any], page: str) -> dict[str, Any]:
    fine, laws, appeal = row.get("fine") or {}, row.get("applied_laws") or {}, row.get("appeal_to") or {}
    court, kind = row.get("court") or {}, row.get("decider_type")
    stated = {new: row.get(old) for old, new in _RENAMED.items()} | {
        "amount": fine.get("amount"),
        "currency": fine.get("currency"),
        "authority": row.get("dpa") or court.get("orig_abbr") or (None if kind == "dpa" else kind),
        "appeal_status": appeal.get("status"),
        # By number: the page's title may name a person.
        "page": f"https://gdprhub.eu/index.php?curid={page}",
    }
    texts: dict[str, Any] = {name: _text(value) for name, value in stated.items() if value is not None}
    others = (law for name in ("eu", "national_other") for law in laws.get(name) or ())
    return texts | {
        "provisions": [_texts(law) for law in laws.get("gdpr") or ()],
        "other_laws": [_text(law["name"]) for law in others],
        "parties": [_text(party["name"]) for party in row.get("parties") or ()],
        "links": [_link(link) for link in row.get("sources") or () if link.get("url")],
    }


def _link(link: dict[str, Any]) -> dict[str, str]:
    names = {"url": "url", "name": "label", "language": "language"}
    return {new: _text(link[old]) for old, new in names.items() if link.get(old) is not None}


def _texts(item: dict[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in item.items() if value is not None}


def _text(value: Any) -> str:
    """A text or a whole number as text. Raises TypeError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"{type(value).__name__} where a text is expected")


SOURCE: Final = Source(
    name=NAME,
    title="GDPRhub (noyb), search API as JSON lines",
    suffix=".jsonl",
    recognises=lambda head: '"decider_type"' in head and '"wiki"' in head,
    read=read,
)
