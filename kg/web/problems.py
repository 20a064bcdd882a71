"""The one table that maps errors to HTTP: RFC 9457 problem details, or a page for a browser."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask, Response, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from kg.errors import InvalidQuery, KGError, NotAcceptable, NotFound, QueryTimeout, StoreUnavailable
from kg.namespaces import BASE
from kg.web.negotiation import CHOICES, wants_page
from kg.web.site import site

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 5
_CONTEXT: Final = 160
_UNAVAILABLE: Final = "The data cannot be read just now. Try again in a few seconds."
_NO_PAGE: Final = "Nothing is at this address."


class UnknownQuery(NotFound):
    """No named query has this name. Attribute: nearest, the names most like it."""

    title = "No such query"

    def __init__(self, name: str, nearest: list[str]) -> None:
        super().__init__(f"There is no query named {name!r}.")
        self.nearest = nearest


class UnknownName(NotFound):
    """Nothing in the model has this name. Attribute: nearest, names like it and their addresses."""

    def __init__(self, detail: str, nearest: dict[str, str]) -> None:
        super().__init__(detail)
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: `kind` ends its type IRI; `members` extend the document (RFC 9457 §3.2)."""

    status: int
    kind: str
    title: str
    detail: str = ""
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    suggestions: dict[str, str] = field(default_factory=dict)
    """For the page: names that may have been meant, and their addresses."""

    def document(self) -> dict[str, Any]:
        return {
            "type": f"{BASE}problem/{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


def register(app: Flask) -> None:
    app.register_error_handler(KGError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def _known(error: KGError) -> Response:
    if error.status >= 500 and not isinstance(error, QueryTimeout | StoreUnavailable):
        return _unknown(error)
    detail = error.detail
    if isinstance(error, StoreUnavailable):
        log.warning("%s: %s", type(error).__name__, detail)  # may name files: not for clients
        detail = _UNAVAILABLE
    headers = {"Retry-After": str(RETRY_SECONDS)} if error.status == 503 else {}
    members = dict(_members(error))
    suggestions = dict(_suggestions(error))
    return _answer(Problem(error.status, _kind(error), error.title, detail, members, headers, suggestions))


def _http(error: HTTPException) -> Response:
    """werkzeug's errors: routing (404, 405), limits (413) and unreadable requests (400)."""
    if error.code == 404:
        return _known(NotFound(_NO_PAGE))
    status = error.code or 500
    allow = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allow))} if allow else {}
    name = error.name.capitalize()
    return _answer(Problem(status, error.name.lower().replace(" ", "-"), name, "", {}, headers))


def _unknown(error: Exception) -> Response:
    log.error("%s in %s\n%s", type(error).__name__, request.endpoint, _trace(error))
    return _answer(Problem(500, "internal-error", KGError.title))


def _trace(error: BaseException) -> str:
    """The stack without the message: messages of parsers quote the query, which logs never hold."""
    chain: list[str] = []
    current: BaseException | None = error
    while current is not None and len(chain) < 5:
        frames = "".join(traceback.format_tb(current.__traceback__))
        chain.append(f"{frames}{type(current).__module__}.{type(current).__qualname__}")
        current = current.__cause__ or current.__context__
    return "\ncaused by\n".join(chain)


def _kind(error: KGError) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def _members(error: KGError) -> Iterator[tuple[str, Any]]:
    if isinstance(error, NotAcceptable):
        yield "offered", list(error.offered)
    if isinstance(error, UnknownQuery):
        yield "nearest", error.nearest
    if isinstance(error, UnknownName):
        yield "nearest", list(error.nearest)
    if isinstance(error, InvalidQuery) and error.line is not None:
        yield "line", error.line
        yield "column", error.column
        lines = str(g.get("query_text", "")).split("\n")
        if 1 <= error.line <= len(lines):
            start = max(0, (error.column or 1) - 1 - _CONTEXT // 2)
            yield "text", lines[error.line - 1][start : start + _CONTEXT].rstrip("\r")


def _suggestions(error: KGError) -> Iterator[tuple[str, str]]:
    if isinstance(error, UnknownQuery):
        yield from ((name, url_for("named_query", name=name)) for name in error.nearest)
    if isinstance(error, UnknownName):
        yield from error.nearest.items()


def _answer(problem: Problem) -> Response:
    if wants_page():
        body, media_type = _page(problem), "text/html; charset=utf-8"
    else:
        document = problem.document()
        if problem.status >= 500 and (contact := site().settings.contact):
            document["contact"] = contact
        body, media_type = json.dumps(document, ensure_ascii=False), "application/problem+json"
    response = Response(body, problem.status, content_type=media_type)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(problem: Problem) -> str:
    return render_template(
        "problem.html",
        problem=problem,
        excerpt=_excerpt(problem.members),
        query=g.get("query_text", ""),
        suggestions=list(problem.suggestions.items()),
        formats=CHOICES,
    )


def _excerpt(members: dict[str, Any]) -> str:
    """The offending text with a mark below its place."""
    text, column = members.get("text", ""), members.get("column")
    return f"{text}\n{' ' * min(column - 1, _CONTEXT // 2)}^" if text and column else str(text)
