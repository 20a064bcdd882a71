"""What the handlers share: one frozen value, kept by the app."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from flask import Flask, current_app

from kg.catalogue import NamedQuery
from kg.replica import Replica
from kg.settings import Settings

_KEY: Final = "kg"


@dataclass(frozen=True, slots=True)
class Site:
    replica: Replica
    settings: Settings
    queries: Mapping[str, NamedQuery]
    turns: threading.BoundedSemaphore

    def attach(self, app: Flask) -> None:
        app.extensions[_KEY] = self

    @staticmethod
    def of(app: Flask) -> Site:
        return cast(Site, app.extensions[_KEY])


def site() -> Site:
    """The site of the app that answers the present request."""
    return Site.of(current_app)
