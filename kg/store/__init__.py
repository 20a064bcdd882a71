"""Where the graph lives. `open_store` is the only way in."""

from __future__ import annotations

from pathlib import Path

from kg.errors import InvalidInput
from kg.store.base import Results, Store, Term, public_graphs
from kg.store.disk import FileStore
from kg.store.embedded import MemoryStore

__all__ = ["Results", "Store", "Term", "open_store", "public_graphs"]


def open_store(url: str, *, write: bool) -> Store:
    """Open `memory:` (gone on close) or `file:DIR`.

    A writer creates DIR if need be and holds its lock; a reader (`write=False`) sees the
    version published last. Raises InvalidInput for any other URL, StoreUnavailable if the
    store cannot be used.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory" and not rest:
        return MemoryStore(write=write)
    if scheme == "file" and rest.strip("/"):
        return FileStore(Path(rest.removeprefix("//") if rest.startswith("///") else rest), write=write)
    raise InvalidInput(f"store {url!r} is not supported; supported are `memory:` and `file:DIR`")
