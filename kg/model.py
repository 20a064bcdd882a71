"""The typed values that travel between stages.

A `RawRecord` is what a source published, under the canonical field names; a `Record` is
the same, typed. Nothing here knows RDF or files.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Conventions(_Value):
    """What a source's columns mean, where its values do not say it themselves.

    `currency` is the ISO 4217 code into which the source converts every amount; `provisions`
    says whether the references are those found infringed or only cited; `respondents` that
    every party is a respondent; `month_first` that dates are MM/DD/YYYY.
    """

    currency: str = ""
    provisions: Literal["infringed", "cited"] = "cited"
    respondents: bool = False
    month_first: bool = False


class RawRecord(_Value):
    """One record as published.

    `fields` holds only canonical names (see `kg.sources.base.FIELDS`); values are the
    source's own strings, or lists/objects of them. `line` is 1-based. `digest` is the
    SHA-256 of the record's published content.
    """

    source: str
    key: str
    file: str
    line: int | None
    digest: str
    fields: dict[str, Any]


class Unparsed(_Value):
    """A published value that was not understood, kept as written. Never guessed.

    `verbatim` is None where the text may name a natural person.
    """

    field: str
    verbatim: str | None
    rule: str
    fix: str = ""


class DateValue(_Value):
    """A date with its precision, as bounds (both inclusive)."""

    verbatim: str
    earliest: date
    latest: date
    precision: Literal["day", "month", "year"]


class Amount(_Value):
    """Money as stated. `value` is exact; `minimum`/`maximum` bound it when only that is known.

    `currency` is an ISO 4217 code. Units: major currency units. `converted` says that the
    source states all sums in this currency, converted and rounded where need be.
    """

    verbatim: str
    currency: str
    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    converted: bool = False


class ProvisionRef(_Value):
    """One provision: `instrument` is a key of ontology/law (e.g. `eu/reg/2016/679`), `path`
    is `art_6/par_1/pnt_f`; `verbatim` is the published token it came from."""

    instrument: str
    path: str
    verbatim: str


class Party(_Value):
    """A party as stated. `name` is set only for organisations; persons stay nameless.

    `description` is a source's generic word ("Private individual", "Bank"), never a name.
    """

    kind: Literal["legal-entity", "public-body", "natural-person", "undetermined"]
    name: str | None = None
    name_status: Literal["published", "withheld", "anonymous"] = "anonymous"
    description: str | None = None
    role: Literal["respondent", "complainant", "undetermined"] = "undetermined"


class Link(_Value):
    """A link to a document about the act."""

    url: str
    label: str = ""
    language: str = ""


class Measure(_Value):
    """A measure as stated. `kind` is the local name of a class of the ontology."""

    kind: str
    stage: Literal["imposed", "intended", "recommended", "annulled", "unknown"] = "imposed"
    amount: Amount | None = None


class Record(_Value):
    """What one source states about one act, typed."""

    source: str
    key: str
    digest: str
    page: str = ""
    authority: str | None = None
    country: str = ""
    kind: str | None = None
    """Local name of the leaf decision class, or None where the source does not say."""
    outcome: str | None = None
    """Notation in scheme/decision-outcome, or None."""
    trigger: str | None = None
    """Notation in scheme/trigger, or None."""
    official_number: str | None = None
    ecli: str | None = None
    decided: DateValue | None = None
    published: DateValue | None = None
    opened: DateValue | None = None
    infringed: tuple[ProvisionRef, ...] = ()
    cited: tuple[ProvisionRef, ...] = ()
    measures: tuple[Measure, ...] = ()
    parties: tuple[Party, ...] = ()
    links: tuple[Link, ...] = ()
    sector: str | None = None
    infringement_type: str | None = None
    appeal_status: str | None = None
    unparsed: tuple[Unparsed, ...] = Field(default=())
