"""One published version being served: its zygote, and the workers forked from it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import kg
from kg.engine import Checkpoint
from kg.errors import StoreUnavailable
from kg.replica.messages import Message, receive, send
from kg.replica.slots import LOOK_SECONDS

FORK_SECONDS: Final = 10.0
END_SECONDS: Final = 5.0


class Worker:
    """A worker as the server sees it. Used by one thread at a time."""

    def __init__(self, connection: socket.socket, process: int) -> None:
        self._connection = connection
        self._process = process  # a pidfd: a number that is used again cannot be meant

    def alive(self) -> bool:
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        return not poll.poll(0)

    def ask(self, job: dict[str, Any], seconds: float, abandoned: Callable[[], bool]) -> Message | None:
        """The reply, or None if the worker died. Raises TimeoutError after so many seconds, or
        once `abandoned`: then nobody waits for the reply."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        try:
            send(self._connection, Message(job), deadline=deadline)
            while not poll.poll(1000 * max(0.0, min(LOOK_SECONDS, deadline - time.monotonic()))):
                if time.monotonic() >= deadline or abandoned():
                    raise TimeoutError
            return receive(self._connection, deadline=deadline)
        except TimeoutError:
            raise
        except OSError:
            return None

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        os.close(self._process)
        self._connection.close()


class Generation:
    """Starting one blocks until its graph is in memory; StoreUnavailable if that fails.

    The thread that starts it must live as long: the zygote dies with it (PR_SET_PDEATHSIG).
    """

    def __init__(self, checkpoint: Checkpoint, memory: int) -> None:
        self.version = checkpoint.version
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._lent = 0
        self._retired = False
        self._control, theirs = socket.socketpair()
        started = time.monotonic()
        command = [sys.executable, "-m", "kg.replica.zygote", str(theirs.fileno()), str(os.getpid())]
        self._process = subprocess.Popen(
            [*command, str(checkpoint.path.resolve()), str(memory)],
            cwd=Path(kg.__file__).resolve().parent.parent,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        ready = receive(self._control)
        if ready is None or "error" in ready.head:
            self.close()
            reason = ready.head["error"] if ready else "its process ended"
            raise StoreUnavailable(f"version {self.version} cannot be loaded: {reason}")
        self.quads: int = ready.head["quads"]
        self.network: bool = ready.head["network"]
        self.load_seconds = time.monotonic() - started

    def alive(self) -> bool:
        return self._process.poll() is None

    def take(self) -> Worker:
        """An idle worker, or a new one. Raises StoreUnavailable if the zygote is gone."""
        with self._lock:
            if self._retired:
                raise StoreUnavailable("this version is no longer served")
            self._lent += 1
            try:
                while self._idle:
                    worker = self._idle.pop()
                    if worker.alive():
                        return worker
                    worker.end()
                return self._fork()
            except BaseException:
                self._lent -= 1
                raise

    def give_back(self, worker: Worker, *, reuse: bool) -> None:
        with self._lock:
            self._lent -= 1
            if reuse and not self._retired:
                self._idle.append(worker)
                return
        worker.end()

    def retire(self) -> None:
        """Lend no more workers; those that are lent may finish."""
        with self._lock:
            self._retired = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    @property
    def lent(self) -> int:
        return self._lent

    @property
    def idle(self) -> int:
        return len(self._idle)

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        self.retire()
        self._control.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _fork(self) -> Worker:
        deadline = time.monotonic() + FORK_SECONDS
        try:
            send(self._control, Message({}), deadline=deadline)
            reply = receive(self._control, deadline=deadline)
        except OSError as error:
            raise StoreUnavailable(f"no query worker could be started: {error}") from error
        if reply is None or len(reply.files) != 2:
            raise StoreUnavailable("no query worker could be started; the replica is restarting")
        return Worker(socket.socket(fileno=reply.files[0]), reply.files[1])
