"""The query library: one `.rq` file per question, its parameters typed and bound as RDF terms.

The header of a file says what people and programs need:

    # title: Fines by country
    # description: What was imposed, by country of the authority.
    #   A continued line starts with three spaces.
    # tags: fines, country
    # param country iri default=country:FRA: the authority's country
    # param since date: decisions of this day or later
    # param keyword string required: a word of the title

A parameter is a variable of the query. Its value reaches the engine as a term
(`substitutions`), never as text. Measured with pyoxigraph 0.5.13, this works in triple
patterns, GRAPH, OPTIONAL, UNION, MINUS, FILTER, EXISTS, HAVING, ORDER BY and calculations, if
the variable is projected by the outermost SELECT, by every sub-SELECT that uses it, and
listed in their GROUP BY. It does not work in ASK; `BOUND(?p)` stays false and
`BIND(?p AS ?x)` binds nothing. So a query with parameters is a SELECT that projects them,
and an optional parameter is written `FILTER(COALESCE(?date >= ?since, true))`. `load_queries`
refuses a file that breaks one of these rules where it can see it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, Variable, parse

from kg.errors import InvalidInput, InvalidRequest
from kg.namespaces import BASE, PREFIXES
from kg.resources import QUERIES

MAX_VALUE: Final = 1000
_PARAM: Final = re.compile(r'(\w+) (\w+)( required)?(?: default=("[^"]*"|\S+?))?:\s+(.+)')
_BOUND: Final = re.compile(r"\bBOUND\s*\(\s*[?$](\w+)", re.IGNORECASE)
_XSD: Final = PREFIXES["xsd"]
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One variable that a caller may bind. Without a default it stays free, unless required."""

    name: str
    type: str
    description: str
    default: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One question of the library; `name` is the file's name without its ending."""

    name: str
    title: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str


@lru_cache(maxsize=4)
def load_queries(folder: Path = QUERIES) -> dict[str, NamedQuery]:
    """Every query of the library, by name. Raises InvalidInput naming the file that is wrong."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.rq"))}


def bind(query: NamedQuery, given: Mapping[str, str], *, base: str = BASE) -> dict[str, str]:
    """The query's variables and their terms, as N-Triples. An empty value counts as not given.

    An `iri` is a full http(s) or urn IRI or a prefixed name: those of `kg.namespaces`, and
    the kinds of data IRIs (`authority:fr-cnil`). Raises InvalidRequest naming parameter,
    value and type.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    for name in given:
        if name not in known:
            names = ", ".join(known) or "none"
            raise InvalidRequest(f"query {query.name} has no parameter `{name[:80]}`; it has: {names}")
    terms = {}
    for parameter in query.parameters:
        value = given.get(parameter.name) or parameter.default
        if value is not None:
            terms[parameter.name] = _term(parameter, value, base)
        elif parameter.required:
            raise InvalidRequest(f"parameter `{parameter.name}` ({parameter.type}) is required")
    return terms


def _term(parameter: Parameter, value: str, base: str) -> str:
    reader, expected = _TYPES[parameter.type]
    try:
        if len(value) > MAX_VALUE or _FORBIDDEN.search(value):
            raise ValueError(value)
        return str(reader(value, base))
    except (ValueError, SyntaxError) as error:
        raise InvalidRequest(
            f"parameter `{parameter.name}`: {value[:100]!r} is not {expected} (type {parameter.type})"
        ) from error


def _iri(value: str, base: str) -> NamedNode:
    value = value.removeprefix("<").removesuffix(">")
    prefix, colon, local = value.partition(":")
    if colon and not local.startswith("//"):
        if prefix in ("authority", "source"):
            return NamedNode(f"{BASE}id/{prefix}/{local}")
        if prefix in ("record", "decision", "case", "party"):
            return NamedNode(f"{base}id/{prefix}/{local}")
        if prefix in ("id", "graph"):
            return NamedNode(f"{base}{prefix}/{local}")
        if prefix in PREFIXES:
            return NamedNode(PREFIXES[prefix] + local)
    if not value.startswith(("http://", "https://", "urn:")):
        raise ValueError(value)
    return NamedNode(value)


def _literal(value: str, base: str) -> Literal:
    if not value.startswith('"'):
        return Literal(value)
    objects = [quad.object for quad in parse(f"<x:s> <x:p> {value} .", RdfFormat.N_TRIPLES)]
    if len(objects) != 1 or not isinstance(objects[0], Literal):
        raise ValueError(value)
    return objects[0]


def _date(value: str, base: str) -> Literal:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise ValueError(value)
    return _typed(date.fromisoformat(value).isoformat(), "date")


def _number(pattern: str, name: str) -> Callable[[str, str], Literal]:
    def read(value: str, base: str) -> Literal:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(value)
        return _typed(value, name)

    return read


def _typed(value: str, name: str) -> Literal:
    return Literal(value, datatype=NamedNode(_XSD + name))


_TYPES: Final[dict[str, tuple[Callable[[str, str], NamedNode | Literal], str]]] = {
    "iri": (_iri, "an IRI or a known prefixed name such as authority:fr-cnil"),
    "literal": (_literal, 'a text or an N-Triples literal such as "chat"@fr'),
    "date": (_date, "a date such as 2024-02-29"),
    "integer": (_number(r"[+-]?\d{1,18}", "integer"), "a whole number"),
    "decimal": (_number(r"[+-]?\d{1,18}(\.\d{1,18})?", "decimal"), "a number such as 1000.50"),
    "string": (lambda value, base: Literal(value), "a text"),
    "boolean": (_number("true|false", "boolean"), "true or false"),
}


def _read(path: Path) -> NamedQuery:
    text = path.read_text("utf-8")
    header: dict[str, str] = {}
    parameters: list[Parameter] = []
    for key, value in _header(path, text):
        if key.startswith("param "):
            parameters.append(_parameter(path, f"{key.removeprefix('param ')}: {value}"))
        elif key in ("title", "description", "tags") and key not in header:
            header[key] = value
        else:
            raise InvalidInput(f"{path.name}: header line `{key}` is unknown or given twice")
    if not header.get("title") or not header.get("description"):
        raise InvalidInput(f"{path.name}: the header needs a title and a description")
    tags = tuple(tag.strip() for tag in header.get("tags", "").split(",") if tag.strip())
    query = NamedQuery(path.stem, header["title"], header["description"], tags, tuple(parameters), text)
    _check(path, query)
    return query


def _header(path: Path, text: str) -> Iterator[tuple[str, str]]:
    """Key and value of each entry of the comment block at the start, continued lines joined."""
    entries: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if line.startswith("#   ") and entries:
            entries[-1] += f" {line[1:].strip()}"
        elif line.strip("# "):
            entries.append(line.removeprefix("#").strip())
    for entry in entries:
        key, separator, value = entry.partition(": ")
        if not separator:
            raise InvalidInput(f"{path.name}: header line without `name: value`: {entry!r}")
        yield key, value.strip()


def _parameter(path: Path, entry: str) -> Parameter:
    found = _PARAM.fullmatch(entry)
    if found is None or found[2] not in _TYPES:
        raise InvalidInput(
            f"{path.name}: `param {entry}`: expected `param NAME TYPE [required] [default=VALUE]: "
            f"description` with one of the types {', '.join(_TYPES)}"
        )
    default = found[4].strip('"') if found[4] else None
    parameter = Parameter(found[1], found[2], found[5], default, bool(found[3]))
    if default is not None:
        try:
            _term(parameter, default, BASE)
        except InvalidRequest as error:
            raise InvalidInput(f"{path.name}: default of {error.detail}") from error
    return parameter


def _check(path: Path, query: NamedQuery) -> None:
    """Parse the query and bind its parameters, on nothing."""
    names = {parameter.name for parameter in query.parameters}
    for found in _BOUND.finditer(query.text):
        if found[1] in names:
            raise InvalidInput(
                f"{path.name}: BOUND(?{found[1]}) stays false for a bound parameter; write "
                f"COALESCE(… ?{found[1]} …, true)"
            )
    try:
        Store().query(query.text, substitutions={Variable(name): Literal("") for name in names})
    except (SyntaxError, RuntimeError) as error:
        raise InvalidInput(f"{path.name}: {error}") from error
