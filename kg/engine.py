"""What the embedded engine's users share: its syntax errors, and published versions on disk.

A file store publishes under `DIR/checkpoints/{version}`; `DIR/CURRENT` names the newest.
A version is `{generation}-{digest}`: the count of writes and a digest over all of them, so
that equal versions hold equal content, in every deployment.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import InvalidQuery, StoreUnavailable

CHECKPOINTS: Final = "checkpoints"
CURRENT: Final = "CURRENT"
VERSION: Final = re.compile(r"(\d{1,18})-[0-9a-f]{12}")
_POSITION: Final = re.compile(r"error at (\d+):(\d+): ")


def invalid_query(error: SyntaxError) -> InvalidQuery:
    """The project's error for pyoxigraph's: `error at LINE:COLUMN: what was expected`."""
    text = str(error)
    found = _POSITION.match(text)
    if found is None:
        return InvalidQuery(text)
    return InvalidQuery(text[found.end() :], line=int(found[1]), column=int(found[2]))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A published version, held against removal until `close()`."""

    version: str
    path: Path
    handle: int

    def close(self) -> None:
        os.close(self.handle)


def current_version(directory: Path) -> str | None:
    """The version published last, or None. Raises StoreUnavailable if its name is damaged."""
    try:
        text = (directory / CURRENT).read_text("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(f"{directory / CURRENT}: {error.strerror}") from error
    if not VERSION.fullmatch(text):
        raise StoreUnavailable(f"{directory / CURRENT}: not the name of a version; publish again")
    return text


def hold_current(directory: Path) -> Checkpoint | None:
    """The newest checkpoint, held; None if nothing was published yet.

    Raises StoreUnavailable when the published directory is missing or unreadable.
    """
    for _ in range(5):  # the writer may publish twice and prune between our two steps
        version = current_version(directory)
        if version is None:
            return None
        path = directory / CHECKPOINTS / version
        with contextlib.suppress(FileNotFoundError):
            try:
                handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            except PermissionError as error:
                raise StoreUnavailable(f"{path}: {error.strerror}") from error
            fcntl.flock(handle, fcntl.LOCK_SH)
            if path.exists():
                return Checkpoint(version, path, handle)
            os.close(handle)
    raise StoreUnavailable(f"{directory}: the published version {version} is missing")
