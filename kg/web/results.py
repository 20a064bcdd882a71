"""One way from a query to an HTTP answer: conditional, complete, described by its headers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO, Final, cast

from flask import Response, request
from werkzeug.wsgi import wrap_file

from kg import __version__
from kg.errors import StoreUnavailable
from kg.replica import Answer, QueryRequest
from kg.web.headers import REVALIDATE
from kg.web.site import site
from kg.web.table import Table, table_of

_VOLATILE: Final = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b", re.IGNORECASE)
"""Functions whose value differs from one evaluation to the next (SPARQL 1.1 §17.4)."""

HTML: Final = "text/html; charset=utf-8"

Page = Callable[[Table], str]


def current_version() -> str:
    """The dataset version that is served. Raises StoreUnavailable while there is none."""
    version = site().replica.version
    if version is None:
        raise StoreUnavailable("no version of the dataset is published")
    return version


def respond(query: QueryRequest, page: Page | None = None) -> Response:
    """The answer to one query: 304 if the client has it, else evaluated; a page if `page` is given.

    Raises what `Replica.query` raises; nothing was sent then.
    """
    volatile = _VOLATILE.search(query.query) is not None
    tag = entity_tag(query, current_version(), page is not None)
    if not volatile and matches(tag):
        return _described(Response(status=304), tag, current_version(), volatile=False)
    answer = _evaluate(query)
    response = _page(answer, page) if page else _raw(answer)
    response.headers["X-Query-Time"] = f"{answer.seconds:.4f}"
    response.headers["X-Result-Rows"] = str(1 if answer.rows is None else answer.rows)
    tag = entity_tag(query, answer.version, page is not None)
    return _described(response, tag, answer.version, volatile=volatile)


def _evaluate(query: QueryRequest) -> Answer:
    turns = site().turns
    if not turns.acquire(blocking=False):
        raise StoreUnavailable("too many queries wait for a worker")
    try:
        gone = request.environ.get("waitress.client_disconnected")
        return site().replica.query(query if gone is None else replace(query, abandoned=gone))
    finally:
        turns.release()


def entity_tag(query: QueryRequest, version: str, page: bool) -> str:
    """A strong validator (RFC 9110 §8.8.1): the same for every method, different whenever the
    data, the software, the query or the formats in question differ."""
    parts: list[Any] = [__version__, version, page, query.query, query.default_graphs, query.named_graphs]
    parts += [sorted(query.bindings.items()), *(f.name if f else None for f in (query.results, query.graphs))]
    digest = hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode("ascii")


def matches(tag: str) -> bool:
    """Whether the client holds this representation (RFC 9110 §13.1.2; GET and HEAD only).

    `*` is not taken for a match: whether the query has an answer is known only after it ran.
    """
    wanted = request.if_none_match
    return request.method in ("GET", "HEAD") and not wanted.star_tag and wanted.contains_weak(tag)


def conditional(body: str | Response) -> Response:
    """A page or document with a validator made from its bytes, or 304 if the client has it."""
    response = body if isinstance(body, Response) else Response(body, content_type=HTML)
    response.headers["Cache-Control"] = REVALIDATE
    response.add_etag()
    response.make_conditional(request)
    return response


def _described(response: Response, tag: str, version: str, *, volatile: bool) -> Response:
    response.headers["X-Dataset-Version"] = version
    response.headers["Cache-Control"] = "no-store" if volatile else REVALIDATE
    if not volatile:
        response.set_etag(tag)
    return response


def _page(answer: Answer, page: Page) -> Response:
    try:
        table = table_of(answer, site().settings.base_iri)
    finally:
        answer.close()
    return Response(page(table), content_type=HTML)


def _raw(answer: Answer) -> Response:
    """The body as the engine wrote it; a file is left to the server, which frees this thread."""
    content_type = answer.format.media_type
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    if isinstance(answer.body, bytes):
        answer.close()
        return Response(answer.body, content_type=content_type)
    body = wrap_file(request.environ, cast(BinaryIO, _AnswerFile(answer)))
    response = Response(body, content_type=content_type, direct_passthrough=True)
    response.content_length = answer.length
    return response


class _AnswerFile:
    """The file of an answer; closing it releases the answer."""

    def __init__(self, answer: Answer) -> None:
        assert not isinstance(answer.body, bytes)
        self._answer = answer
        self.read, self.seek, self.tell = answer.body.read, answer.body.seek, answer.body.tell
        self.seekable = answer.body.seekable

    def close(self) -> None:
        self._answer.close()
