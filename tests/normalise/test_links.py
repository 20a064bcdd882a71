"""Addresses that name people are told from those of documents; the names here are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.normalise.links import may_name_a_person
from kg.sources import enforcementtracker, gdprhub


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/erika_mustermann/status/1",
        "https://www.linkedin.com/pulse/title-erika-mustermann",
        "https://authority.example/news/dr-mustermann-erika-fined",
        "https://authority.example/Mr.%20Erika%20Mustermann?x=1",
        "https://authority.example/list?download=5:case-of-dr-mustermann-erika",
        " https://m.facebook.com/somebody ",
    ],
)
def test_may_name_a_person(url: str) -> None:
    assert may_name_a_person(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.aepd.es/es/documento/ps-00336-2018.pdf",
        "https://www.legifrance.gouv.fr/cnil/id/CNILTEXT000046444859",
        "https://datatilsynet.example/dr-1",
        "https://nottwitter.com.example/a",
        "http://[broken",
    ],
)
def test_names_nobody(url: str) -> None:
    assert not may_name_a_person(url)


def test_few_addresses_of_the_sources_are_withheld(shared_data: Path) -> None:
    records = [
        *gdprhub.read(shared_data / "gdprhub_api_2024-03.jsonl"),
        *enforcementtracker.read(shared_data / "enforcementtracker_2024-03.json"),
    ]
    links = [link["url"] for record in records for link in getattr(record, "fields", {}).get("links", [])]
    withheld = [url for url in links if may_name_a_person(url)]
    assert withheld
    assert len(withheld) < len(links) / 100
