"""`/queries`: the query library as pages, and each of its queries as an API."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from flask import Flask, Response, jsonify, render_template, request, url_for

from kg.catalogue import NamedQuery, bind
from kg.errors import InvalidRequest, NotFound
from kg.formats import RDF, RESULTS, Format, by_name
from kg.replica import QueryRequest
from kg.sparql import negotiate, parse_parameters
from kg.web.negotiation import DOCUMENT, PAGE, PAGE_GRAPHS, PAGE_RESULTS, not_acceptable
from kg.web.problems import UnknownQuery
from kg.web.results import HTML, conditional, respond
from kg.web.site import site
from kg.web.table import Table

_OFFERED: Final = (*RESULTS, *RDF, PAGE)


def register(app: Flask) -> None:
    app.add_url_rule("/queries", view_func=queries)
    app.add_url_rule("/queries/<name>", view_func=named_query)
    app.add_url_rule("/queries/<name>.<extension>", view_func=named_query_as)


def queries() -> Response:
    """The library: a page, or JSON when asked."""
    listed = [query for _, query in sorted(site().queries.items())]
    wanted = dict(parse_parameters(request.query_string)).get("format")
    offered = (PAGE, DOCUMENT)
    chosen = by_name(offered, wanted) if wanted else negotiate(request.headers.get("Accept"), offered)
    if chosen is None:
        raise not_acceptable(offered)
    if chosen is DOCUMENT:
        return conditional(jsonify(queries=[_document(query) for query in listed]))
    return conditional(render_template("queries.html", queries=listed))


def named_query(name: str) -> Response:
    """One query: a page for people, its answer in the format accepted for programs."""
    query = _known(name)
    accept = request.headers.get("Accept")
    chosen = negotiate(accept, _OFFERED)
    if chosen is None:
        raise not_acceptable(_OFFERED)
    if chosen is PAGE:
        return _page(query, _given())
    return respond(_request(query, _given(), negotiate(accept, RESULTS), negotiate(accept, RDF)))


def named_query_as(name: str, extension: str) -> Response:
    """The answer of one query in the format that the address ends with."""
    query = _known(name)
    chosen = next((f for f in _OFFERED if f.extension == extension), None)
    if chosen is None:
        known = ", ".join(f".{f.extension}" for f in _OFFERED)
        raise NotFound(f"Query {name!r} is not offered as .{extension[:40]}; it is as {known}.")
    if chosen is PAGE:
        return _page(query, _given())
    results, graphs = _of(RESULTS, chosen), _of(RDF, chosen)
    response = respond(_request(query, _given(), results, graphs))
    response.headers["Content-Disposition"] = f'inline; filename="{query.name}.{extension}"'
    return response


def _of(formats: tuple[Format, ...], chosen: Format) -> Format | None:
    return chosen if chosen in formats else None


def _known(name: str) -> NamedQuery:
    known = site().queries
    if name not in known:
        raise UnknownQuery(name[:200], get_close_matches(name[:200], known, n=3, cutoff=0.4))
    return known[name]


def _given() -> dict[str, str]:
    """The parameters of the query string. A name given twice is refused: which one was meant?"""
    given: dict[str, str] = {}
    for name, value in parse_parameters(request.query_string):
        if name in given:
            raise InvalidRequest(f"the parameter `{name[:80]}` is given more than once")
        given[name] = value
    return given


def _request(
    query: NamedQuery, given: Mapping[str, str], results: Format | None, graphs: Format | None
) -> QueryRequest:
    bindings = bind(query, given, base=site().settings.base_iri)
    return QueryRequest(query=query.text, results=results, graphs=graphs, bindings=bindings)


def _page(query: NamedQuery, given: dict[str, str]) -> Response:
    missing = [p.name for p in query.parameters if p.required and not given.get(p.name) and p.default is None]
    if missing:
        return conditional(_render(query, given))
    try:
        asked = _request(query, given, PAGE_RESULTS, PAGE_GRAPHS)
    except InvalidRequest as error:
        return Response(_render(query, given, error=error.detail), error.status, content_type=HTML)
    return respond(asked, lambda table: _render(query, given, table))


def _render(query: NamedQuery, given: dict[str, str], table: Table | None = None, error: str = "") -> str:
    kept: dict[str, Any] = {name: value for name, value in given.items() if value}
    downloads = [
        (label, url_for("named_query_as", name=query.name, extension=offered.extension, **kept))
        for label, offered in (table.downloads if table else ())
    ]
    return render_template(
        "query.html",
        query=query,
        text=_body(query.text),
        given=given,
        table=table,
        downloads=downloads,
        error=error,
    )


def _body(text: str) -> str:
    """The query without the header that the page shows in words."""
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if not line.startswith("#")), 0)
    return "".join(lines[start:]).lstrip("\n")


def _document(query: NamedQuery) -> dict[str, Any]:
    return {
        "name": query.name,
        "title": query.title,
        "description": query.description,
        "tags": list(query.tags),
        "href": url_for("named_query", name=query.name),
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "description": p.description,
                "required": p.required,
                "default": p.default,
            }
            for p in query.parameters
        ],
    }
