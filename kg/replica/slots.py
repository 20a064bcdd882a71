"""How many queries run at once, and in which order the others wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.2
"""How often a wait looks whether anybody still wants its end."""


class Slots:
    """A counting lock that serves those who wait in their order of arrival."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._free = count
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def acquire(self, seconds: float, abandoned: Callable[[], bool] = lambda: False) -> bool:
        """Take a slot, waiting at most so many seconds and only until `abandoned`. Returns
        whether there was one."""
        deadline = time.monotonic() + seconds
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        while (left := deadline - time.monotonic()) > 0 and not abandoned():
            if turn.wait(min(left, LOOK_SECONDS)):
                return True
        with self._lock:
            if turn.is_set():  # it came between the end of the wait and now
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
