"""The process that holds the graph in memory and forks query workers.

Started as `python -m kg.replica.zygote CONTROL PARENT CHECKPOINT MEMORY`: the number of a
connected socket, the server's process id, a checkpoint of the store, bytes a worker may add.
It has one thread and never opens a disk store itself: a fork after that is not safe.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator

from pyoxigraph import NamedNode, Quad, RdfFormat, Store

from kg.graphs import in_default_graph, is_private
from kg.processes import die_with_parent
from kg.replica.confine import limit_memory, no_network
from kg.replica.messages import Message, receive, send
from kg.replica.worker import serve


def main(arguments: list[str]) -> None:
    control = socket.socket(fileno=int(arguments[0]))
    die_with_parent(int(arguments[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the server decides
    network = not no_network()
    try:
        store = load(arguments[2])
    except (OSError, ValueError, SyntaxError, RuntimeError, MemoryError) as error:
        send(control, Message({"error": f"{type(error).__name__}: {error}"}))
        return
    gc.collect()
    gc.freeze()  # a collection in a worker would copy every page it looks at
    send(control, Message({"quads": len(store), "network": network}))
    run(control, store, int(arguments[3]))


def load(checkpoint: str) -> Store:
    """The checkpoint in memory: its graphs without the private ones, and the union of the public
    ones as the default graph. Raises OSError if the checkpoint cannot be read."""
    reading, writing = os.pipe()
    reader = os.fork()
    if reader == 0:
        _dump(checkpoint, writing)
    os.close(writing)
    store = Store()
    with open(reading, "rb") as pipe:
        store.bulk_load(pipe, RdfFormat.N_QUADS)
    if os.waitpid(reader, 0)[1] != 0:
        raise OSError(f"{checkpoint} cannot be read")
    names = [name for name in store.named_graphs() if isinstance(name, NamedNode)]
    for name in names:
        if is_private(name.value):
            store.remove_graph(name)
    store.bulk_extend(_union(store, sorted(names, key=str)))
    return store


def _union(store: Store, names: list[NamedNode]) -> Iterator[Quad]:
    for name in names:
        if in_default_graph(name.value):
            for quad in store.quads_for_pattern(None, None, None, name):
                yield Quad(quad.subject, quad.predicate, quad.object)


def _dump(checkpoint: str, writing: int) -> None:
    """In a process of its own: read the disk store out as N-Quads, then end."""
    status = 1
    try:
        with open(writing, "wb") as pipe:
            Store.read_only(checkpoint).dump(pipe, RdfFormat.N_QUADS)
        status = 0
    finally:
        os._exit(status)


def run(control: socket.socket, store: Store, memory: int) -> None:
    """Fork a worker for each message; when the server closes the socket, end all of them."""
    workers: set[int] = set()
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    events = select.poll()
    events.register(control, select.POLLIN)
    events.register(wake, select.POLLIN)
    while True:
        ready = {file for file, _ in events.poll()}
        if wake in ready:
            os.read(wake, 4096)
            _reap(workers)
        if control.fileno() in ready:
            if receive(control) is None:
                break
            workers.add(_fork(control, store, memory))
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    os._exit(0)  # the graph goes with the process, not piece by piece


def _fork(control: socket.socket, store: Store, memory: int) -> int:
    """A new worker: its socket and its process (pidfd_open(2)) go to the server."""
    ours, theirs = socket.socketpair()
    zygote = os.getpid()
    worker = os.fork()
    if worker == 0:
        _become_worker(zygote, theirs, (ours, control), store, memory)
    theirs.close()
    handle = os.pidfd_open(worker)
    send(control, Message({"worker": worker}, files=(ours.fileno(), handle)))
    ours.close()
    os.close(handle)
    return worker


def _become_worker(
    zygote: int, connection: socket.socket, others: tuple[socket.socket, ...], store: Store, memory: int
) -> None:
    try:
        die_with_parent(zygote)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for other in others:
            other.close()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what an aborting engine says is not a log
        limit_memory(memory)
        serve(connection, store, memory)
    finally:
        os._exit(0)


def _reap(workers: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitpid(-1, os.WNOHANG)[0]:
            workers.discard(ended)


if __name__ == "__main__":
    main(sys.argv[1:])
