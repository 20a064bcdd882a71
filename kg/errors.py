"""The project's errors: facts, not sentences; one tree, one HTTP status each.

KGError                    500
├─ InvalidInput            422
│  ├─ SourceError               a file that cannot be read as what it is said to be
│  ├─ InvalidRecord             one record, one field, one rule
│  │  └─ UnsupportedRecord      a kind of record that no stage handles yet
│  └─ NonConforming             a SHACL validation report
├─ InvalidRequest          400
│  ├─ InvalidQuery              line, column
│  ├─ FederationRefused    403
│  ├─ TooLarge             413
│  └─ UnsupportedMediaType 415
├─ NotFound                404
├─ Gone                    410
├─ NotAcceptable           406
└─ StoreError              500
   ├─ StoreUnavailable     503
   └─ QueryTimeout         503
"""

from __future__ import annotations

from typing import ClassVar


class KGError(Exception):
    """Root of the tree. `status` is the HTTP status, `title` its short name for people."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(KGError):
    """Something handed in that breaks a rule."""

    status = 422
    title = "Invalid input"


class SourceError(InvalidInput):
    """A file cannot be read as the source it is said to be.

    Attributes: file (as the user named it), line (1-based, or None), rule.
    """

    title = "Unreadable source"

    def __init__(self, detail: str, *, file: str, line: int | None = None) -> None:
        super().__init__(detail)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.detail}"


class InvalidRecord(InvalidInput):
    """One record breaks one rule in one field.

    Attributes: source, key, file, line (1-based, or None), field, value (as published;
    "" where it may name a person), rule (what is expected), fix (what a curator can do),
    published (the whole row or line as published, for the quarantine only).
    """

    title = "Invalid record"

    def __init__(
        self,
        rule: str,
        *,
        field: str,
        value: str = "",
        source: str = "",
        key: str = "",
        file: str = "",
        line: int | None = None,
        fix: str = "",
        published: object = None,
    ) -> None:
        super().__init__(rule)
        self.published = published
        self.rule, self.field, self.value, self.fix = rule, field, value, fix
        self.source, self.key, self.file, self.line = source, key, file, line

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        who = f"{self.source} {self.key}".strip()
        shown = f" value {self.value!r}" if self.value else ""
        fix = f" (fix: {self.fix})" if self.fix else ""
        return f"{place}: {who}: field {self.field}{shown}: {self.rule}{fix}"


class UnsupportedRecord(InvalidRecord):
    """A sound record of a kind that is not handled yet: reported and counted, not refused."""

    title = "Unsupported record"


class NonConforming(InvalidInput):
    """A graph that does not conform to the shapes; `report` is the W3C report as N-Triples."""

    title = "Does not conform"

    def __init__(self, detail: str, *, report: str) -> None:
        super().__init__(detail)
        self.report = report


class InvalidRequest(KGError):
    """A request that cannot be understood."""

    status = 400
    title = "Bad request"


class InvalidQuery(InvalidRequest):
    """A SPARQL query that does not parse; line and column are 1-based, or None."""

    title = "Invalid SPARQL query"

    def __init__(self, detail: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(detail)
        self.line = line
        self.column = column


class FederationRefused(InvalidRequest):
    """SERVICE, LOAD or anything else that would make the server open a connection or a file."""

    status = 403
    title = "Federation refused"


class TooLarge(InvalidRequest):
    """A request or an answer above its limit."""

    status = 413
    title = "Too large"


class UnsupportedMediaType(InvalidRequest):
    """A request body in a media type that is not read here."""

    status = 415
    title = "Unsupported media type"


class NotFound(KGError):
    """Nothing has this name."""

    status = 404
    title = "Not found"


class Gone(KGError):
    """Something had this name and was withdrawn."""

    status = 410
    title = "Gone"


class NotAcceptable(KGError):
    """None of the formats asked for is offered; `offered` lists the media types that are."""

    status = 406
    title = "Not acceptable"

    def __init__(self, detail: str, *, offered: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.offered = offered


class StoreError(KGError):
    """The store failed."""

    title = "Store error"


class StoreUnavailable(StoreError):
    """The store cannot be used now: locked, full, damaged, or not there."""

    status = 503
    title = "Store unavailable"


class QueryTimeout(StoreError):
    """A query was ended at its time or memory limit; no partial answer is given."""

    status = 503
    title = "Query ended at its limit"
