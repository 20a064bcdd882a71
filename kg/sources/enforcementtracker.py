"""The GDPR Enforcement Tracker's DataTables JSON: `{"data": [[13 strings], …]}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from kg.errors import InvalidRecord, SourceError
from kg.model import Conventions, RawRecord
from kg.sources.base import Source, array_items, digest, read_text

NAME: Final = "enforcementtracker"
COLUMNS: Final = (
    "blank", "key", "country", "authority", "decided", "amount", "parties", "sector", "provisions",
    "infringement_type", "summary", "links", "permalink",
)  # fmt: skip
_KEY: Final = re.compile(r"ETid-[0-9]{1,9}")
_OPENING: Final = re.compile(r'\s*\{\s*"data"\s*:\s*\[')


class _Html(HTMLParser):
    """Text and link targets of a cell."""

    def __init__(self, cell: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.feed(cell)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(path: Path) -> Iterator[RawRecord | InvalidRecord]:
    text = read_text(path)
    opening = _OPENING.match(text)
    if opening is None:
        raise SourceError('not a tracker file: expected {"data": [ … ]}', file=str(path), line=1)
    for line, row in array_items(text, opening.end() - 1, path):
        yield _record(row, path, line)


def _record(row: Any, path: Path, line: int) -> RawRecord | InvalidRecord:
    def invalid(rule: str, fix: str, *, field: str = "row", value: str = "", key: str = "") -> InvalidRecord:
        return InvalidRecord(
            rule, field=field, value=value, key=key, fix=fix, source=NAME, file=str(path), line=line
        )

    again = "export the table again"
    if not isinstance(row, list) or not all(isinstance(cell, str) for cell in row):
        return invalid("a row is a list of strings", again)
    if len(row) != len(COLUMNS):
        stated = row[1] if len(row) > 1 and _KEY.fullmatch(row[1]) else ""
        return invalid(f"{len(row)} columns where the tracker has {len(COLUMNS)}", again, key=stated)
    cells = dict(zip(COLUMNS, row, strict=True))
    key = cells["key"].strip()
    if not _KEY.fullmatch(key):
        return invalid("not a tracker key (ETid-1)", "restore the key", field="key", value=cells["key"])
    try:
        content = digest(row)
    except UnicodeEncodeError:
        return invalid("half a character (a lone surrogate)", again, key=key)
    return RawRecord(
        source=NAME, key=key, file=str(path), line=line, digest=content, fields=_fields(cells)
    )


def _fields(cells: dict[str, str]) -> dict[str, Any]:
    plain = ("authority", "decided", "amount", "sector", "infringement_type")
    return {
        **{name: cells[name] for name in plain},
        "decider": "dpa",
        "country": "".join(_Html(cells["country"]).text).strip(),
        "provisions": [cells["provisions"]],
        "parties": [cells["parties"]],
        "links": [{"url": url} for url in _Html(cells["links"]).links],
        "page": next(iter(_Html(cells["permalink"]).links), ""),
    }


SOURCE: Final = Source(
    name=NAME,
    title="GDPR Enforcement Tracker (CMS), DataTables JSON",
    suffix=".json",
    recognises=lambda head: bool(_OPENING.match(head)) and "ETid-" in head,
    read=read,
    # The tracker converts every fine to euros; its quoted articles are those it says were breached.
    conventions=Conventions(currency="EUR", provisions="infringed", respondents=True),
)
