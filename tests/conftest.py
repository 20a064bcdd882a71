"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kg.ingest import Options, Quarantine, run
from kg.replica import Replica
from kg.settings import Settings, read_settings
from kg.store import directory, open_store

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the trackers' real files, which are not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the real data files must be beside the checkout under CI")
        pytest.skip("the trackers' real files are not beside this checkout (../shared/data)")
    return folder


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a store that holds the project's own cases, as `make demo` makes it; for reading."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"file:{folder / 'store'}"
    with open_store(url, write=True) as store:
        outcomes = list(
            run(store, [ROOT / "data"], Options(date(2026, 1, 1)), Quarantine(folder / "quarantine"))
        )
    assert {outcome.kind for outcome in outcomes} == {"stored"}
    return url


@pytest.fixture(scope="session")
def demo_settings(demo_store: str) -> Settings:
    """The default settings of a server of that store."""
    return read_settings({"KG_STORE": demo_store})


@pytest.fixture(scope="session")
def demo_replica(demo_settings: Settings) -> Iterator[Replica]:
    """What a server answers from."""
    replica = Replica.open(directory(demo_settings.store), demo_settings)
    yield replica
    replica.close()
