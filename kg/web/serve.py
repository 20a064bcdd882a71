"""The HTTP server: waitress, which keeps answering while slow clients dawdle.

It reads requests and writes answers in one event loop; a thread is busy only while a
request is being answered, so half-open requests and slow readers cost no thread.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any, Final, NoReturn

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer

from kg.errors import InvalidInput
from kg.web.limits import QUERIES, body_limit, header_limit
from kg.web.site import Site

IDLE_SECONDS: Final = 30
CONNECTIONS: Final = 500
THREADS: Final = QUERIES + 8
"""More than the query workers: a thread that waits for a worker uses no processor."""


class _StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses the framings that two servers in a row may read differently (RFC 9112 §6.1)."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")
        if "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding in HTTP/1.0")


class _StrictChannel(HTTPChannel):  # type: ignore[misc]
    parser_class = _StrictParser


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8000, threads: int = THREADS) -> None:
    """Serves `app` until SIGINT or SIGTERM. Port 0 takes a free one; the address goes to standard
    error. `threads` requests are answered at once. Raises InvalidInput if the address cannot be
    listened on."""
    dispatchers: dict[int, Any] = {}
    try:
        server = _server(app, dispatchers, host, port, threads)
    except OSError as error:
        raise InvalidInput(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    for dispatcher in dispatchers.values():
        if isinstance(dispatcher, BaseWSGIServer):
            dispatcher.channel_class = _StrictChannel
            address, bound = dispatcher.effective_host, dispatcher.effective_port
            sys.stderr.write(f"Serving on http://{f'[{address}]' if ':' in address else address}:{bound}\n")
    sys.stderr.flush()
    signal.signal(signal.SIGTERM, _stop)
    server.run()


def _server(app: Flask, dispatchers: dict[int, Any], host: str, port: int, threads: int) -> Any:
    settings = Site.of(app).settings
    return create_server(
        app,
        map=dispatchers,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 3,
        channel_request_lookahead=1,
        asyncore_use_poll=True,
        log_socket_errors=False,
        clear_untrusted_proxy_headers=True,
        max_request_body_size=body_limit(settings),
        max_request_header_size=header_limit(settings),
    )


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
