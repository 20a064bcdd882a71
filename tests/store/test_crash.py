"""kill -9 and a full disk: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.errors import StoreUnavailable
from kg.graphs import in_default_graph
from kg.store import open_store

PER_GROUP = 5
TRIPLES = 40

# Writes groups of graphs without end and prints the number of each group once acknowledged.
LOOP = f"""
import sys
from pyoxigraph import NamedNode
from kg.store import open_store
store = open_store(sys.argv[1], write=True)
number = int(sys.argv[2])
while True:
    group = f"https://e.example/graph/decision/g{{number % 50}}"
    names = [NamedNode(f"{{group}}/{{n}}") for n in range({PER_GROUP})]
    text = "".join(f'<https://e.example/{{t}}> <x:p> "{{number}}" .\\n' for t in range({TRIPLES}))
    store.apply(names, [(name, text) for name in names])
    print(number, flush=True)
    if number % 7 == 0:
        store.publish()
    number += 1
"""


def test_kill_9_while_writing(tmp_path: Path) -> None:
    url, chance, number = f"file:{tmp_path / 'kg'}", random.Random(4711), 0
    for _ in range(12):
        command = [sys.executable, "-c", LOOP, url, str(number)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().split()
        process.wait()
        last = max([number, *map(int, lines)])
        check(url, last)
        number = last + 2


def check(url: str, acknowledged: int) -> None:
    """Each group is wholly there in one writing; the last acknowledged one is there."""
    started = time.monotonic()
    with open_store(url, write=True) as store:
        groups: dict[str, set[str]] = {}
        for name in store.graph_names():
            assert in_default_graph(name.value)
            written = [getattr(q.object, "value", "") for q in store.quads(name)]
            assert len(written) == TRIPLES
            groups.setdefault(name.value.split("/")[-2], set()).update(written)
        assert all(len(writings) == 1 for writings in groups.values())
        assert store.count() == len(groups) * PER_GROUP * TRIPLES
        last = max(int(number) for (number,) in groups.values())
        assert last in (acknowledged, acknowledged + 1)
        store.publish()
    assert time.monotonic() - started < 5


FULL = """
import os, sys
from pathlib import Path
from pyoxigraph import NamedNode
from kg.errors import StoreUnavailable
from kg.store import open_store
root = Path(sys.argv[1])
store = open_store(f"file:{root / 'kg'}", write=True)
def write(n):
    noise = [os.urandom(40).hex() for _ in range(2000)]
    text = "".join(f'<https://e.example/{n}/{t}> <x:p> "{value}" .\\n' for t, value in enumerate(noise))
    store.replace_graph(NamedNode(f"https://e.example/graph/decision/x/{n}"), text)
write(0)
ballast = root / "ballast"
with open(ballast, "wb") as file:
    try:
        while True:
            file.write(bytes(65536)); file.flush()
    except OSError:
        pass
acknowledged, failed = 1, 0
for n in range(1, 200):
    try:
        write(n); acknowledged += 1
    except StoreUnavailable as error:
        failed += 1
        if failed == 1: print(error, file=sys.stderr)
        if failed == 3: break
assert failed == 3, "the disk never became full"
assert store.count() >= acknowledged * 2000, "reads go on"
ballast.unlink()
write(1000)
assert any(q for q in store.quads(NamedNode("https://e.example/graph/decision/x/1000")))
store.publish(); store.close()
again = open_store(f"file:{root / 'kg'}", write=True)
assert again.count() % 2000 == 0 and again.count() >= (acknowledged + 1) * 2000
print("well")
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    place = tmp_path / "disk"
    place.mkdir()
    return place


def test_a_full_disk_is_said_and_forgotten(small_disk: Path) -> None:
    """In a mount namespace of its own, on a small tmpfs."""
    script = (
        f'mount -t tmpfs -o size=48m tmpfs "{small_disk}" && exec "{sys.executable}" -c "$0" "{small_disk}"'
    )
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user" if os.geteuid() else "--fork", "sh", "-c", script, FULL],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no private mounts here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "well\n"
    assert "No space left" in done.stderr


LIMITED = """
import resource, signal, sys
from pyoxigraph import NamedNode
from kg.errors import StoreUnavailable
from kg.store import open_store
store = open_store(sys.argv[1], write=True)
name = NamedNode("https://e.example/graph/law")
store.replace_graph(name, "<x:a> <x:b> <x:c> .")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
for _ in range(2):
    try:
        store.replace_graph(name, "<x:a> <x:b> <x:d> .")
    except StoreUnavailable as error:
        print("refused")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.replace_graph(name, "<x:a> <x:b> <x:e> .")
print([str(q.object) for q in store.quads(name)])
"""


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, f"file:{tmp_path / 'kg'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout == "refused\nrefused\n['<x:e>']\n", done.stderr


def test_a_disk_full_while_publishing_keeps_the_old_version(tmp_path: Path) -> None:
    with open_store(f"file:{tmp_path / 'kg'}", write=True) as store:
        store.update("INSERT DATA { GRAPH <https://e.example/graph/law> { <x:a> <x:b> <x:c> } }")
        first = store.publish()
        store.update("INSERT DATA { GRAPH <https://e.example/graph/law> { <x:a> <x:b> <x:d> } }")
        (tmp_path / "kg" / "CURRENT.new").mkdir()
        with pytest.raises(StoreUnavailable):
            store.publish()
        (tmp_path / "kg" / "CURRENT.new").rmdir()
        assert (tmp_path / "kg" / "CURRENT").read_text().strip() == first
        assert store.publish() != first
    with contextlib.ExitStack() as stack:
        assert stack.enter_context(open_store(f"file:{tmp_path / 'kg'}", write=False)).count() == 2
