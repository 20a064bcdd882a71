"""Where the files that are not Python live: inside the wheel, or beside `kg/` in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent
_INSTALLED: Final = _PACKAGE / "_resources"
ROOT: Final = _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent

ONTOLOGY: Final = ROOT / "ontology"
QUERIES: Final = ROOT / "queries"


def ontology_files(folder: str = "", suffix: str = ".ttl") -> list[Path]:
    """The files below `ontology/<folder>`, in a stable order."""
    return sorted((ONTOLOGY / folder).rglob(f"*{suffix}"))
