"""What only a real server on a real socket shows: framing, slow clients, hang-ups, limits."""

from __future__ import annotations

import json
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.web.wire import PRODUCT, Address, ask, connect, get, send, status

pytestmark = pytest.mark.xdist_group("server")

LIMIT = 2.0
"""KG_QUERY_TIMEOUT of the server under test, in seconds."""

HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"
POST = b"POST /sparql HTTP/1.1\r\n" + HOST


def rows(size: int) -> str:
    """A query with size³ solutions."""
    return (
        "SELECT * {"
        + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(size)))} }}" for i in range(3))
        + "}"
    )


ROWS = rows(60)
"""216,000 solutions: an answer of tens of megabytes."""


def alive(live: Address, within: float = 1.0) -> None:
    reply = ask(live, "ASK {}")
    assert json.loads(reply.body)["boolean"] is True
    assert reply.seconds < within


def test_it_serves_and_hides_its_make(live: Address) -> None:
    reply = get(live, "/healthz")
    assert (reply.status, reply.body) == (200, b"ok\n")
    assert "server" not in reply.headers
    assert json.loads(get(live, "/readyz").body)["ready"] is True


def test_a_runaway_query_ends_at_the_limit_and_others_are_answered(live: Address) -> None:
    with ThreadPoolExecutor(1) as pool:
        runaway = pool.submit(ask, live, PRODUCT)
        for _ in range(5):
            time.sleep(0.2)
            alive(live)
        reply = runaway.result()
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
    assert int(reply.headers["retry-after"]) > 0
    assert LIMIT - 0.5 < reply.seconds < LIMIT + 1
    alive(live)


def test_a_client_may_ask_for_a_shorter_limit(live: Address) -> None:
    reply = ask(live, PRODUCT, timeout="0.5")
    assert (reply.status, reply.seconds < 1.5) == (503, True)
    assert ask(live, PRODUCT, timeout="600").seconds < LIMIT + 1


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT (CONCAT(STR(?v0), STR(?v1), STR(?v2), STR(?v3)) AS ?x)"
        + PRODUCT.partition("?n)")[2] + " ORDER BY ?x",
        "SELECT (STRLEN(?x30) AS ?n) { BIND('0123456789' AS ?x0) "
        + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(30)) + "}",
    ],
    ids=["sort", "concat"],
)  # fmt: skip
def test_memory_is_limited_too(live: Address, query: str) -> None:
    reply = ask(live, query)
    assert reply.status == 503
    assert reply.seconds < LIMIT + 1
    alive(live)


@pytest.mark.parametrize("bracket", ["{", "("])
def test_nesting_is_refused_at_once(live: Address, bracket: str) -> None:
    reply = ask(live, "ASK {" + bracket * 20_000)
    assert (reply.status, reply.seconds < 0.5) == (400, True)
    alive(live)


@pytest.mark.parametrize("query", ["ASK { ?s ?p " + "(" * 300 + "1" + ")" * 300 + "}",
                                   "ASK { ?s <a:a>" + "/<a:a>" * 1000 + " ?o }"])  # fmt: skip
def test_deep_terms_and_paths_are_refused_or_answered(live: Address, query: str) -> None:
    reply = ask(live, query)
    assert reply.status in (200, 400, 503)
    assert reply.seconds < LIMIT + 1
    alive(live)


def test_a_large_answer_is_whole(live: Address) -> None:
    reply = ask(live, ROWS, format="csv")
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == len(reply.body)
    assert reply.body.count(b"\r\n") == 60**3 + 1
    assert reply.headers["x-result-rows"] == str(60**3)


def test_an_answer_without_end_is_an_error(live: Address) -> None:
    reply = ask(live, PRODUCT.replace("(COUNT(*) AS ?n)", "*"))
    assert reply.status in (413, 503)
    assert reply.headers["content-type"] == "application/problem+json"
    alive(live)


@pytest.mark.parametrize(
    "head",
    [
        b"POST /sparql HTTP/1.1\r\n"
        + HOST
        + b"Content-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\nASK",
        b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparq",
        b"GET /sparql?query=",
    ],
    ids=["body", "header", "line"],
)
def test_half_open_requests_hold_up_nobody(live: Address, head: bytes) -> None:
    waiting = [connect(live) for _ in range(40)]
    try:
        for wire in waiting:
            wire.sendall(head)
        time.sleep(0.2)
        for _ in range(3):
            alive(live, within=5)
    finally:
        for wire in waiting:
            wire.close()


def test_slow_readers_hold_up_nobody(live: Address) -> None:
    query = rows(30)  # some megabytes: more than the sockets buffer
    request = f"GET /sparql?format=json&query={quote(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    readers = [connect(live, 60) for _ in range(40)]
    try:
        for reader in readers:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.sendall(request)
        for reader in readers[:8]:
            assert reader.recv(12) == b"HTTP/1.1 200"
        alive(live, within=5)
    finally:
        for reader in readers:
            reader.close()


def test_hang_ups_in_mid_answer_leave_nothing_behind(live: Address) -> None:
    before = len(live.log.read_text())
    for _ in range(20):
        with connect(live) as wire:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close by RST
            wire.sendall(f"GET /sparql?query={quote(rows(30))} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            assert wire.recv(12) == b"HTTP/1.1 200"
    alive(live)
    assert len(live.log.read_text()) == before


def test_hang_ups_before_the_answer_free_their_workers_at_once(live: Address) -> None:
    for _ in range(20):
        with connect(live) as wire:
            wire.sendall(f"GET /sparql?query={quote(PRODUCT)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    started = time.monotonic()
    alive(live)
    assert time.monotonic() - started < LIMIT


def test_a_client_that_hangs_up_before_the_answer_costs_at_most_the_limit(live: Address) -> None:
    with connect(live) as wire:
        wire.sendall(f"GET /sparql?query={quote(PRODUCT)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    alive(live)
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: alive(live, within=LIMIT + 1), range(2)))
    assert time.monotonic() - started < LIMIT + 1


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
        b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}",
        b"Content-Length: 6, 6\r\n\r\nASK {}",
        b"Content-Length: -6\r\n\r\nASK {}",
        b"Content-Length: 0x6\r\n\r\nASK {}",
    ],
)
def test_ambiguous_framing_is_refused(live: Address, headers: bytes) -> None:
    lines = b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparql-query\r\n" + headers
    assert status(send(live, lines)) == 400


def test_chunked_framing_in_http_1_0_is_refused(live: Address) -> None:
    lines = b"POST /sparql HTTP/1.0\r\nContent-Type: application/sparql-query\r\n"
    assert status(send(live, lines + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n")) == 400


def test_a_chunked_body_is_read(live: Address) -> None:
    lines = b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparql-query\r\n"
    answer = send(live, lines + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n")
    assert status(answer) == 200
    assert b'"boolean":true' in answer


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (POST + b"Content-Length: 1000000000000\r\n\r\nx", {413}),
        (POST + b"Content-Length: 33554432\r\n\r\n" + b"x" * 33554432, {413, None}),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 99,
         {413, None}),
        (b"GET /sparql?query=" + b"x" * 1048576 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {414, 431, None}),
        (b"GET /sparql?query=" + b"%20" * 73_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {413, 414}),
        (b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X-H%d: 1\r\n" % i for i in range(500)) + b"\r\n", {431}),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-H: " + b"1" * 1048576 + b"\r\n\r\n", {431, None}),
    ],
    ids=["announced", "body", "chunks", "url", "long query", "headers", "header"],
)  # fmt: skip
def test_what_is_too_large_is_refused_at_once(
    live: Address, request_: bytes, expected: set[int | None]
) -> None:
    started = time.monotonic()
    assert status(send(live, request_)) in expected
    assert time.monotonic() - started < 2
    alive(live)


def test_forwarded_and_host_headers_are_not_repeated(live: Address) -> None:
    evil = (
        "Host: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: evil.example\r\n"
        "Forwarded: host=evil.example\r\nX-Original-URL: /evil.example\r\n"
    )
    for path in ("/", "/sparql", "/queries", "/queries/", "/nothing", "/static", "/sparql?query=nonsense"):
        for accept in ("text/html", "application/json", "text/turtle", "application/n-triples"):
            answer = send(
                live, f"GET {path} HTTP/1.1\r\n{evil}Accept: {accept}\r\nConnection: close\r\n\r\n".encode()
            )
            assert status(answer) in (200, 400, 404, 406)
            assert b"evil.example" not in answer, path


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=ASK{}&format=csv%0d%0aX-Injected:%201",
        "/queries/a%0d%0aX-Injected:%201.csv",
        "/%0d%0aX-Injected:%201",
        "/queries/a.csv%0d%0aX-Injected:%201",
    ],
)
def test_line_ends_in_a_request_make_no_header(live: Address, path: str) -> None:
    answer = send(live, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    assert status(answer) in (400, 404, 406)
    assert b"x-injected" not in answer.partition(b"\r\n\r\n")[0].lower()


@pytest.mark.parametrize("host", [b"Host: a\nb", b"Host: a b", b"Host: <script>", b"Host:", b"Host: \xff"])
def test_strange_hosts(live: Address, host: bytes) -> None:
    answer = send(live, b"GET /sparql HTTP/1.1\r\n" + host + b"\r\nConnection: close\r\n\r\n")
    assert status(answer) in (200, 400)
    assert b"<script>" not in answer


def test_path_traversal(live: Address) -> None:
    for path in (
        "/static/../server.py", "/static/..%2fsite.py", "/static/%2e%2e/site.py", "/static/....//site.py",
        "/../../etc/passwd", "/static//etc/passwd", "/static/..%5csite.py", "/dumps/../../etc/passwd",
    ):  # fmt: skip
        answer = send(live, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        assert status(answer) == 404, path


def test_service_description_names_this_machine_only(live: Address) -> None:
    own = get(live, "/sparql").body.decode()
    assert f"<http://{live.host}:{live.port}/sparql>" in own
    other = get(live, "/sparql", {"Host": "evil.example"}).body.decode()
    assert "<https://w3id.org/enforcement-kg/sparql>" in other


def test_twenty_at_once(live: Address) -> None:
    query = "SELECT ?d { ?d a <https://w3id.org/enforcement-kg/ontology#Decision> }"
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: ask(live, query), range(200)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.headers["etag"] for reply in replies}) == 1
    assert len({reply.body for reply in replies}) == 1


def test_no_request_opens_a_connection(live: Address) -> None:
    """A listener stands where queries point; nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.5)
        target = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        for query in (
            f"SELECT * {{ SERVICE <{target}> {{ ?s ?p ?o }} }}", f"ASK FROM <{target}> {{ ?s ?p ?o }}",
            f"LOAD <{target}>", f"SELECT * {{ SERVICE SILENT <{target}> {{}} }}", f"DESCRIBE <{target}>",
        ):  # fmt: skip
            assert ask(live, query).status in (200, 400, 403)
        ask(live, "ASK {}", **{"default-graph-uri": target})
        with pytest.raises(TimeoutError):
            trap.accept()
