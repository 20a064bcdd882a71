"""Addresses that name people: pages of persons on social networks, and titles before a name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from urllib.parse import unquote, urlsplit

from kg.resources import ONTOLOGY


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        links = tomllib.load(file)["links"]
    hosts = "|".join(re.escape(host) for host in links["hosts"])
    titles = "|".join(re.escape(title) for title in links["titles"])
    name = r"[^\W\d_]{3,}"
    return (
        re.compile(rf"(?:.+\.)?(?:{hosts})", re.IGNORECASE),
        re.compile(rf"(?<![^\W_])(?:{titles})[-_. ]+{name}[-_. ]+{name}", re.IGNORECASE),
    )


def may_name_a_person(url: str) -> bool:
    """Whether the address is a page on a social network, or has a title (Dr, Mr …) and a name in it.

    The lists are in ontology/party-words.toml.
    """
    hosts, titled = _patterns()
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return bool(
        hosts.fullmatch(parts.hostname or "") or titled.search(unquote(f"{parts.path}?{parts.query}"))
    )
