"""Killed at any moment, the store opens, holds whole records only, and a second run completes it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kg.ingest import Outcome
from kg.iris import Iris
from kg.release import quads_of
from kg.store import open_store
from tests.ingest.conftest import AS_OF, row

COUNT = 400
IRIS = Iris()


def start(store: Path, file: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "kg.cli",
        "--store",
        f"file:{store}",
        "ingest",
        str(file),
        "--as-of",
        AS_OF.isoformat(),
    ]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def records(store: Path, shapes: dict[str, set[str]]) -> int:
    """How many records are in the store; fails if one is there by half."""
    with open_store(f"file:{store}", write=True) as opened:
        found = 0
        for number in range(1, COUNT + 1):
            graph = IRIS.record_graph("enforcementtracker", f"ETid-{number}")
            quads = {str(quad) for quad in opened.quads(graph)}
            assert quads in (set(), shapes[graph.value]), f"{graph.value} is there by half"
            found += bool(quads)
        return found


def test_kill_at_any_moment(
    tmp_path: Path, tracker: Callable[..., Path], ingest: Callable[..., list[Outcome]]
) -> None:
    file = tracker(*(row(number, amount=f"{number},000") for number in range(1, COUNT + 1)))
    ingest(file)
    with open_store(f"file:{tmp_path / 'store'}", write=False) as whole:
        shapes = {name.value: {str(q) for q in whole.quads(name)} for name in whole.graph_names()}
        complete = [str(quad) for quad in quads_of(whole, "asserted", public_only=False)]
    killed = tmp_path / "killed"
    moments = random.Random(7)
    met = set()
    for _ in range(12):
        process = start(killed, file)
        time.sleep(moments.uniform(0.1, 9))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        met.add(records(killed, shapes))
    assert start(killed, file).wait() == 0
    assert records(killed, shapes) == COUNT
    with open_store(f"file:{killed}", write=False) as again:
        assert [str(quad) for quad in quads_of(again, "asserted", public_only=False)] == complete
