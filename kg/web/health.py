"""Liveness and readiness: `/healthz` says the process answers, `/readyz` that it has data."""

from __future__ import annotations

from flask import Flask, Response, jsonify

from kg.web.site import site


def register(app: Flask) -> None:
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


def healthz() -> Response:
    return _uncached(Response("ok\n", mimetype="text/plain"))


def readyz() -> Response:
    """200 with the dataset version once the replica holds one, 503 before."""
    replica = site().replica
    response = jsonify(ready=replica.ready, version=replica.version)
    if not replica.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return _uncached(response)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
