"""Limits on a request, checked before anything of it is read."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import (
    ClientDisconnected,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
)

from kg.errors import UnsupportedMediaType
from kg.settings import Settings
from kg.web.site import site

MAX_HEADERS: Final = 100
QUERIES: Final = 24
"""Queries that run or wait for a worker at once; those beyond are answered 503 immediately, so
that the other threads of the server keep answering what needs no worker."""
_SLACK: Final = 16 * 1024


def body_limit(settings: Settings) -> int:
    """Longest body, in bytes: the longest query, percent-encoded in a form, and its other fields."""
    return 3 * settings.max_query_bytes + _SLACK


def header_limit(settings: Settings) -> int:
    """Longest request line and headers together, in bytes: the same query in a URL."""
    return body_limit(settings) + 2 * _SLACK


def register(app: Flask, settings: Settings) -> None:
    app.config["MAX_CONTENT_LENGTH"] = body_limit(settings)
    app.before_request(_check)


def _check() -> None:
    """413, 414, 415 or 431 for a request above its limits."""
    limit = body_limit(site().settings)
    if request.content_length is not None and request.content_length > limit:
        raise RequestEntityTooLarge
    if len(request.environ.get("REQUEST_URI") or request.query_string) > limit:
        raise RequestURITooLarge
    if sum(name.startswith("HTTP_") for name in request.environ) > MAX_HEADERS:
        raise RequestHeaderFieldsTooLarge
    gone = request.environ.get("waitress.client_disconnected")
    if gone and gone():  # hung up while it waited for a thread: do no work for it
        raise ClientDisconnected
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("A request body is read only without Content-Encoding.")
