"""Messages between the server, the zygote and the workers: a JSON head, a body, one file.

A message is two 4-byte lengths, the head and the body; a file descriptor travels with the
lengths (SCM_RIGHTS, unix(7)).
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Final

_LENGTHS: Final = struct.Struct(">II")
_NO_LIMIT: Final = float("inf")


@dataclass(slots=True)
class Message:
    """`files` are descriptors that belong to the receiver."""

    head: dict[str, Any]
    body: bytes = b""
    files: tuple[int, ...] = ()


def send(connection: socket.socket, message: Message, *, deadline: float = _NO_LIMIT) -> None:
    """Raises TimeoutError past the deadline (`time.monotonic`), OSError if the other end is gone."""
    head = json.dumps(message.head).encode()
    data = head + message.body
    _allow(connection, deadline)
    # The lengths always fit: nothing else waits in the socket when a message starts.
    socket.send_fds(connection, [_LENGTHS.pack(len(head), len(message.body))], list(message.files))
    connection.sendall(data)


def receive(connection: socket.socket, *, deadline: float = _NO_LIMIT) -> Message | None:
    """The next message, or None if the other end closed. Raises TimeoutError past the deadline."""
    _allow(connection, deadline)
    lengths, files, _, _ = socket.recv_fds(connection, _LENGTHS.size, 2, socket.MSG_CMSG_CLOEXEC)
    try:
        if len(lengths) < _LENGTHS.size:
            lengths += _exactly(connection, _LENGTHS.size - len(lengths), deadline) if lengths else b""
        if not lengths:
            return None
        head, body = _LENGTHS.unpack(lengths)
        data = _exactly(connection, head + body, deadline)
        return Message(json.loads(data[:head]), data[head:], tuple(files))
    except (OSError, EOFError) as error:
        for file in files:
            os.close(file)
        if isinstance(error, EOFError):
            return None
        raise


def _exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size:
        _allow(connection, deadline)
        part = connection.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _allow(connection: socket.socket, deadline: float) -> None:
    if deadline == _NO_LIMIT:
        connection.settimeout(None)
    else:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
