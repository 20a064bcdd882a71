"""What the named queries answer on known data, as files: `queries/<name>[.<case>].csv`.

Two datasets: `data` is the project's curated cases with the small tracker files of the
fixtures; `counting` is invented, and holds what is easily counted wrong (joint liability,
recommended fines, chains of judgments, capped penalties, one act in two records).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import QueryResultsFormat, QuerySolutions

from kg.catalogue import bind, load_queries
from kg.engine import read_term
from kg.ingest import Options, run
from kg.store import Store, open_store
from tests.conftest import ROOT

GOLDEN: Final = ROOT / "tests" / "golden" / "queries"
AS_OF: Final = date(2026, 1, 1)
_FIXTURES: Final = ROOT / "tests" / "fixtures"
DATASETS: Final[dict[str, tuple[Path, ...]]] = {
    "data": (ROOT / "data", _FIXTURES / "enforcementtracker.json", _FIXTURES / "gdprhub.jsonl"),
    "counting": (ROOT / "tests" / "golden" / "counting",),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its parameters, and the dataset it is asked of."""

    query: str
    label: str = ""
    given: dict[str, str] = field(default_factory=dict)
    dataset: str = "data"

    @property
    def file(self) -> Path:
        return GOLDEN / f"{self.query}{'.' * bool(self.label)}{self.label}.csv"

    def __str__(self) -> str:
        return self.file.stem


FROM_COUNTING: Final = frozenset({"public-bodies-sanctioned", "records-of-party", "records-sharing-document"})
"""Queries to whose defaults the dataset `data` has no answer."""

MORE: Final = (
    Case("authorities", "germany", {"country": "country:DEU"}),
    Case("authority-by-name", "spelling", {"name": "lfdi"}),
    Case("decisions-of-party", "google", {"name": "google"}),
    Case("decisions-without-fine", "austria", {"country": "country:AUT"}),
    Case("discrepancies", "amount", {"property": "enf:amount"}),
    Case("effective-amounts", "in-2021", {"as_of": "2021-01-01"}),
    Case("effective-amounts", "in-2024", {"as_of": "2024-06-30"}),
    Case("evidence-of-decision", "notice", {"decision": "decision:fr-cnil/MED-2021-134"}),
    Case("findings-on-provision", "security", {"provision": "id:prov/eu/reg/2016/679/art_5/par_1/pnt_f"}),
    Case("fines-by-authority", "cnil", {"authority": "authority:fr-cnil"}),
    Case("fines-by-country", "united-kingdom", {"country": "country:GBR"}),
    Case("fine-tiers", "principles", {"tier": "scheme:gdpr-83/5-a"}),
    Case("largest-fines", "euro-50-million", {"currency": "EUR", "at_least": "50000000"}),
    Case("powers-used", "fines-in-france", {"country": "country:FRA", "power": "scheme:gdpr-58-2/i"}),
    Case("provision-structure", "definitions", {"provision": "id:prov/eu/reg/2016/679/art_4"}),
    Case("records-fines-by-country", "tracker", {"source": "source:enforcementtracker"}),
    Case("records-largest-fines", "small", {"at_least": "5000", "source": "source:gdprhub"}),
    Case("records-of-party", "company", {"name": "muster"}),
    Case("records-on-provision", "italian", {"provision": "id:prov/it/codice-privacy"}),
    Case("records-unparsed", "amounts", {"field": "amount"}),
    Case("respondents-in-several-countries", "three", {"at_least": "3"}),
    Case("timeline-of-party", "deutsche-wohnen", {"name": "Deutsche Wohnen"}),
    *(
        Case(name, "counting", dataset="counting")
        for name in (
            "appeals-and-effects",
            "decisions-without-fine",
            "effective-amounts",
            "fines-by-authority",
            "fines-by-country",
            "fines-by-year",
            "largest-fines",
            "measures-together",
            "periodic-penalties",
            "provisions-by-findings",
            "records-fines-by-country",
            "records-of-decision",
            "records-overview",
            "sanction-after-formal-notice",
        )
    ),
)


def cases() -> list[Case]:
    """Every query with its defaults, and what `MORE` adds."""
    defaults = (
        Case(name, dataset="counting" if name in FROM_COUNTING else "data") for name in load_queries()
    )
    return [*defaults, *MORE]


@cache
def dataset(name: str) -> Store:
    """The dataset as it is asked: through the real gate, the public graphs merged as the default
    graph. Every curated case must be accepted."""
    store = open_store("memory:", write=True)
    for outcome in run(store, DATASETS[name], Options(AS_OF)):
        assert outcome.kind == "stored" or outcome.source != "curated", outcome
    return store


def answer(case: Case) -> QuerySolutions:
    """The solutions that a user gets."""
    query = load_queries()[case.query]
    terms = bind(query, case.given).items()
    found = dataset(case.dataset).query(
        query.text, substitutions={name: read_term(term) for name, term in terms}
    )
    assert isinstance(found, QuerySolutions)
    return found


def csv(case: Case) -> bytes:
    """The answer as SPARQL 1.1 CSV."""
    out = io.BytesIO()
    answer(case).serialize(out, QueryResultsFormat.CSV)
    return out.getvalue()


def stale() -> Iterator[Path]:
    """Golden files that belong to no case."""
    wanted = {case.file for case in cases()}
    return (path for path in sorted(GOLDEN.glob("*.csv")) if path not in wanted)
