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

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import InvalidQuery, StoreUnavailable

CHECKPOINTS: Final = "checkpoints"
CURRENT: Final = "CURRENT"
VERSION: Final = re.compile(r"(\d{1,18})-[0-9a-f]{12}")
_KEYWORD: Final = re.compile(r"\b[A-Z_]{2,}\b")
_PLAIN: Final = re.compile(r'expected (?:one of )?(?:"[^" ]{1,3}"(?:, (?:\[_\]|"[^" ]{1,3}"))*)')
_PHRASE: Final = re.compile(r"Prefix not found|[\w ]+ parsing failed|The [\w ?(){}*]{10,}")
_POSITION: Final = re.compile(r"error at (\d+):(\d+): ")


def invalid_query(error: SyntaxError, text: str | None = None) -> InvalidQuery:
    """The project's error for pyoxigraph's: `error at LINE:COLUMN: what was expected`.

    The engine names the end of its furthest attempt. When it tried a keyword there, that is
    the keyword's length too far, and the keyword means nothing; `text`, the query, serves to
    go back to where the attempt began and to quote what stands there.
    """
    message = str(error)
    found = _POSITION.match(message)
    if found is None:
        return InvalidQuery(message)
    line, column, expected = int(found[1]), int(found[2]), message[found.end() :]
    if text is None:
        return InvalidQuery(expected, line=line, column=column)
    starts = [0, *(end.end() for end in re.finditer("\n", text))]
    offset = min(len(text), starts[min(line, len(starts)) - 1] + column - 1)
    keywords = _KEYWORD.findall(expected)
    if '"' not in expected and ("[_]" in expected or keywords):
        offset = max(0, offset - (1 if "[_]" in expected else min(map(len, keywords))))
    near = text[offset : offset + 30].split("\n")[0].strip()
    detail = f"not understood at {near!r}" if near else "the query ends too early"
    if known := _PHRASE.search(expected):
        detail += f": {known[0]}"
    elif _PLAIN.fullmatch(expected):
        detail += f"; {expected}"
    line = text.count("\n", 0, offset) + 1
    return InvalidQuery(detail, line=line, column=offset - text.rfind("\n", 0, offset))


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


def read_term(text: str) -> NamedNode | Literal:
    """The IRI or literal that an N-Triples text writes. ValueError or SyntaxError otherwise."""
    (quad,) = parse(f"<urn:s> <urn:p> {text} .", RdfFormat.N_TRIPLES)
    assert isinstance(quad, Quad)
    if not isinstance(quad.object, NamedNode | Literal):
        raise ValueError(f"not an IRI or literal: {text}")
    return quad.object
