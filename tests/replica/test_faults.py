"""Queries that run away, workers that die, versions that change: the server goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.errors import KGError, QueryTimeout, StoreUnavailable
from kg.replica import Replica, generation
from kg.store import open_store
from tests.replica.conftest import LAW, RUNAWAY, body, query, settings, triples

_DOUBLE = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
DOUBLING = f"SELECT * {{ BIND('{'a' * 1000}' AS ?x0) {_DOUBLE} }}"
SORTING = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
DISTINCT = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def children(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found


def zygotes() -> list[int]:
    return [
        c for c in children(os.getpid()) if b"kg.replica.zygote" in Path(f"/proc/{c}/cmdline").read_bytes()
    ]


def workers() -> list[int]:
    return [worker for zygote in zygotes() for worker in children(zygote)]


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_a_runaway_query_is_ended_and_others_are_answered(replica: Replica) -> None:
    def run() -> float:
        started = time.monotonic()
        with pytest.raises(QueryTimeout, match="after 1 s"):
            query(replica, RUNAWAY, timeout=1)
        return time.monotonic() - started

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        time.sleep(0.3)
        started = time.monotonic()
        assert body(query(replica, "ASK {}")) == b"true"
        assert time.monotonic() - started < 1
        assert 1 <= running.result() < 2
    started = time.monotonic()
    query(replica, "ASK {}")
    assert time.monotonic() - started < 1
    (zygote,) = zygotes()
    assert eventually(lambda: len(children(zygote)) == 1), "the worker of the ended query is still there"
    (left,) = children(zygote)
    before = processor_seconds(left)
    time.sleep(0.5)
    assert processor_seconds(left) - before < 0.1
    assert replica.statistics()["timeouts"] == 1


def test_the_servers_limit_holds_whatever_is_asked(directory: Path) -> None:
    replica = Replica.open(directory, settings(KG_QUERY_TIMEOUT="0.5"))
    started = time.monotonic()
    with pytest.raises(QueryTimeout):
        query(replica, RUNAWAY, timeout=100)
    assert time.monotonic() - started < 1.5
    replica.close()


@pytest.mark.parametrize("text", [DOUBLING, SORTING, DISTINCT], ids=["concat", "order", "distinct"])
def test_a_memory_bomb_ends_its_worker_only(directory: Path, text: str) -> None:
    replica = Replica.open(directory, settings(KG_QUERY_MEMORY="64"))
    with pytest.raises(QueryTimeout, match="memory"):
        query(replica, text)
    assert body(query(replica, "ASK {}")) == b"true"
    replica.close()


def test_twenty_crashes_in_a_row(replica: Replica) -> None:
    deep = "SELECT * " + "{" * 40_000
    for _ in range(20):
        with pytest.raises(QueryTimeout, match="nests too deeply"):
            query(replica, deep)
    assert body(query(replica, "ASK {}")) == b"true"
    assert replica.statistics()["crashes"] == 20
    (zygote,) = zygotes()
    assert eventually(lambda: len(children(zygote)) <= 2), "dead workers are not reaped"


def test_long_flat_queries_do_not_crash(replica: Replica) -> None:
    for part in ("BIND(1 AS ?x%d)", "MINUS { ?s%d ?p 5 }", "OPTIONAL { <x:a> <x:b> ?y%d }"):
        text = "SELECT * { " + " ".join(part % n for n in range(1000)) + " } LIMIT 1"
        assert query(replica, text).rows == 1


def test_a_worker_killed_from_outside(replica: Replica) -> None:
    query(replica, "ASK {}")
    (worker,) = workers()
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: worker not in workers())
    assert body(query(replica, "ASK {}")) == b"true"
    threading.Timer(0.3, lambda: os.kill(workers()[0], signal.SIGKILL)).start()
    with pytest.raises(QueryTimeout):
        query(replica, RUNAWAY, timeout=5)
    assert body(query(replica, "ASK {}")) == b"true"


def test_a_killed_zygote_is_replaced(replica: Replica) -> None:
    query(replica, "ASK {}")
    (zygote,), (worker,) = zygotes(), workers()
    os.kill(zygote, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{worker}").exists()), "a worker outlived its zygote"

    def answered() -> bool:
        try:
            return body(query(replica, "ASK {}")) == b"true"
        except (StoreUnavailable, QueryTimeout):
            return False

    assert eventually(answered)
    assert replica.ready


def test_when_all_are_busy_the_wait_is_bounded(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.replica.BUSY_SECONDS", 0.3)
    replica = Replica.open(directory, settings(KG_WORKERS="1"))

    def run() -> None:
        with pytest.raises(QueryTimeout):
            query(replica, RUNAWAY, timeout=2)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        assert eventually(lambda: replica.statistics()["running"] == 1)
        with pytest.raises(StoreUnavailable, match="busy"):
            query(replica, "ASK {}")
        running.result()
    assert body(query(replica, "ASK {}")) == b"true"
    replica.close()


def test_many_threads(replica: Replica) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: body(query(replica, f"SELECT ({n} AS ?n) {{}}")), range(400)))
    assert answers == [f"n\r\n{n}\r\n".encode() for n in range(400)]
    assert len(workers()) <= 2


def test_a_new_version_takes_over_without_a_failed_request(directory: Path, replica: Replica) -> None:
    stop, failed, seen = threading.Event(), list[KGError](), set[bytes]()

    def load() -> None:
        while not stop.is_set():
            try:
                seen.add(body(query(replica, "SELECT (SAMPLE(?o) AS ?v) { ?s ?p ?o }")))
            except KGError as error:
                failed.append(error)

    with ThreadPoolExecutor(3) as pool:
        for _ in range(2):
            pool.submit(load)
        long = pool.submit(query, replica, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
        with open_store(f"file:{directory}", write=True) as store:
            for value in ("two", "three"):
                store.replace_graph(LAW, triples(1000, value))
                version = store.publish()
                assert eventually(lambda version=version: replica.version == version)  # type: ignore[misc]
                time.sleep(0.2)
        assert body(long.result()) == b"n\r\n1000000\r\n"
        stop.set()
    assert failed == []
    assert seen == {b"v\r\nx\r\n", b"v\r\ntwo\r\n", b"v\r\nthree\r\n"}
    assert eventually(lambda: len(zygotes()) == 1), "the old version's processes stay"


def test_a_running_query_keeps_its_version(directory: Path, replica: Replica) -> None:
    first = replica.version
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = <https://e.example/1>) }"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(query, replica, slow)
        with open_store(f"file:{directory}", write=True) as store:
            store.replace_graph(LAW, triples(2))
            store.publish()
        assert eventually(lambda: replica.version != first)
        answer = running.result()
    assert answer.version == first or answer.seconds < 0.5
    assert body(answer) == b"n\r\n1000000\r\n" or answer.version != first


def test_a_damaged_new_version_leaves_the_old_one_serving(directory: Path, replica: Replica) -> None:
    version = replica.version
    with open_store(f"file:{directory}", write=True) as store:
        store.replace_graph(LAW, triples(5))
        published = directory / "checkpoints" / str(store.publish())
        for table in published.glob("*.sst"):
            table.unlink()
            table.write_bytes(b"damaged")
    time.sleep(1.5)
    assert replica.version == version
    assert body(query(replica, "ASK {}")) == b"true"


SERVER = """
import os, sys, threading, time
from pathlib import Path
from kg.formats import RESULTS
from kg.replica import QueryRequest, Replica
from kg.settings import read_settings
replica = Replica.open(Path(sys.argv[1]), read_settings({"KG_WORKERS": "2"}))
for _ in range(2):
    threading.Thread(target=replica.query, args=(QueryRequest(sys.argv[2], RESULTS[0], None),)).start()
time.sleep(0.5)
print("running", flush=True)
time.sleep(60)
"""


def test_kill_9_of_the_server_leaves_no_process(directory: Path) -> None:
    command = [sys.executable, "-c", SERVER, str(directory), RUNAWAY]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"running\n"
    (zygote,) = children(server.pid)
    family = [zygote, *children(zygote)]
    assert len(family) == 3
    server.kill()
    server.wait()
    server.stdout.close()
    assert eventually(lambda: not any(Path(f"/proc/{process}").exists() for process in family), 5)


def test_closing_ends_every_process_and_leaves_no_file(directory: Path) -> None:
    before = sorted(path for path in directory.rglob("*"))
    replica = Replica.open(directory, settings())
    query(replica, "ASK {}")
    family = [*zygotes(), *workers()]
    assert len(family) == 2
    replica.close()
    assert not any(Path(f"/proc/{process}").exists() for process in family)
    assert sorted(path for path in directory.rglob("*")) == before
    with pytest.raises(StoreUnavailable):
        query(replica, "ASK {}")


def test_the_zygote_has_one_thread_and_no_network(replica: Replica) -> None:
    (zygote,) = zygotes()
    assert len(list(Path(f"/proc/{zygote}/task").iterdir())) == 1
    current = replica._current
    assert isinstance(current, generation.Generation)
    if current.network:
        pytest.skip("this system lets no process give up its network")
    assert os.readlink(f"/proc/{zygote}/ns/net") != os.readlink("/proc/self/ns/net")
