"""The format of a curated case, field by field. `ontology/case.schema.json` is made from it.

One file is one dossier: the case, the parties, the sources, the acts decided in it, and what
is claimed and contested about them. The titles and descriptions below are what editors show.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from kg.mapping import case_types as t
from kg.mapping import case_words as w
from kg.mapping.case_checks import Choice, check_value, fail
from kg.mapping.case_parts import (
    Amount,
    Case,
    Cite,
    Cited,
    Conduct,
    Dates,
    Part,
    Party,
    Period,
    Source,
    Words,
    field,
)

SCHEMA_ID: Final = "https://w3id.org/enforcement-kg/case.schema.json"


class Finding(Cited):
    """One outcome on one provision for one conduct."""

    id: t.LocalId | None = field("Id", "Needed only where something refers to it; unique in the file.", None)
    provision: t.Provision = field("Provision", "E.g. `gdpr 5(1)(a)`, or the key of a law and its article.")
    outcome: Annotated[str, Choice("outcome", w.FINDING_OUTCOMES)] = field("Outcome", "What was found.")
    conduct: t.ConductRef = field("Conduct", "Id of an entry under `conduct`.")
    parties: list[t.PartyRef] = field("Parties", "Whose conduct. Left out: all respondents.", [])


class Measure(Cited):
    """One measure of an act, monetary or not."""

    id: t.LocalId = field("Id", "Unique in the file.")
    kind: Annotated[str, Choice("measure kind", w.MEASURE_KINDS)] = field("Kind", "A class of the ontology.")
    stage: Annotated[str, Choice("stage", w.MEASURE_STAGES)] = field(
        "Stage", "How far it had got.", "imposed"
    )
    status: Annotated[str, Choice("status", w.MEASURE_STATUSES)] | None = field(
        "Status", "What became of it.", None
    )
    powers: list[Annotated[str, Choice("power", w.POWERS)]] = field(
        "Powers", "Powers exercised, e.g. `gdpr-58-2/i` or `national-power/periodic-penalty`.", []
    )
    to: list[t.PartyRef] = field("To", "Its addressees. Left out: all respondents.", [])
    amount: Amount | None = field("Amount", "The sum.", None)
    daily: Amount | None = field(
        "Daily", "The sum for each unit of `per`, a day if not said (periodic penalty).", None
    )
    per: Literal["day", "week", "month", "event"] | None = field(
        "Per", "Unit of `daily`, if not a day.", None
    )
    maximum_total: Amount | None = field("Maximum total", "The most a periodic penalty can come to.", None)
    stated_maximum_under: t.Provision | None = field(
        "Stated maximum under", "The provision whose maximum a source says the sum is.", None
    )
    liability: Literal["several", "joint-and-several"] | None = field(
        "Liability", "How several addressees owe one sum.", None
    )
    sanctions: list[t.FindingRef] = field(
        "Sanctions", "Findings it answers. Left out: for a fine, all established findings of the act.", []
    )
    content: Words | None = field("Content", "What is ordered, in own words.", None)
    comply_within: t.Duration | None = field("Comply within", "Time allowed, e.g. P2M.", None)
    comply_by: t.Day | None = field("Comply by", "Last day allowed.", None)
    enforces: list[t.OrderRef] = field("Enforces", "The orders a periodic penalty enforces.", [])
    liquidates: t.PenaltyRef | None = field("Liquidates", "The periodic penalty that is liquidated.", None)
    period: Period | None = field("Period", "The days of delay that are liquidated.", None)
    days: t.Count | None = field("Days", "How many days a source counts as liquidated.", None)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind in w.MONETARY_KINDS:
            if self.amount is None and self.daily is None and self.maximum_total is None:
                raise fail("a monetary measure needs an `amount`", fix="or `daily` or `maximum_total`")
        elif self.amount or self.daily or self.maximum_total:
            raise fail("this kind of measure has no amount")
        if (self.daily or self.per or self.maximum_total or self.enforces) and self.kind != "PeriodicPenalty":
            raise fail("`daily`, `per`, `maximum_total` and `enforces` belong to a PeriodicPenalty")
        if (self.kind == "LiquidatedPenalty") != (self.liquidates is not None):
            raise fail("a LiquidatedPenalty, and nothing else, `liquidates` a periodic penalty")
        return self


class Effect(Cited):
    """What a judgment does to an act or a measure. The original is never edited."""

    on: t.Target = field(
        "On", "`authority/number` of the act, or the id of a measure or finding in this file."
    )
    effect: Annotated[str, Choice("effect", w.JUDICIAL_EFFECTS)] = field("Effect", "What becomes of it.")
    amount: Amount | None = field("Amount", "The sum that results, where it changes.", None)


class Step(Cited):
    """An event of the procedure."""

    kind: Annotated[str, Choice("step", w.PROCEDURE_STEPS)] = field("Kind", "What sort of event.")
    date: t.Date = field("Date", "When it happened.")
    note: Words | None = field("Note", "What happened, in own words.", None)


class RecordRef(Part):
    """A record of another source about the same act."""

    source: Annotated[str, Choice("record source", w.RECORD_SOURCES)] = field(
        "Source", "The source of the record."
    )
    key: t.Number = field("Key", "The record's key there, e.g. ETid-1448 or a wiki page number.")


class Decision(Part):
    """One act of one authority or court."""

    number: t.Number | None = field("Number", "The official number, as the authority writes it.", None)
    number_status: Literal["published", "unpublished"] = field(
        "Number status",
        "`unpublished` where no source gives a number; then `key` names the act.",
        "published",
    )
    key: t.Text | None = field(
        "Key", "Names the act in addresses where it has no number: nd-{date}-{ULID}.", None
    )
    ecli: t.Ecli | None = field("ECLI", "European Case Law Identifier.", None)
    kind: Annotated[str, Choice("decision kind", w.DECISION_KINDS)] = field(
        "Kind", "A class of the ontology."
    )
    by: t.Authority = field("By", "Who decided: an authority, a unit of one, or a court.")
    title: Words = field("Title", "What the act is, in neutral words.")
    dates: Dates = Field(
        default_factory=Dates,
        title="Dates of the act",
        description="When it was decided, notified and published.",
    )
    outcome: Annotated[str, Choice("outcome", w.DECISION_OUTCOMES)] | None = field(
        "Outcome", "What came of it.", None
    )
    respondents: list[t.PartyRef] = field("Respondents", "The parties it is about.", [])
    complainants: list[t.PartyRef] = field("Complainants", "Organisations that complained.", [])
    preceded_by: list[t.DecisionRef] = field(
        "Preceded by", "Earlier acts of the dossier, `authority/number`.", []
    )
    closes: list[t.DecisionRef] = field("Closes", "Notices or orders the act closes, `authority/number`.", [])
    implements: list[t.DecisionRef] = field(
        "Implements", "Binding decisions of the Board the act implements (Art. 65(6) GDPR).", []
    )
    reviews: list[t.DecisionRef] = field("Reviews", "Acts a judgment reviews, `authority/number`.", [])
    cites: list[t.Provision] = field("Cites", "Provisions cited that were not found infringed.", [])
    conduct: dict[t.LocalId, Conduct] = field("Conduct", "The operations judged, each under an id.", {})
    findings: list[Finding] = field("Findings", "What was found, one provision each.", [])
    measures: list[Measure] = field("Measures", "What was imposed, in the order of the operative part.", [])
    effects: list[Effect] = field("Effects", "What a judgment does to the acts it reviews.", [])
    steps: list[Step] = field("Steps", "Events of the procedure before the act.", [])
    records: list[RecordRef] = field("Records", "Records of other sources about this act.", [])
    sources: list[Cite] = field("Sources", "Where the act is stated.", min_length=1)

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if (self.number is None) != (self.number_status == "unpublished"):
            raise fail("give the `number`, or `number_status: unpublished` with a `key`")
        if self.number is None and self.key is None:
            raise fail("an act without a number needs a `key`", fix="key: nd-{date}-{ULID}")
        return self


class Claim(Part):
    """What a party, an authority or a source asserts. Never part of a decision."""

    id: t.LocalId = field("Id", "Unique in the file.")
    by: t.Claimant = field("By", "A party id, an authority, or the id of a source.")
    stated_in: t.SourceId = field("Stated in", "The source that reports it.")
    at: t.Text | None = field("At", "Place in the source.", None)
    date: t.Day | None = field("Date", "The day it was stated, if known.", None)
    stance: Annotated[str, Choice("stance", w.CLAIM_STANCES)] = field(
        "Stance", "How it stands to the decision."
    )
    about: t.Target = field("About", "`authority/number`, or the id of a measure or finding in this file.")
    property: Annotated[str, Choice("property", w.PROPERTIES)] | None = field(
        "Property", "The property it is about.", None
    )
    value: t.Number | None = field("Value", "The value it asserts.", None)
    text: Words = field("Text", "What is asserted, in own words.")


class Valued(Part):
    """A value and the sources that state it."""

    value: t.Number = field("Value", "The value, as the source has it.")
    sources: list[t.SourceId] = field("Sources", "Who states it.", min_length=1)


class Discrepancy(Part):
    """A conflict between sources, and how it was resolved."""

    node: t.Target = field("Node", "`authority/number`, or the id of a measure or finding in this file.")
    property: Annotated[str, Choice("property", w.PROPERTIES)] = field(
        "Property", "The property in conflict."
    )
    kind: Annotated[str, Choice("discrepancy kind", w.DISCREPANCY_KINDS)] = field(
        "Kind", "What sort of conflict."
    )
    preferred: Valued | None = field("Preferred", "The value kept. Left out: none could be preferred.", None)
    rejected: list[Valued] = field("Rejected", "The values not kept.", min_length=1)
    explanation: Words = field("Explanation", "Why, in own words.")

    @model_validator(mode="after")
    def _values(self, info: ValidationInfo) -> Self:
        for valued in (self.preferred, *self.rejected):
            if valued:
                check_value(self.property, valued.value, info)
        return self


class CaseFile(Part):
    """A curated case of the enforcement knowledge graph: facts only, each with its source."""

    case: Case = field("Case", "The dossier.")
    parties: list[Party] = field("Parties", "Who takes part.", [])
    sources: dict[t.LocalId, Source] = field("Sources", "The documents, each under an id.", min_length=1)
    decisions: list[Decision] = field("Decisions", "The acts, oldest first.", min_length=1)
    claims: list[Claim] = field("Claims", "What is asserted about them.", [])
    discrepancies: list[Discrepancy] = field("Discrepancies", "Where sources disagree.", [])


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema 2020-12."""
    schema = CaseFile.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}
