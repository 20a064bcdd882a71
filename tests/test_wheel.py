"""The built wheel works outside the checkout: ontology and queries are in it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [path] = out.glob("*.whl")
    return path


def test_the_wheel_carries_the_model_and_the_pages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in ("ontology/core.ttl", "ontology/context.jsonld", "queries/largest-fines.rq"):
        assert f"kg/_resources/{path}" in names
    assert "kg/web/templates/base.html" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "data/"))]


def test_it_ingests_and_answers_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked on its own path, with this environment's libraries but not this checkout."""
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    run = [
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(site)!r}); from kg.cli import main; main()",
    ]
    store = ["--store", f"file:{tmp_path / 'store'}"]
    ingested = subprocess.run(
        [*run, *store, "ingest", str(ROOT / "data" / "clearview-fr.yaml")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert ingested.returncode == 0, ingested.stderr
    asked = subprocess.run(
        [*run, *store, "query", "largest-fines"], capture_output=True, text=True, cwd=tmp_path
    )
    assert asked.returncode == 0, asked.stderr
    assert "20000000" in asked.stdout
    origin = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            f"import sys; sys.path.insert(0, {str(site)!r}); import kg.resources as r; print(r.ROOT)",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert origin.stdout.strip() == str(site / "kg" / "_resources")
