"""The scalar types of a curated case, as pydantic's annotations: rule and JSON Schema together."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from kg.mapping import case_checks as c
from kg.model import DateValue, ProvisionRef


def _schema(kind: str = "string", **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


_STRING = BeforeValidator(c.text_of)
_NUMERIC: Any = ["string", "integer"]

Text = Annotated[str, _STRING, _schema(minLength=1)]
Number = Annotated[str, _STRING, WithJsonSchema({"type": _NUMERIC, "minLength": 1})]
LocalId = Annotated[
    str,
    _STRING,
    AfterValidator(c.matching(r"[a-z][a-z0-9-]*", "an id is lower-case letters, digits and hyphens")),
    _schema(pattern="^[a-z][a-z0-9-]*$"),
]
Url = Annotated[
    str,
    _STRING,
    AfterValidator(c.matching(r"https?://[^\s<>\"{}|\\^`]+", "an http(s) address without spaces")),
    _schema(format="uri", pattern="^https?://"),
]
CaseId = Annotated[
    str,
    _STRING,
    AfterValidator(c.matching(r"[0-9A-HJKMNP-TV-Z]{26}", "26 characters of Crockford base 32 (a ULID)")),
    _schema(pattern="^[0-9A-HJKMNP-TV-Z]{26}$"),
]
Duration = Annotated[
    str,
    _STRING,
    AfterValidator(c.matching(r"P(?=\d)(\d+Y)?(\d+M)?(\d+D)?", "an ISO 8601 duration such as P2M or P30D")),
    _schema(pattern=r"^P(?=\d)(\d+Y)?(\d+M)?(\d+D)?$"),
]
Ecli = Annotated[
    str,
    _STRING,
    AfterValidator(c.matching(r"ECLI:[A-Z]{2}:[A-Z0-9]{1,7}:\d{4}:[A-Za-z0-9.]{1,25}", "not an ECLI")),
    _schema(pattern=r"^ECLI:[A-Z]{2}:[A-Z0-9]{1,7}:\d{4}:[A-Za-z0-9.]{1,25}$"),
]
PartyId = Annotated[str, _STRING, AfterValidator(c.party_id), _schema()]
Country = Annotated[
    str, _STRING, AfterValidator(c.member("country", c.countries)), _schema(pattern="^[A-Z]{3}$")
]
Language = Annotated[
    str, _STRING, AfterValidator(c.member("language", lambda: c.LANGUAGES)), _schema(enum=sorted(c.LANGUAGES))
]
Currency = Annotated[
    str,
    _STRING,
    AfterValidator(c.member("currency", lambda: c.CURRENCIES)),
    _schema(enum=sorted(c.CURRENCIES)),
]
_DATE = WithJsonSchema({"type": _NUMERIC, "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"})
Date = Annotated[DateValue, BeforeValidator(lambda v: c.parse_date(c.text_of(v))), _DATE]
Day = Annotated[
    DateValue,
    BeforeValidator(lambda v: c.parse_date(c.text_of(v))),
    AfterValidator(c.exact),
    _schema(pattern=r"^\d{4}-\d{2}-\d{2}$"),
]
Money = Annotated[
    Decimal,
    BeforeValidator(lambda v: c.decimal_of(c.text_of(v))),
    WithJsonSchema({"type": ["number", "string"], "minimum": 0, "pattern": r"^(0|[1-9]\d*)(\.\d+)?$"}),
]
Count = Annotated[
    int,
    BeforeValidator(lambda v: c.integer_of(c.text_of(v))),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": r"^(0|[1-9]\d*)$"}),
]
Authority = Annotated[
    str,
    _STRING,
    AfterValidator(c.one_of("authority", lambda s: s.authorities)),
    _schema(pattern="^[a-z0-9/-]+$"),
]
PartyRef = Annotated[str, _STRING, AfterValidator(c.one_of("party", lambda s: s.parties)), _schema()]
SourceId = Annotated[str, _STRING, AfterValidator(c.one_of("source", lambda s: s.sources)), _schema()]
ConductRef = Annotated[str, _STRING, AfterValidator(c.one_of("conduct", lambda s: s.conduct)), _schema()]
FindingRef = Annotated[str, _STRING, AfterValidator(c.one_of("finding", lambda s: s.findings)), _schema()]
DecisionRef = Annotated[str, _STRING, AfterValidator(c.decision_of), _schema(pattern="^[a-z0-9-]+/.+$")]
Target = Annotated[str, _STRING, AfterValidator(c.target_of), _schema()]
Claimant = Annotated[str, _STRING, AfterValidator(c.claimant_of), _schema()]
OrderRef = Annotated[str, _STRING, AfterValidator(c.measure_of("Order")), _schema()]
PenaltyRef = Annotated[str, _STRING, AfterValidator(c.measure_of("PeriodicPenalty")), _schema()]
Provision = Annotated[ProvisionRef, BeforeValidator(c.provision_of), _schema()]
