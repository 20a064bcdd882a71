"""What every reader promises, and the small tools readers share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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

_TRUNCATED: Final = "the file ends inside its list of records (truncated)"

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
    conventions: Conventions = field(default_factory=Conventions)


def read_text(path: Path) -> str:
    """The file as UTF-8 text, a byte order mark dropped. SourceError with the line of a bad byte."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        byte = error.object[error.start]
        raise SourceError(
            f"not UTF-8: byte 0x{byte:02X} (save the file as UTF-8)", file=str(path), line=line
        ) from None


def digest(published: Any) -> str:
    """SHA-256 of a record's published content, independent of key order and white space.

    Raises UnicodeEncodeError where a text holds half a character (a lone surrogate), which
    no RDF literal can.
    """
    text = json.dumps(published, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class NotJsonError(ValueError):
    """A text is not JSON (RFC 8259); `position` is the index of the character at fault."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(f"not JSON: {what}")
        self.position = position


def json_value(text: str, begin: int = 0) -> tuple[Any, int]:
    """The JSON value at `begin`, and the index after it. NotJsonError if there is none.

    Numbers with a fraction or an exponent come as the text they were written as, so that
    no sum passes through binary floating point. A name given twice in one object is an
    error: one of its values would be lost.
    """
    try:
        return _DECODER.raw_decode(text, begin)
    except json.JSONDecodeError as error:
        raise NotJsonError(error.msg, error.pos) from None
    except RecursionError:
        raise NotJsonError("nested too deeply", begin) from None
    except ValueError as error:
        raise NotJsonError(str(error).partition(";")[0], begin) from None


def array_items(text: str, start: int, path: Path) -> Iterator[tuple[int, Any]]:
    """The items of the JSON array that opens at `start`, each with its 1-based line.

    The array is the last thing in its object. Raises SourceError at the place where the
    text stops being JSON or ends too early; items before it are given.
    """
    lines = _Lines(text)
    position = _next(text, start + 1)
    mark = text[position : position + 1]
    while mark != "]":
        line = lines.at(position)
        try:
            item, position = json_value(text, position)
        except NotJsonError as error:
            cut = "Unterminated" in str(error) or error.position >= len(text.rstrip())
            rule = _TRUNCATED if cut else str(error)
            raise SourceError(rule, file=str(path), line=lines.at(error.position)) from None
        yield line, item
        position = _next(text, position)
        mark = text[position : position + 1]
        if mark == ",":
            position = _next(text, position + 1)
        elif mark != "]":
            rule = "not JSON: no comma between records" if mark else _TRUNCATED
            raise SourceError(rule, file=str(path), line=lines.at(position))
    end = _next(text, position + 1)
    if text[end : end + 1] != "}" or text[end + 1 :].strip():
        rule = "something other than } after the list of records"
        raise SourceError(rule, file=str(path), line=lines.at(end))


class _Lines:
    """The 1-based lines of positions that are asked for in increasing order."""

    def __init__(self, text: str) -> None:
        self._text, self._line, self._position = text, 1, 0

    def at(self, position: int) -> int:
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line


def _next(text: str, position: int) -> int:
    """The index of the next character that is not white space."""
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _constant(name: str) -> None:
    """`NaN` is no JSON, but is how some exporters write a missing value: it is read as null."""
    if name != "NaN":
        raise ValueError(f"{name} is not a JSON value")


_DECODER: Final = json.JSONDecoder(parse_float=str, parse_constant=_constant, object_pairs_hook=_unique)
