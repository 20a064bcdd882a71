"""Which formats the surfaces offer: pages for people, the table of `kg.formats` for machines."""

from __future__ import annotations

from typing import Final

from flask import request
from pyoxigraph import QueryResultsFormat

from kg.errors import NotAcceptable
from kg.formats import RDF, RESULTS, Format, by_name
from kg.sparql import negotiate

PAGE: Final = Format("html", "html", "text/html", QueryResultsFormat.JSON, aliases=("application/xhtml+xml",))
"""A page for people; the engine's format is what its table is made from."""

DOCUMENT: Final = Format("json", "json", "application/json", QueryResultsFormat.JSON)
PROBLEM: Final = Format(
    "problem", "json", "application/problem+json", QueryResultsFormat.JSON, aliases=("application/json",)
)

PAGE_RESULTS: Final = by_name(RESULTS, "json")
PAGE_GRAPHS: Final = by_name(RDF, "ntriples")
"""What the worker writes for a page; its table is read back from this."""

CHOICES: Final = (("Table", PAGE.name), *((f.name.upper(), f.name) for f in (*RESULTS, *RDF)))
"""Labels and names of the formats that the editor lets people choose."""


def not_acceptable(offered: tuple[Format, ...]) -> NotAcceptable:
    names = tuple(f.media_type for f in offered)
    return NotAcceptable("None of the formats asked for is offered here.", offered=names)


def wants_page() -> bool:
    """Whether an error goes to a browser: only where HTML is asked for by name."""
    return negotiate(request.headers.get("Accept", ""), (PROBLEM, PAGE)) is PAGE
