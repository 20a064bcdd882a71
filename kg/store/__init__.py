"""Where the graph lives. `open_store` is the only way in."""

from __future__ import annotations

from pathlib import Path

from kg.errors import InvalidInput
from kg.store.base import Results, Store, Term
from kg.store.disk import FileStore
from kg.store.embedded import MemoryStore

__all__ = ["Results", "Store", "Term", "directory", "open_store"]


def open_store(url: str, *, write: bool) -> Store:
    """Open `memory:` (gone on close) or `file:DIR`.

    A writer creates DIR if need be and holds its lock; a reader (`write=False`) sees the
    version published last. Raises InvalidInput for any other URL, StoreUnavailable if the
    store cannot be used.
    """
    if url == "memory:":
        return MemoryStore(write=write)
    return FileStore(directory(url), write=write)


def directory(url: str) -> Path:
    """The folder of a `file:DIR` store. Raises InvalidInput for any other URL."""
    scheme, _, rest = url.partition(":")
    if scheme != "file" or not rest.strip("/"):
        raise InvalidInput(f"store {url!r} is not supported; supported are `memory:` and `file:DIR`")
    return Path(rest.removeprefix("//") if rest.startswith("///") else rest)
