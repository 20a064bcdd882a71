"""Headers that every answer carries, and the cross-origin answer to OPTIONS."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

OWN: Final = ("X-Dataset-Version", "X-Query-Time", "X-Result-Rows")
SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
REVALIDATE: Final = "public, max-age=0, must-revalidate"


def register(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    response.vary.update(("Accept", "Accept-Language"))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = ", ".join((*OWN, "ETag", "Link", "Retry-After"))
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
