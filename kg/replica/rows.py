"""Exact row counts of SPARQL results, taken from the bytes as they are written.

Solutions cannot be counted and serialised both, short of evaluating twice; but each format
has one mark per row that no literal can imitate, because literals are quoted or escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pyoxigraph import QueryResultsFormat

Counter = Callable[[bytes], int]
_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)


def row_counter(format: QueryResultsFormat) -> Counter:
    """A function to call with each block of one serialisation; it returns the rows so far."""
    kinds: dict[QueryResultsFormat, type[_Rows]] = {
        QueryResultsFormat.JSON: _JsonRows,
        QueryResultsFormat.XML: _XmlRows,
        QueryResultsFormat.CSV: _CsvRows,
        QueryResultsFormat.TSV: _TsvRows,
    }
    return kinds[format]().feed


class _Rows:
    rows = 0

    def feed(self, block: bytes) -> int:
        raise NotImplementedError


class _XmlRows(_Rows):
    """`<result>` opens each row; a `<` in a literal is written `&lt;`."""

    tail = b""

    def feed(self, block: bytes) -> int:
        text = self.tail + block
        self.rows += text.count(b"<result>")
        self.tail = text[-7:]
        return self.rows


class _TsvRows(_Rows):
    """Every row ends with a line feed, after one line of names; literals escape theirs."""

    rows = -1

    def feed(self, block: bytes) -> int:
        self.rows += block.count(b"\n")
        return self.rows


class _CsvRows(_Rows):
    """As TSV, but literals quote their line feeds (RFC 4180): those between quotes do not count."""

    rows = -1
    quoted = False

    def feed(self, block: bytes) -> int:
        parts = block.split(b'"')
        self.rows += b'"'.join(parts[self.quoted :: 2]).count(b"\n")
        self.quoted ^= len(parts) % 2 == 0
        return self.rows


class _JsonRows(_Rows):
    """Outside strings, `[{` opens the first row and `},{` stands between two rows."""

    carry = b""
    tail = b""
    quoted = False

    def feed(self, block: bytes) -> int:
        data = self.carry + block
        self.carry = b"\\" if (len(data) - len(data.rstrip(b"\\"))) % 2 else b""
        data = _ESCAPED.sub(b"", data.removesuffix(self.carry) if self.carry else data)
        parts = data.split(b'"')
        text = b'"'.join(parts[self.quoted :: 2])
        text = text if self.quoted else self.tail + text
        self.rows += text.count(b"},{") + text.count(b"[{")
        self.quoted ^= len(parts) % 2 == 0
        self.tail = (
            b"" if self.quoted else next((end for end in (b"},", b"}", b"[") if text.endswith(end)), b"")
        )
        return self.rows
