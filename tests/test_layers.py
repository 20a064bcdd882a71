"""A module imports only from lower layers; each library has its place. Late imports count."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

LAYERS = [
    {"errors", "namespaces"},
    {"formats", "settings", "resources", "model", "iris", "graphs", "engine", "processes"},
    {"sources", "normalise", "mapping", "shapes", "provenance", "guard", "store", "replica", "reason"},
    {"ingest", "link", "sparql", "describe", "catalogue", "release", "explain"},
    {"web"},
    {"cli", "server"},
]
LAYER = {name: row for row, names in enumerate(LAYERS) for name in names}
ONLY_IN = {
    "flask": {"web"},
    "waitress": {"web"},
    "click": {"cli"},
    "pyshacl": {"shapes"},
    "owlrl": {"reason"},
    "rdflib": {"shapes", "reason"},
    "yaml": {"sources"},
}
FILES = [ROOT / "server.py", *sorted((ROOT / "kg").rglob("*.py"))]


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            found.add(node.module or "")
            if node.module == "kg":
                found |= {f"kg.{alias.name}" for alias in node.names if alias.name in LAYER}
    return found


def unit(path: Path) -> str:
    relative = path.relative_to(ROOT)
    return relative.parts[1].removesuffix(".py") if relative.parts[0] == "kg" else "server"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    here = unit(path)
    if here == "__init__":
        return
    assert here in LAYER, f"{path.name} is in no layer"
    for name in imports(ast.parse(path.read_text("utf-8"))):
        top, _, rest = name.partition(".")
        if top == "kg" and rest:
            other = rest.split(".")[0]
            if other != here and other != "__version__":
                assert LAYER[other] < LAYER[here], f"{here} imports {other}"
        elif top in ONLY_IN:
            assert here in ONLY_IN[top], f"{here} imports {top}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_environment_is_read_at_the_edge(path: Path) -> None:
    if unit(path) in ("server", "cli"):
        return
    text = path.read_text("utf-8")
    assert "os.environ" not in text
    assert "getenv" not in text
