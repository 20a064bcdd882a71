"""Before anything is published, while it changes, and when all turns are taken."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.replica import Replica
from kg.settings import Settings
from kg.store import open_store
from kg.web import create_app
from kg.web.limits import QUERIES
from kg.web.site import Site
from tests.web.conftest import publish

COUNT = "/sparql?query=SELECT(COUNT(*)AS?n){?s?p?o}"


def test_ready_only_with_data_and_new_data_is_a_new_version(tmp_path: Path, settings: Settings) -> None:
    directory = tmp_path / "store"
    replica = Replica.open(directory, settings)
    try:
        client = create_app(replica, settings).test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        answer = client.get(COUNT)
        assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert str(directory) not in answer.text
        assert "not available" in client.get("/", headers={"Accept": "text/html"}).text
        first = publish(directory)
        before = settle(client, first)
        with open_store(f"file:{directory}", write=True) as store:
            store.update(
                "INSERT DATA { GRAPH <https://w3id.org/enforcement-kg/graph/meta> { <a:a> <a:a> <a:a> } }"
            )
            second = store.publish()
        after = settle(client, str(second))
        assert first != second
        assert before != after
    finally:
        replica.close()


def settle(client: FlaskClient, version: str) -> str:
    """The validator of a query once this version is served; every surface then names it."""
    deadline = time.monotonic() + 20
    while client.get("/readyz").get_json()["version"] != version:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    answer = client.get(COUNT)
    assert answer.headers["X-Dataset-Version"] == version
    assert client.get("/sparql").headers["X-Dataset-Version"] == version
    assert client.get("/", headers={"Accept": "application/json"}).get_json()["version"] == version
    assert version in client.get("/", headers={"Accept": "text/html"}).text
    return answer.headers["ETag"]


def test_no_endless_queue(replica: Replica, settings: Settings) -> None:
    app = create_app(replica, settings, {})
    client, turns = app.test_client(), Site.of(app).turns
    for _ in range(QUERIES):
        assert turns.acquire(blocking=False)
    started = time.monotonic()
    answer = client.get(COUNT)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "Retry-After" in answer.headers
    assert client.get("/healthz").status_code == 200
    assert time.monotonic() - started < 1
    turns.release()
    assert client.get(COUNT).status_code == 200
    assert client.get("/sparql?query=nonsense").status_code == 400
    assert client.get(COUNT).status_code == 200, "an error gives its turn back"


@pytest.mark.parametrize("contact", ["", "data@example.org"])
def test_contact_is_shown_where_there_is_one(replica: Replica, settings: Settings, contact: str) -> None:
    client = create_app(replica, replace(settings, contact=contact), {}).test_client()
    text = client.get("/nothing", headers={"Accept": "text/html"}).text
    assert ("Contact: data@example.org" in text) is bool(contact)
