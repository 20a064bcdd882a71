"""SPARQL 1.1 Protocol §2.1 and content negotiation (RFC 9110 §12.5.1), without a web framework."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from pyoxigraph import NamedNode

from kg.errors import InvalidRequest, UnsupportedMediaType
from kg.formats import Format

MAX_PARAMETERS: Final = 1000
_RANGE: Final = re.compile(
    r"\s*(\*|[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+)\s*((?:;.*)?)", re.ASCII | re.DOTALL
)
_QUALITY: Final = re.compile(r";\s*q\s*=\s*([^;\s]*)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{0,3}\.?\d{1,20}|\d{1,3}\.", re.ASCII)
_CHARSET: Final = re.compile(r';\s*charset\s*=\s*"?([^";\s]*)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Operation:
    """One query operation, not checked yet (`kg.guard`). `timeout` in seconds; `format` as given."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None
    format: str | None = None


def negotiate(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    """The offered format that an Accept header prefers, or None if it takes none of them.

    The first one offered if the header is missing, empty or holds no media range at all.
    Ranges that make no sense are ignored. Between equal qualities the one named more
    specifically wins, then the one offered first.
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return offered[0] if offered else None
    best: Format | None = None
    rank = (0.0, 0)
    for format in offered:
        names = {format.media_type: 1} | dict.fromkeys(format.aliases, 0)
        matches = [
            (3 + names[pattern] if pattern in names else _wildcard(pattern, format.media_type), quality)
            for pattern, quality in ranges
        ]
        specificity, quality = max(matches)
        if specificity and quality and (quality, specificity) > rank:
            best, rank = format, (quality, specificity)
    return best


def _ranges(accept: str) -> list[tuple[str, float]]:
    """Media ranges, in lower case, with their quality."""
    found = []
    for part in accept.split(","):
        if match := _RANGE.fullmatch(part):
            quality = _QUALITY.search(match[2])
            if quality is None:
                found.append((match[1].lower(), 1.0))
            elif _NUMBER.fullmatch(quality[1]):
                found.append((match[1].lower(), min(1.0, float(quality[1]))))
    return found


def _wildcard(pattern: str, media_type: str) -> int:
    """2 for `type/*`, 1 for `*/*` (or `*`, which old clients send), 0 for no match."""
    if pattern in ("*/*", "*"):
        return 1
    return 2 if pattern == f"{media_type.split('/')[0]}/*" else 0


def parse_parameters(encoded: bytes) -> list[tuple[str, str]]:
    """Names and values of a query string or form, percent-decoded once, as strict UTF-8.

    Raises InvalidRequest for other bytes or more than MAX_PARAMETERS fields.
    """
    try:
        text = encoded.decode("utf-8")
        return parse_qsl(
            text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS, separator="&"
        )
    except UnicodeDecodeError as error:
        raise InvalidRequest("parameters must be UTF-8") from error
    except ValueError as error:
        raise InvalidRequest(f"more than {MAX_PARAMETERS} parameters") from error


def parse_operation(
    method: str, content_type: str | None, url_params: list[tuple[str, str]], body: bytes
) -> Operation:
    """The one query that a request asks. `url_params` are decoded (see `parse_parameters`).

    Raises InvalidRequest (no query or several, an update, bad values), UnsupportedMediaType.
    """
    params = list(url_params)
    if method == "POST":
        media_type = _media_type(content_type)
        if media_type == "application/x-www-form-urlencoded":
            params += parse_parameters(body)
        elif media_type == "application/sparql-query":
            params.append(("query", _text(body)))
        elif media_type == "application/sparql-update":
            raise UnsupportedMediaType("updates are not accepted: this endpoint is read-only")
        else:
            raise UnsupportedMediaType(
                "POST a query as application/sparql-query or application/x-www-form-urlencoded, "
                f"not as {media_type or 'a body without Content-Type'}"
            )
    elif method not in ("GET", "HEAD"):
        raise InvalidRequest(f"a query is asked with GET or POST, not {method}")
    return _operation(params)


def _operation(params: list[tuple[str, str]]) -> Operation:
    if any(name == "update" for name, _ in params):
        raise InvalidRequest("updates are not accepted: this endpoint is read-only")
    query = _single(params, "query")
    if query is None:
        raise InvalidRequest("the parameter `query` is missing")
    return Operation(
        query=query,
        default_graphs=_graphs(params, "default-graph-uri"),
        named_graphs=_graphs(params, "named-graph-uri"),
        timeout=_timeout(_single(params, "timeout")),
        format=_single(params, "format") or None,
    )


def _media_type(content_type: str | None) -> str:
    """Lower-case media type without parameters. Raises UnsupportedMediaType unless UTF-8."""
    charset = _CHARSET.search(content_type or "")
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise UnsupportedMediaType(f"charset {charset[1]!r} is not read here; send UTF-8")
    return (content_type or "").split(";")[0].strip().lower()


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"the query must be UTF-8; byte {error.start} is not") from error


def _single(params: list[tuple[str, str]], name: str) -> str | None:
    values = [value for key, value in params if key == name]
    if len(values) > 1:
        raise InvalidRequest(f"the parameter `{name}` is given {len(values)} times; once is allowed")
    return values[0] if values else None


def _graphs(params: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for key, value in params if key == name))
    for value in values:
        try:
            NamedNode(value)
        except ValueError as error:
            raise InvalidRequest(f"`{name}` must be an absolute IRI: {value[:200]!r}") from error
    return values


def _timeout(value: str | None) -> float | None:
    if not value:
        return None
    if not _NUMBER.fullmatch(value) or float(value) == 0:
        raise InvalidRequest(f"`timeout` must be a number of seconds above 0, not {value[:40]!r}")
    return float(value)
