"""What every reader promises, and the small tools readers share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kg.errors import InvalidRecord, SourceError
from kg.model import Conventions, RawRecord

FIELDS: Final[dict[str, str]] = {
    "decider": "dpa, court or cjeu",
    "country": "country of the authority: a name or a code",
    "authority": "the authority as the source names it",
    "decided": "date of the act",
    "published": "date of publication",
    "opened": "date the proceedings began",
    "amount": "the sum, as written",
    "currency": "its currency, where the source has a field for it",
    "provisions": "list of references as written, or of {article, paragraph, subparagraph}",
    "other_laws": "list of references to laws other than the GDPR, as written",
    "parties": "list of names as written",
    "trigger": "what began the case, in the source's word",
    "outcome": "what came of it, in the source's word",
    "infringement_type": "the source's category of infringement",
    "sector": "the source's category of sector",
    "official_number": "the authority's number or the source's name of the case",
    "ecli": "European Case Law Identifier",
    "appeal_status": "what the source says of an appeal",
    "links": "list of {url, label, language} of documents about the act",
    "page": "the source's own page about the act",
}
"""The canonical field names of `RawRecord.fields`: a reader renames, it never interprets."""

Reading = Iterator[RawRecord | InvalidRecord]


@dataclass(frozen=True, slots=True)
class Source:
    """One source: how to recognise its files, how to read them, what its columns mean.

    `read` yields records and, for a row that is not a record, an InvalidRecord; it raises
    SourceError where the file cannot be read on, after everything before that place.
    """

    name: str
    title: str
    suffix: str
    recognises: Callable[[str], bool]
    read: Callable[[Path], Reading]
    conventions: Conventions = Conventions()


def read_text(path: Path) -> str:
    """The file as UTF-8 text, a byte order mark dropped. SourceError with the line of a bad byte."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise SourceError(
            f"not UTF-8: byte 0x{byte:02X} (save the file as UTF-8)", file=str(path), line=line
        ) from None


def digest(published: Any) -> str:
    """SHA-256 of a record's published content, independent of key order and white space."""
    text = json.dumps(published, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def array_items(text: str, start: int, path: Path) -> Iterator[tuple[int, Any]]:
    """The items of the JSON array that opens at `start`, each with its 1-based line.

    Raises SourceError at the place where the text stops being JSON; items before it are given.
    """
    decoder = json.JSONDecoder()
    position, line = start + 1, text.count("\n", 0, start + 1) + 1
    while True:
        begin = _skip(text, position, " \t\r\n,")
        line += text.count("\n", position, begin)
        if begin >= len(text):
            raise SourceError("the file ends inside its list of records (truncated)", file=str(path), line=line)
        if text[begin] == "]":
            return
        try:
            item, position = decoder.raw_decode(text, begin)
        except (json.JSONDecodeError, RecursionError) as error:
            at = getattr(error, "pos", begin)
            where = line + text.count("\n", begin, at)
            what = getattr(error, "msg", "nested too deeply")
            raise SourceError(f"not JSON: {what}", file=str(path), line=where) from None
        yield line, item
        line += text.count("\n", begin, position)


def _skip(text: str, position: int, blanks: str) -> int:
    while position < len(text) and text[position] in blanks:
        position += 1
    return position
