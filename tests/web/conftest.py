"""A small real dataset, a real replica, a test client, and a real server for what needs sockets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse, serialize

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
    graphs: dict[str, list[object]] = {}
    for quad in parse(path=data, format=RdfFormat.TRIG):
        assert isinstance(quad.graph_name, NamedNode)
        graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
    inserts = []
    for name, triples in sorted(graphs.items()):
        text = serialize(triples, format=RdfFormat.N_TRIPLES)  # type: ignore[type-var]
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
    return create_app(replica, settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def live(store_directory: Path) -> Iterator[Address]:
    """`python server.py` in a process of its own, on a free port of the loopback address."""
    environ = {**os.environ, **ENVIRONMENT, "KG_STORE": f"file:{store_directory}"}
    process = subprocess.Popen(
        [sys.executable, ROOT / "server.py", "0"], cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"http://([\d.]+):(\d+)", line):
                yield Address(found[1], int(found[2]), process.pid)
                break
        else:
            pytest.fail("the server ended before it served")
    finally:
        process.terminate()
        assert process.wait(20) is not None
        process.stderr.close()
