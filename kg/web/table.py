"""A query's answer as a table for people: terms shortened, linked and told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from flask import request
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QueryTriples,
    Triple,
    parse,
    parse_query_results,
)

from kg.formats import RDF, RESULTS, Format, by_name
from kg.namespaces import PREFIXES, split
from kg.replica import Answer

SHOWN_ROWS: Final = 1000
"""Rows a page shows at most; it says so, and links to all of them."""

_XSD: Final = PREFIXES["xsd"]
_NUMERIC: Final = frozenset(
    _XSD + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "gYear")
)
_LONG_NUMBER: Final = re.compile(r"([+-]?\d{5,18})(|\.\d+)", re.ASCII)

_LABELS: Final = {
    "csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML",
    "turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF/XML",
}  # fmt: skip

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Cell:
    """One term. `href` is empty unless it may be followed; `title` says what `text` leaves out."""

    text: str
    title: str = ""
    href: str = ""
    external: bool = False
    language: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` holds the first `shown` of `total` rows; `boolean` is the answer of an ASK."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    shown: int = 0
    total: int = 0
    boolean: bool | None = None
    graph: bool = False

    @property
    def downloads(self) -> tuple[tuple[str, Format], ...]:
        """Labels and formats that hold this answer whole."""
        names = _LABELS if self.boolean is None else ("json", "xml")
        offered = RDF if self.graph else RESULTS
        return tuple((_LABELS[name], f) for name in names if (f := by_name(offered, name)))


def table_of(answer: Answer, base_iri: str) -> Table:
    """Reads no more of the answer than is shown. IRIs under `base_iri` link within this host."""
    engine = answer.format.engine
    if not isinstance(engine, QueryResultsFormat):
        triples = (quad.triple for quad in parse(answer.body, format=engine))
        rows = [tuple(_cell(term, base_iri) for term in triple) for triple in islice(triples, SHOWN_ROWS)]
        return _table(("subject", "predicate", "object"), rows, answer.rows or 0, graph=True)
    results = parse_query_results(answer.body, format=engine)
    if isinstance(results, QueryBoolean):
        return Table(boolean=bool(results))
    assert not isinstance(results, QueryTriples)
    names = tuple(variable.value for variable in results.variables)
    solutions = ([_cell(term, base_iri) for term in solution] for solution in islice(results, SHOWN_ROWS))
    return _table(names, [tuple(row) for row in solutions], answer.rows or 0)


def _table(
    names: tuple[str, ...], rows: list[tuple[Cell | None, ...]], total: int, graph: bool = False
) -> Table:
    def numeric(index: int) -> bool:
        cells = [row[index] for row in rows if row[index] is not None]
        return bool(cells) and all(cell.numeric for cell in cells if cell is not None)

    columns = tuple(Column(name, numeric(index)) for index, name in enumerate(names))
    return Table(columns, tuple(rows), len(rows), total, graph=graph)


def _cell(term: Term | None, base_iri: str) -> Cell | None:
    match term:
        case None:
            return None
        case NamedNode():
            return _link(term.value, base_iri)
        case Literal():
            datatype = "" if term.language else term.datatype.value
            if datatype in ("", f"{_XSD}string"):
                return Cell(term.value, language=term.language or "")
            title = f"{term.value} ({shorten(datatype)})"
            return Cell(_grouped(term.value), title, numeric=datatype in _NUMERIC)
        case _:
            return Cell(str(term))


def _grouped(number: str) -> str:
    """A whole or decimal number with its thousands apart; anything else as it is."""
    whole = _LONG_NUMBER.fullmatch(number)
    return f"{int(whole[1]):,}{whole[2]}" if whole else number


def _link(iri: str, base_iri: str) -> Cell:
    if iri.startswith(f"{base_iri}id/"):
        local = iri.removeprefix(base_iri)
        return Cell(local.removeprefix("id/"), iri, f"{request.script_root}/{local}")
    external = iri.startswith(("http://", "https://"))
    return Cell(shorten(iri), iri, iri if external else "", external)


def shorten(iri: str) -> str:
    """The prefixed name of an IRI under a prefix of the project, else the IRI."""
    found = split(iri)
    return ":".join(found) if found and found[1] else iri
