"""The parts of a curated case that others are made of: words, citations, documents, parties, sums."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kg.mapping import case_types as t
from kg.mapping import case_words as w
from kg.mapping.case_checks import Choice, fail


def field(title: str, description: str, default: Any = ..., **more: Any) -> Any:
    return Field(default, title=title, description=description, **more)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Words(Part):
    """Own words in English and, where possible, French. Never a sentence of a source."""

    en: t.Text = field("English", "Own words in English.")
    fr: t.Text | None = field("French", "The same in French.", None)


class Citing(Part):
    """A source and, where known, the place in it."""

    source: t.SourceId = field("Source", "Id of an entry under `sources`.")
    at: t.Text | None = field("At", "Paragraph, section or page, e.g. `§ 45`.", None)
    read_in: t.SourceId | None = field("Read in", "The source it was actually read in, if another.", None)


def _citing(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


Cite = Annotated[
    Citing,
    BeforeValidator(_citing, json_schema_input_type=str | Citing),
]


class Cited(Part):
    sources: list[Cite] = field(
        "Sources", "Where this is stated. Left out: the sources of the decision it belongs to.", []
    )


class Source(Part):
    """A document that states something about the case."""

    kind: Annotated[str, Choice("source kind", w.SOURCE_KINDS)] = field(
        "Kind", "What sort of document it is."
    )
    title: t.Text = field("Title", "The document's own title or a neutral description of it.")
    url: t.Url | None = field("Address", "Where it can be read. Left out only if it has no address.", None)
    publisher: t.Text | None = field("Publisher", "The organisation that publishes it.", None)
    language: t.Language = field("Language", "Three letters of the EU language table, e.g. FRA.")
    date: t.Date | None = field("Date", "When it was published.", None)
    licence: t.Url | None = field("Licence", "Address of its licence, where it has one.", None)


class Party(Part):
    """A party. The same id in two files is the same party and must be declared alike."""

    id: t.PartyId = field("Id", "lei/{LEI}, {country}/{register}/{number}, or x/{ULID} made up once.")
    kind: Literal["legal-entity", "public-body", "natural-person", "undetermined"] = field(
        "Kind", "What sort of person it is."
    )
    name: t.Text | None = field("Name", "Only of an organisation; a natural person is never named.", None)
    country: t.Country | None = field("Country", "Three letters of the EU country table, e.g. USA.", None)
    role: Annotated[str, Choice("party role", w.PARTY_ROLES)] | None = field(
        "Role", "Its role under data protection law.", None
    )

    @model_validator(mode="after")
    def _nameless(self) -> Self:
        if self.name and self.kind not in ("legal-entity", "public-body"):
            raise fail("only an organisation has a name here", fix="remove `name`", secret=True)
        return self


class CrossBorder(Part):
    """Cooperation under Art. 60 GDPR."""

    lead: t.Authority = field("Lead", "Lead supervisory authority, e.g. `ie-dpc`.")
    concerned: list[t.Authority] = field("Concerned", "Concerned supervisory authorities.", [])


class Case(Part):
    """The dossier of one authority."""

    id: t.CaseId = field("Id", "A ULID made up once. It names nobody and never changes.")
    authority: t.Authority = field("Authority", "The authority whose dossier it is, e.g. `fr-cnil`.")
    title: Words = field("Title", "What the case is about, in neutral words.")
    trigger: Annotated[str, Choice("trigger", w.TRIGGERS)] | None = field(
        "Trigger", "What began the case.", None
    )
    opened: t.Date | None = field("Opened", "When it began.", None)
    cross_border: CrossBorder | None = field("Cross-border", "For a case under Art. 60 GDPR.", None)


class Dates(Part):
    """Dates of an act, as exact as they are known: 2022-10-17, 2022-10 or 2022."""

    decided: t.Date | None = field("Decided", "The day the act was adopted.", None)
    notified: t.Date | None = field("Notified", "The day it reached its addressee.", None)
    published: t.Date | None = field("Published", "The day it was made public.", None)
    paid: t.Date | None = field("Paid", "The day the sum was paid.", None)


class Conduct(Words):
    """The operations judged, in short own words, and when they took place."""

    from_: t.Day | None = field("From", "First day of the infringement.", None, alias="from")
    to: t.Day | None = field("To", "Last day of the infringement.", None)


class Amount(Part):
    """Money in major units: exactly `value`, or the bounds that are known."""

    value: t.Money | None = field("Value", "Digits, a point before decimals, no separators.", None)
    minimum: t.Money | None = field("Minimum", "At least this, where the exact value is not known.", None)
    maximum: t.Money | None = field("Maximum", "At most this, where the exact value is not known.", None)
    currency: t.Currency = field("Currency", "ISO 4217 code of the currency of the act itself.")

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        bounds = self.minimum is not None or self.maximum is not None
        if (self.value is not None) == bounds:
            raise fail("an amount has either one `value` or bounds, not both and not neither")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise fail("`minimum` is above `maximum`")
        return self


class Period(Part):
    """Days, both included."""

    from_: t.Day = field("From", "First day.", alias="from")
    to: t.Day = field("To", "Last day.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_.earliest > self.to.earliest:
            raise fail("`from` is after `to`")
        return self
