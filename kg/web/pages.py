"""The first page, as HTML or JSON, and the two files that every browser and crawler asks for."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, jsonify, render_template, request

from kg.catalogue import NamedQuery
from kg.namespaces import PREFIXES
from kg.sparql import negotiate
from kg.web.figures import Figures, FiguresOf
from kg.web.negotiation import DOCUMENT, PAGE, not_acceptable
from kg.web.results import conditional
from kg.web.site import Site, site

EXAMPLE: Final = f"""PREFIX enf: <{PREFIXES["enf"]}>
SELECT ?authority (COUNT(DISTINCT ?decision) AS ?decisions)
WHERE {{ ?decision a enf:Decision ; enf:issuedBy ?authority }}
GROUP BY ?authority
ORDER BY DESC(?decisions)
"""
FEATURED: Final = ("largest-fines", "provisions-by-findings")
"""Named queries to begin with, where the library has them."""

_EXAMPLE_LINE: Final = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT 5"
_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#1f4e8c">'
    '<path d="M4 4 12 8 4 12" fill="none" stroke="#1f4e8c"/>'
    '<circle cx="4" cy="4" r="2.5"/><circle cx="12" cy="8" r="2.5"/><circle cx="4" cy="12" r="2.5"/></svg>'
)
_ROBOTS: Final = "User-agent: *\nDisallow: /sparql\nDisallow: /queries/*?\n"


def register(app: Flask, served: Site) -> None:
    figures = FiguresOf(served.replica)
    app.add_url_rule("/", "home", lambda: home(figures.get()))
    app.add_url_rule("/robots.txt", view_func=robots)
    app.add_url_rule("/favicon.ico", view_func=favicon)


def home(figures: Figures | None) -> Response:
    """What this is, how much of it there is, and how to begin."""
    chosen = negotiate(request.headers.get("Accept", ""), (PAGE, DOCUMENT))
    if chosen is None:
        raise not_acceptable((PAGE, DOCUMENT))
    if chosen is DOCUMENT:
        return conditional(jsonify(_document(figures)))
    known = site().queries
    names = [*(name for name in FEATURED if name in known), *sorted(known)]
    tries = [known[name] for name in dict.fromkeys(names) if _runs_as_it_is(known[name])][:2]
    return conditional(
        render_template(
            "home.html", figures=figures, tries=tries, example=EXAMPLE, example_line=_EXAMPLE_LINE
        )
    )


def _runs_as_it_is(query: NamedQuery) -> bool:
    return not any(parameter.required for parameter in query.parameters)


def _document(figures: Figures | None) -> dict[str, Any]:
    counts = None if figures is None else {**figures.totals, "records": figures.records}
    sources = (
        []
        if figures is None
        else [
            {"source": s.iri, "label": s.label, "records": s.records, "licence": s.licence or None}
            for s in figures.sources
        ]
    )
    return {
        "version": site().replica.version,
        "counts": counts,
        "sources": sources,
        "sparql": "/sparql",
        "queries": "/queries",
    }


def robots() -> Response:
    return _file(_ROBOTS, "text/plain; charset=utf-8")


def favicon() -> Response:
    return _file(_ICON, "image/svg+xml")


def _file(text: str, content_type: str) -> Response:
    response = Response(text, content_type=content_type)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
