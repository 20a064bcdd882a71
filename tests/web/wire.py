"""Requests written byte by byte, for what no HTTP client would send."""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

_VALUES = " ".join(map(str, range(200)))
PRODUCT = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?v{i} {{ {_VALUES} }}" for i in range(5)) + "}"
"""A query of 3 kB that would count 200^5 solutions."""


class Address(NamedTuple):
    host: str
    port: int
    log: Path


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


def connect(address: Address, timeout: float = 10) -> socket.socket:
    return socket.create_connection((address.host, address.port), timeout)


def send(address: Address, data: bytes, timeout: float = 10) -> bytes:
    """All that the server answers to these bytes until it closes; b"" if it only hung up."""
    received = b""
    with connect(address, timeout) as wire:
        with contextlib.suppress(ConnectionError):  # it may answer and close before it had all
            wire.sendall(data)
        with contextlib.suppress(ConnectionError):
            while chunk := wire.recv(65536):
                received += chunk
    return received


def status(answer: bytes) -> int | None:
    """The status of a raw answer, None for a hang-up."""
    return int(answer.split(b" ", 2)[1]) if answer else None


def get(address: Address, path: str, headers: dict[str, str] | None = None, timeout: float = 20) -> Reply:
    started = time.monotonic()
    connection = http.client.HTTPConnection(address.host, address.port, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    seconds = time.monotonic() - started
    return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, body, seconds)


def ask(address: Address, query: str, **parameters: str) -> Reply:
    return get(address, "/sparql?" + urlencode({"query": query, **parameters}))
