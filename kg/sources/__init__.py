"""The sources: an open list, and how a file finds its reader."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kg.errors import SourceError
from kg.sources import curated, enforcementtracker, gdprhub
from kg.sources.base import Source

SOURCES: Final[dict[str, Source]] = {
    source.name: source for source in (curated.SOURCE, enforcementtracker.SOURCE, gdprhub.SOURCE)
}


def source_of(path: Path, name: str | None = None) -> Source:
    """The source called `name`, or the one that recognises the file's beginning.

    Raises SourceError, naming the sources there are, where there is none.
    """
    known = ", ".join(sorted(SOURCES))
    if name is not None:
        if name not in SOURCES:
            raise SourceError(f"unknown source {name!r} (known: {known})", file=str(path))
        return SOURCES[name]
    try:
        with path.open("rb") as file:
            data = file.read(65536)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", file=str(path)) from error
    if not data.strip():
        raise SourceError("the file is empty", file=str(path))
    if b"\0" in data:
        raise SourceError("not UTF-8, perhaps UTF-16 (save the file as UTF-8)", file=str(path), line=1)
    head = data.decode("utf-8-sig", "replace")
    for source in SOURCES.values():
        if path.suffix.casefold() in source.suffix.split() and source.recognises(head):
            return source
    rule = f"no source recognises this file (known: {known}; name one with --source)"
    raise SourceError(rule, file=str(path))


def files(path: Path) -> list[Path]:
    """The file itself, or the files of a folder that a source could read, in a stable order;
    what is hidden (a name that begins with a dot) is left out of a folder."""
    if not path.is_dir():
        return [path]
    suffixes = {suffix for source in SOURCES.values() for suffix in source.suffix.split()}
    return sorted(
        p
        for p in path.rglob("*")
        if p.suffix.casefold() in suffixes and not _hidden(p.relative_to(path)) and p.is_file()
    )


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
