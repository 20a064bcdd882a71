"""Settings: name, default, help in one tuple; read once at the edge, passed on frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.errors import InvalidInput
from kg.namespaces import BASE

_BASE_IRI: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/(?:[A-Za-z0-9._~-]+/)*")


class Setting(NamedTuple):
    name: str
    default: str
    help: str


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("KG_STORE", "file:kg-store", "where the graph lives: `file:DIR` or `memory:`"),
    Setting("KG_BASE_IRI", BASE, "base of data IRIs, fixed at ingest; ends with a slash"),
    Setting("KG_QUERY_TIMEOUT", "30", "seconds a query may take before it is ended with 503"),
    Setting("KG_QUERY_MEMORY", "1024", "MiB of address space a query worker may add to the graph's"),
    Setting("KG_WORKERS", "0", "query workers; 0 means one per core, at least two"),
    Setting("KG_MAX_QUERY_BYTES", "65536", "longest query accepted, in bytes"),
    Setting("KG_LOG_LEVEL", "WARNING", "DEBUG, INFO, WARNING or ERROR"),
    Setting("KG_CONTACT", "", "address shown to users whom an error leaves without help"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process, typed. Times in seconds, sizes in the unit of the name."""

    store: str
    base_iri: str
    query_timeout: float
    query_memory_mib: int
    workers: int
    max_query_bytes: int
    log_level: str
    contact: str


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment. Raises InvalidInput naming the variable that is wrong."""
    text = {s.name: environ.get(s.name, s.default) for s in SETTINGS}
    base = text["KG_BASE_IRI"]
    if not _BASE_IRI.fullmatch(base):
        raise InvalidInput(f"KG_BASE_IRI={base!r}: must be an http(s) IRI that ends with a slash")
    level = text["KG_LOG_LEVEL"].upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise InvalidInput(f"KG_LOG_LEVEL={level!r}: must be DEBUG, INFO, WARNING or ERROR")
    return Settings(
        store=text["KG_STORE"],
        base_iri=base,
        query_timeout=_number("KG_QUERY_TIMEOUT", text, 0.1),
        query_memory_mib=int(_number("KG_QUERY_MEMORY", text, 16)),
        workers=int(_number("KG_WORKERS", text, 0)),
        max_query_bytes=int(_number("KG_MAX_QUERY_BYTES", text, 1)),
        log_level=level,
        contact=text["KG_CONTACT"],
    )


def _number(name: str, text: Mapping[str, str], least: float) -> float:
    try:
        value = float(text[name])
    except ValueError:
        raise InvalidInput(f"{name}={text[name]!r}: must be a number") from None
    if not least <= value < float("inf"):
        raise InvalidInput(f"{name}={text[name]!r}: must be at least {least:g}")
    return value
