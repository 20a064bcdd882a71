"""Where a worker writes an answer: small ones in memory, others in a memfd, none beyond a cap."""

from __future__ import annotations

import os
from typing import Final

from kg.replica.rows import Counter

INLINE: Final = 1 << 16
MAX_ANSWER: Final = 256 << 20


class AnswerTooLarge(Exception):
    """The answer has more than MAX_ANSWER bytes."""


class Spool:
    """A binary writer. `file` is a memfd (memfd_create(2)) once the answer is larger than INLINE."""

    def __init__(self, count: Counter | None = None) -> None:
        self.length = 0
        self.rows = 0
        self.file: int | None = None
        self._count = count
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self.length += len(data)
        if self.length > MAX_ANSWER:
            raise AnswerTooLarge
        self._buffer += data
        if len(self._buffer) > INLINE:
            if self.file is None:
                self.file = os.memfd_create("answer")
            self._drain(self.file)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back from a reader before `finish`."""

    def finish(self) -> bytes:
        """The body of a small answer; b"" if it is in `file`."""
        if self.file is not None:
            self._drain(self.file)
            os.lseek(self.file, 0, os.SEEK_SET)
            return b""
        if self._count:
            self.rows = self._count(bytes(self._buffer))
        return bytes(self._buffer)

    def _drain(self, file: int) -> None:
        block = bytes(self._buffer)
        self._buffer.clear()
        if self._count:
            self.rows = self._count(block)
        view = memoryview(block)
        while view:
            view = view[os.write(file, view) :]
