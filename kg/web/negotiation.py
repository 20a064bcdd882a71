"""Which formats the surfaces offer: pages for people, the table of `kg.formats` for machines."""

from __future__ import annotations

from typing import Final

from flask import request
from pyoxigraph import QueryResultsFormat

from kg.formats import Format
from kg.sparql import negotiate

PAGE: Final = Format(
    "html", "html", "text/html", QueryResultsFormat.JSON, aliases=("application/xhtml+xml",)
)
"""A page for people; the engine's format is what its table is made from."""

DOCUMENT: Final = Format("json", "json", "application/json", QueryResultsFormat.JSON)
PROBLEM: Final = Format(
    "problem", "json", "application/problem+json", QueryResultsFormat.JSON, aliases=("application/json",)
)


def wants_page() -> bool:
    """Whether an error goes to a browser: only where HTML is asked for by name."""
    return negotiate(request.headers.get("Accept", ""), (PROBLEM, PAGE)) is PAGE
