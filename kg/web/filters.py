"""Small text filters of the templates."""

from __future__ import annotations

import re

from flask import Flask
from markupsafe import Markup, escape


def register(app: Flask) -> None:
    app.add_template_filter(marked)
    app.add_template_filter(first_sentence)
    app.add_template_filter(without_scheme)


def marked(text: str) -> Markup:
    """Text whose words between backquotes are set as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped)


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!]) (?=[A-Z`])", text, maxsplit=1)[0]


def without_scheme(iri: str) -> str:
    return re.sub(r"^https?://", "", iri).rstrip("/")
