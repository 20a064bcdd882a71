"""The HTTP surface: one small module for each address, one table for all errors."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from flask import Flask

from kg.catalogue import NamedQuery, load_queries
from kg.replica import Replica
from kg.settings import Settings
from kg.web import filters, headers, health, limits, ontology, pages, problems, queries, sparql
from kg.web.site import Site

__all__ = ["Application", "create_app"]

Application = Flask


def create_app(
    replica: Replica, settings: Settings, library: Mapping[str, NamedQuery] | None = None
) -> Flask:
    """The WSGI application that answers from `replica`, which stays the caller's to close.

    `library`: the named queries to offer, by name; None for the project's own.
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.url_map.strict_slashes = False  # no redirect: it would repeat the client's Host
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    known = load_queries() if library is None else library
    served = Site(replica, settings, known, threading.BoundedSemaphore(limits.QUERIES))
    served.attach(app)
    app.context_processor(lambda: {"version": replica.version, "contact": settings.contact})
    filters.register(app)
    limits.register(app, settings)
    headers.register(app)
    problems.register(app)
    health.register(app)
    ontology.register(app)
    pages.register(app, served)
    queries.register(app)
    sparql.register(app)
    return app
