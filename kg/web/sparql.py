"""`/sparql`: the SPARQL 1.1 Protocol for programs, an editor and tables for people."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, render_template, request, url_for

from kg.formats import RDF, RESULTS, Format, by_name
from kg.guard import check_query
from kg.namespaces import PREFIXES
from kg.replica import QueryRequest
from kg.sparql import Operation, negotiate, parse_operation, parse_parameters
from kg.web import description
from kg.web.figures import select
from kg.web.negotiation import CHOICES, PAGE, PAGE_GRAPHS, PAGE_RESULTS, not_acceptable
from kg.web.results import conditional, respond
from kg.web.site import site
from kg.web.table import Table

STARTER: Final = f"""PREFIX enf: <{PREFIXES["enf"]}>

SELECT ?decision ?authority ?date
WHERE {{
  ?decision a enf:Decision ;
    enf:issuedBy ?authority .
  OPTIONAL {{ ?decision enf:decisionDate ?date }}
}}
ORDER BY DESC(?date)
LIMIT 25
"""
_OFFERED: Final = (*RESULTS, *RDF, PAGE)


def register(app: Flask) -> None:
    app.add_url_rule("/sparql", view_func=sparql, methods=["GET", "POST"])


def sparql() -> Response:
    """The answer to a query; without one, what the endpoint is (as RDF) or the editor (as a page)."""
    params = parse_parameters(request.query_string)
    bare = request.method != "POST" and not {"query", "update"} & {name for name, _ in params}
    if bare and (chosen := _wanted(dict(params).get("format"), (*RDF, PAGE))):
        return _editor(dict(params).get("example", "")) if chosen is PAGE else _description(chosen)
    operation = parse_operation(request.method, request.content_type, params, request.get_data(cache=False))
    g.query_text = operation.query
    check_query(operation.query, max_bytes=site().settings.max_query_bytes)
    if _wanted(operation.format, _OFFERED) is PAGE:
        return respond(
            _request(operation, PAGE_RESULTS, PAGE_GRAPHS), lambda table: _results(operation, table)
        )
    results, graphs = _wanted(operation.format, RESULTS), _wanted(operation.format, RDF)
    if results is None and graphs is None:
        raise not_acceptable(_OFFERED)
    return respond(_request(operation, results, graphs))


def _wanted(name: str | None, offered: tuple[Format, ...]) -> Format | None:
    """What the parameter `format` names, which goes before the Accept header."""
    return by_name(offered, name) if name else negotiate(request.headers.get("Accept"), offered)


def _request(operation: Operation, results: Format | None, graphs: Format | None) -> QueryRequest:
    own_dataset = bool(operation.default_graphs or operation.named_graphs)
    return QueryRequest(
        query=operation.query,
        results=results,
        graphs=graphs,
        default_graphs=operation.default_graphs if own_dataset else None,
        named_graphs=operation.named_graphs if own_dataset else None,
        timeout=operation.timeout,
    )


def _editor(example: str) -> Response:
    known = site().queries
    chosen = known.get(example)
    text = chosen.text if chosen else STARTER
    return conditional(_page(query=text, chosen=example if chosen else "", table=None, downloads=()))


def _results(operation: Operation, table: Table) -> str:
    links = []
    for label, offered in table.downloads:
        values: dict[str, str | tuple[str, ...]] = {"query": operation.query, "format": offered.name}
        if operation.default_graphs:
            values["default-graph-uri"] = operation.default_graphs
        if operation.named_graphs:
            values["named-graph-uri"] = operation.named_graphs
        links.append((label, url_for("sparql", **values)))  # type: ignore[arg-type]
    return _page(query=operation.query, chosen="", table=table, downloads=links)


def _page(**values: object) -> str:
    examples = [query for _, query in sorted(site().queries.items())]
    return render_template(
        "sparql.html",
        formats=CHOICES,
        examples=examples,
        prefixes=PREFIXES,
        timeout=f"{site().settings.query_timeout:g}",
        **values,
    )


def _description(chosen: Format) -> Response:
    rows, version = select(site().replica, description.GRAPHS)
    service = description.endpoint(site().settings.base_iri, request.host, url_for("sparql"))
    triples = description.describe(service, (row["g"] for row in rows), (*RESULTS, *RDF), version)
    response = Response(description.serialise(triples, chosen), content_type=chosen.media_type)
    response.headers["X-Dataset-Version"] = version
    return conditional(response)
