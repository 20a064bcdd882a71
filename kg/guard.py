"""The cheap scan before any SPARQL parser: length, nesting, federation, updates.

The engine's parser recurses (4 kB of braces end the process), fetches what SERVICE names,
and cannot be told not to. This tokeniser follows SPARQL 1.1 §19.8 where that is stricter,
and pyoxigraph where that is laxer: it wants no space around a keyword (`trueSERVICE`,
`SERVICE:a`), and reads `<` by its place in the grammar. Where a `<` could open an IRI or
be an operator, both readings are scanned and either one may refuse the query.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from kg.errors import FederationRefused, InvalidQuery, TooLarge

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS: Final = _BASE + "_0-9\u00b7\u0300-\u036f\u203f\u2040\\-"
_CODE: Final = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"

# A quote that opens no complete string matches `punctuation`: no parser gets past it.
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_CODE})*>)
  | (?P<string>
        \"\"\"[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+\"\"\"
      | '''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''
      | (?!\"\"\")"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"
      | (?!''')'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+' )
  | (?P<variable>[?$][{_CHARS}]+)
  | (?P<language>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)
  | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
  | (?P<blank>_:[{_CHARS}.]*)
  | (?P<words>(?:[{_BASE}]|{_CODE})(?:[{_CHARS}.]|{_CODE})*+)
    (?P<local>:(?:(?:[{_BASE}_0-9:]|{_ESCAPE})(?:\.*(?:[{_CHARS}:]|{_ESCAPE}))*+)?)?
  | (?P<colon>:(?:(?:[{_BASE}_0-9:]|{_ESCAPE})(?:\.*(?:[{_CHARS}:]|{_ESCAPE}))*+)?)
  | (?P<punctuation>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DECODE: Final = re.compile(_CODE)
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]|\\A\ufeff")
_AMBIGUOUS: Final = frozenset("#'([")  # what an IRI may hold and would matter outside one
_QUOTES: Final = frozenset("\"'")
_OPEN: Final = frozenset(["(", "[", "{", "<<"])
_CLOSE: Final = frozenset([")", "]", "}", ">>"])
_PREFIX: Final = frozenset("!^+-")
_PROLOGUE: Final = frozenset(["PREFIX", "BASE", "VERSION"])
_UPDATES: Final = frozenset(
    ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"]
)


class _Reading(NamedTuple):
    """A place from which the text is read, and the open brackets there."""

    start: int
    depth: int


def check_query(text: str, *, max_bytes: int, max_depth: int = 128) -> None:
    """Refuse a query that no parser should see. Linear in the length of the text.

    Raises TooLarge (`max_bytes` of UTF-8), InvalidQuery (characters that are no text, nesting
    of brackets or prefix operators beyond `max_depth`, an update), FederationRefused (SERVICE).
    """
    if len(text) > max_bytes or len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise TooLarge(f"the query is longer than {max_bytes} bytes")
    if found := _FORBIDDEN.search(text):
        raise _at(text, found.start(), f"a character that is not allowed: U+{ord(found[0]):04X}")
    _Scan(text, max_depth).run()


class _Scan:
    """All readings of one text. Each place is read once, whichever reading comes there first."""

    def __init__(self, text: str, max_depth: int) -> None:
        self.text, self.max_depth = text, max_depth
        self.line_ends = [found.start() for found in re.finditer("[\r\n]", text)] + [len(text)]
        self.seen: set[int] = set()
        self.readings = [_Reading(0, 0)]
        self.operation = True  # the next bare word says what kind of operation this is
        self.after_graph = False
        self.service = -1  # where a prefixed name began that the engine may read as SERVICE + name

    def run(self) -> None:
        while self.readings:
            self.read(self.readings.pop())
            self.operation, self.after_graph, self.service = False, False, -1

    def read(self, reading: _Reading) -> None:
        text, (position, depth), prefixes = self.text, reading, 0
        while position < len(text) and (position not in self.seen or self.service >= 0):
            self.seen.add(position)
            found = _TOKEN.match(text, position)
            assert found is not None
            start, position, lexeme = position, found.end(), found[0]
            if found.lastgroup == "space":
                continue
            if lexeme == "#":
                position = self.line_ends[bisect_left(self.line_ends, start)]
                continue
            if lexeme in _QUOTES:
                return
            if found["words"]:
                self.word(found)
                prefixes = 0
                continue
            if lexeme == "{" and self.service >= 0:
                raise _federation(text, self.service)
            self.after_graph, self.service = False, -1
            if found.lastgroup == "iri" and not _AMBIGUOUS.isdisjoint(lexeme):
                self.readings.append(_Reading(start + 1, depth))
            if lexeme == "<" and text.startswith("<<", start) and not _opens_iri(text, position):
                lexeme, position = "<<", position + 1
            elif lexeme == ">" and text.startswith(">>", start):
                lexeme, position = ">>", position + 1
            depth = max(0, depth + (lexeme in _OPEN) - (lexeme in _CLOSE))
            prefixes = prefixes + 1 if lexeme in _PREFIX else 0
            if depth > self.max_depth or prefixes > self.max_depth:
                raise _at(text, start, f"nested deeper than {self.max_depth} levels")

    def word(self, found: re.Match[str]) -> None:
        """Bare words and prefixed names."""
        words = _DECODE.sub(_character, found["words"]).upper()
        if found["local"] is None:
            if "SERVICE" in words:
                raise _federation(self.text, found.start())
            if self.operation and words in _UPDATES:
                raise _at(self.text, found.start(), "updates are not accepted: this endpoint is read-only")
            self.operation = self.operation and words in _PROLOGUE
        self.service = found.start() if "SERVICE" in words and not self.after_graph else -1
        self.after_graph = words == "GRAPH"


def _opens_iri(text: str, position: int) -> bool:
    found = _TOKEN.match(text, position)
    return found is not None and found.lastgroup == "iri"


def _character(found: re.Match[str]) -> str:
    code = int(found[0][2:], 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def _federation(text: str, offset: int) -> FederationRefused:
    line, column = _place(text, offset)
    return FederationRefused(
        f"SERVICE at line {line}, column {column}: this endpoint opens no connections; "
        "query the other endpoint yourself, or load its data beside a dump of this one"
    )


def _at(text: str, offset: int, what: str) -> InvalidQuery:
    line, column = _place(text, offset)
    return InvalidQuery(what, line=line, column=column)


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
