"""A small real dataset, a real replica, a test client, and a real server for what needs sockets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from kg.catalogue import load_queries
from kg.replica import Replica
from kg.settings import Settings, read_settings
from kg.store import open_store
from kg.web import create_app
from tests.conftest import ROOT
from tests.web.wire import Address

DATA = Path(__file__).with_name("data.trig")
ENVIRONMENT = {"KG_QUERY_TIMEOUT": "2", "KG_QUERY_MEMORY": "512", "KG_WORKERS": "2"}


def publish(directory: Path, data: Path = DATA) -> str:
    """Stores the quads of a TriG file and publishes them; the version."""
    graphs: dict[str, list[Triple]] = {}
    for quad in parse(path=data, format=RdfFormat.TRIG):
        assert isinstance(quad.graph_name, NamedNode)
        graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    inserts = []
    for name, triples in sorted(graphs.items()):
        text = serialize(triples, format=RdfFormat.N_TRIPLES)
        assert text is not None
        inserts.append((NamedNode(name), text.decode()))
    with open_store(f"file:{directory}", write=True) as store:
        store.apply(drop=[], insert=inserts)
        version = store.publish()
    assert version is not None
    return version


@pytest.fixture(scope="session")
def store_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("web") / "store"
    publish(directory)
    return directory


@pytest.fixture(scope="session")
def settings(store_directory: Path) -> Settings:
    return read_settings({**ENVIRONMENT, "KG_STORE": f"file:{store_directory}"})


@pytest.fixture(scope="session")
def replica(store_directory: Path, settings: Settings) -> Iterator[Replica]:
    opened = Replica.open(store_directory, settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(replica: Replica, settings: Settings) -> Flask:
    return create_app(replica, settings, load_queries(DATA.with_name("queries")))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def live(store_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """`python server.py` in a process of its own, on a free port of the loopback address."""
    environ = {**os.environ, **ENVIRONMENT, "KG_STORE": f"file:{store_directory}"}
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, ROOT / "server.py", "0"], cwd=ROOT, env=environ, stderr=stream
        )
    try:
        yield Address(*_address(process, log), log)
    finally:
        process.terminate()
        assert process.wait(20) == 0


def _address(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://([\d.]+):(\d+)", log.read_text()):
            return found[1], int(found[2])
        time.sleep(0.05)
    pytest.fail(f"the server did not start: {log.read_text()}")
