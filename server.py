"""Composition root: settings, store, replica, Flask app.

`python server.py [PORT]` serves on the loopback address; `server:app()` is a WSGI application
for other servers, one process of it (the replica forks workers of its own).
"""

from __future__ import annotations

import logging
import os
import sys

from kg.replica import Replica
from kg.settings import read_settings
from kg.store import directory
from kg.web import Application, create_app
from kg.web.serve import serve


def app() -> Application:
    """The application over the newest version that KG_STORE published. Raises InvalidInput if the
    store is none that can be served, StoreUnavailable if its version cannot be loaded."""
    settings = read_settings(os.environ)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return create_app(Replica.open(directory(settings.store), settings), settings)


if __name__ == "__main__":
    serve(app(), port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
