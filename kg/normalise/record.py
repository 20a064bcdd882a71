"""One published record, typed. Nothing is guessed: what is not understood is kept as written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final, Literal

from pyoxigraph import NamedNode

from kg.errors import InvalidRecord, UnsupportedRecord
from kg.model import (
    Conventions,
    DateValue,
    Link,
    Measure,
    Party,
    ProvisionRef,
    RawRecord,
    Record,
    Unparsed,
)
from kg.normalise.amounts import ZERO, parse_amount
from kg.normalise.authorities import AuthorityRegistry
from kg.normalise.concepts import notation_of
from kg.normalise.dates import parse_date
from kg.normalise.links import may_name_a_person
from kg.normalise.parties import mentions_person, parse_party
from kg.normalise.provisions import ProvisionParser
from kg.normalise.tiers import can_be_infringed
from kg.resources import ONTOLOGY

_NO_VALUE: Final = {"", "-", "n/a", "na", "unknown", "none", "other"}
_NO_NUMBER: Final = _NO_VALUE | {"not known", "not public", "not available", "not applicable", "unpublished"}
_ECLI: Final = re.compile(r"ECLI:[A-Z]{2}:[A-Z0-9]{1,7}:\d{4}:[A-Za-z0-9.]{1,25}")
_NUMBER: Final = re.compile(r"(?=.*\d)[\w./:\-–—°§()\[\]#, ]{1,60}")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_LONGEST_CODE: Final = 3
"""Letters in capitals that are read as a code ("PS", "EXP") and not as a word."""
_URL: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass
class _Reading:
    """The record being read: its raw form, and what was not understood so far."""

    raw: RawRecord
    as_of: date
    conventions: Conventions
    unparsed: list[Unparsed] = field(default_factory=list)

    def text(self, name: str) -> str:
        value = self.raw.fields.get(name)
        return value if isinstance(value, str) else ""

    def items(self, name: str) -> list[Any]:
        value = self.raw.fields.get(name)
        return value if isinstance(value, list) else []

    def keep(self, name: str, verbatim: str | None, rule: str, fix: str = "") -> None:
        """Note a value that was not understood; its words are not repeated if they may name a person."""
        shown = None if verbatim is None or _names_person(verbatim) else verbatim
        self.unparsed.append(Unparsed(field=name, verbatim=shown, rule=rule, fix=fix))

    def invalid(self, name: str, rule: str, fix: str) -> InvalidRecord:
        raw = self.raw
        place: dict[str, Any] = {"source": raw.source, "key": raw.key, "file": raw.file, "line": raw.line}
        return InvalidRecord(rule, field=name, value=self.text(name), fix=fix, **place)

    def date(self, name: str) -> DateValue | None:
        month_first = self.conventions.month_first
        value = parse_date(self.text(name), field=name, as_of=self.as_of, month_first=month_first)
        if isinstance(value, Unparsed):
            self.keep(name, value.verbatim, value.rule, value.fix)
            return None
        return value

    def concept(self, name: str, scheme: str) -> str | None:
        """The notation of a published category; unknown ones are kept as written."""
        written = self.text(name)
        if written.strip().casefold() in _NO_VALUE:
            return None
        notation = notation_of(scheme, written)
        if notation is None:
            self.keep(name, written, f"not a category of scheme/{scheme}", "add the label to the scheme")
        return notation


def unsupported(raw: RawRecord) -> UnsupportedRecord | None:
    """Why this sound record is of a kind not handled yet, or None."""
    decider = raw.fields.get("decider")
    if decider not in ("court", "cjeu"):
        return None
    rule = "records of courts are not supported yet"
    return UnsupportedRecord(
        rule, field="decider", value=decider, source=raw.source, key=raw.key, file=raw.file, line=raw.line
    )


def normalise(raw: RawRecord, conventions: Conventions, *, as_of: date) -> Record:
    """The typed form of `raw`.

    Raises InvalidRecord where the record cannot be identified (its authority). `as_of`
    bounds what can have happened.
    """
    reading = _Reading(raw, as_of, conventions)
    authority = _authority(reading)
    opinion = reading.text("trigger").strip().casefold() == "advisory opinion"
    measures, stands = _measures(reading, opinion)
    outcome = reading.concept("outcome", "decision-outcome")
    refs, others = _provisions(reading, authority)
    infringed, cited = _infringed(refs, others, outcome, conventions, stands and not opinion)
    return Record(
        source=raw.source,
        key=raw.key,
        digest=raw.digest,
        page=_page(reading),
        authority=authority,
        kind="AdvisoryOpinion" if opinion else _kind(reading, measures, outcome),
        outcome=outcome,
        trigger=None if opinion else reading.concept("trigger", "trigger"),
        official_number=_official_number(reading),
        ecli=_ecli(reading),
        decided=reading.date("decided"),
        published=reading.date("published"),
        opened=reading.date("opened"),
        infringed=infringed,
        cited=cited,
        measures=measures,
        parties=tuple(_parties(reading)),
        links=tuple(_links(reading)),
        sector=reading.concept("sector", "sector"),
        infringement_type=reading.concept("infringement_type", "infringement-type"),
        appeal_status=_appeal_status(reading),
        unparsed=tuple(reading.unparsed),
    )


def _authority(reading: _Reading) -> str:
    found = AuthorityRegistry.load().resolve(reading.text("authority"), reading.text("country"))
    if found.slug is None:
        fix = "correct the label, or add it to ontology/authorities"
        raise reading.invalid("authority", found.reason, fix)
    return found.slug


def _measures(reading: _Reading, opinion: bool) -> tuple[tuple[Measure, ...], bool]:
    """The fine as stated, and whether the source does not say that it fell."""
    written = reading.text("amount")
    stated = parse_amount(written, reading.text("currency") or reading.conventions.currency)
    if isinstance(stated, Unparsed):
        reading.keep("amount", stated.verbatim, stated.rule, stated.fix)
        return (), stated.rule != ZERO
    if opinion and (stated.amount or stated.stage == "intended"):
        reading.keep("amount", written, "an advisory opinion imposes no fine", "correct the amount")
        return (), False
    if stated.stage == "intended":
        return (Measure(kind="AdministrativeFine", stage="intended"),), False
    if stated.amount is None:
        return (), True
    converted = bool(reading.conventions.currency)
    amount = stated.amount.model_copy(update={"converted": converted})
    return (Measure(kind="AdministrativeFine", amount=amount),), True


def _kind(reading: _Reading, measures: tuple[Measure, ...], outcome: str | None) -> str | None:
    if any(measure.stage == "imposed" for measure in measures):
        return "SanctionDecision"
    if outcome == "rejected" and reading.text("amount").strip().casefold() in _NO_VALUE:
        return "DismissalDecision"
    return None


def _provisions(reading: _Reading, authority: str) -> tuple[tuple[ProvisionRef, ...], bool]:
    """Every reference, and whether anything but understood GDPR provisions is among them."""
    parser, registry = ProvisionParser.load(), AuthorityRegistry.load()
    here = registry.country_iri(registry.country_of(authority)).value.rpartition("/")[2]
    parsed = [
        parser.parse_structured(item.get("article"), item.get("paragraph"), item.get("subparagraph"))
        if isinstance(item, dict)
        else parser.parse(item, jurisdiction=here)
        for item in reading.items("provisions")
    ]
    laws = [parser.parse(item, field="other_laws", jurisdiction=here) for item in reading.items("other_laws")]
    refs = dict.fromkeys(ref for result in (*parsed, *laws) for ref in result.refs)
    unparsed = [item for result in (*parsed, *laws) for item in result.unparsed]
    reading.unparsed.extend(unparsed)
    others = bool(unparsed) or any(ref.instrument != "eu/reg/2016/679" for ref in refs)
    return tuple(refs), others


def _infringed(
    refs: tuple[ProvisionRef, ...], others: bool, outcome: str | None, conventions: Conventions, stands: bool
) -> tuple[tuple[ProvisionRef, ...], tuple[ProvisionRef, ...]]:
    """Which references the source says were infringed, and which it only cites.

    A source that lists relevant law says which provision was infringed only where its
    outcome is a violation and a single reference could be the one infringed.
    """
    if conventions.provisions == "infringed" and stands:
        return tuple(ref for ref in refs if ref.path), tuple(ref for ref in refs if not ref.path)
    candidates = tuple(ref for ref in refs if can_be_infringed(ref))
    found = conventions.provisions == "cited" and outcome in ("violation-found", "upheld")
    if stands and found and len(candidates) == 1 and not others:
        return candidates, tuple(ref for ref in refs if ref not in candidates)
    return (), refs


def _official_number(reading: _Reading) -> str | None:
    """The number, if the text is one: names of cases may name a person and are not shown."""
    written = " ".join(reading.text("official_number").split())
    if written.casefold().strip(".") in _NO_NUMBER:
        return None
    if _NUMBER.fullmatch(written) and all(_is_code(word) for word in _WORD.findall(written)):
        return written
    rule = "not a number but a name, which may be a person's"
    reading.keep("official_number", None, rule, "see the source's page")
    return None


def _is_code(word: str) -> bool:
    """Whether a word of an official number is a code ("PS", "ps", "EXP"), or one listed as usual there."""
    short = len(word) <= _LONGEST_CODE if word.isupper() else word.islower() and len(word) < _LONGEST_CODE
    return short or word.casefold() in _listed("official-number", "words")


@cache
def _listed(table: str, key: str) -> frozenset[str]:
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[table][key])


def _ecli(reading: _Reading) -> str | None:
    written = reading.text("ecli").strip()
    if written.casefold() in _NO_VALUE:
        return None
    if _ECLI.fullmatch(written):
        return written
    reading.keep("ecli", written, "not an ECLI (ECLI:CC:COURT:YEAR:NUMBER)", "look it up in the decision")
    return None


def _parties(reading: _Reading) -> Iterator[Party]:
    role: Literal["respondent", "undetermined"]
    role = "respondent" if reading.conventions.respondents else "undetermined"
    return (parse_party(name, role=role) for name in reading.items("parties"))


def _page(reading: _Reading) -> str:
    page = reading.text("page").strip()
    if page and not _is_web_address(page):
        reading.keep("page", page, "not a web address", "correct the link")
        return ""
    return page


def _links(reading: _Reading) -> Iterator[Link]:
    for item in reading.items("links"):
        url = item["url"].strip()
        if may_name_a_person(url):
            reading.keep("links", None, "an address that may name a person", "see the source's page")
        elif _is_web_address(url):
            yield Link(url=url, label=item.get("label", ""), language=item.get("language", ""))
        elif url:
            reading.keep("links", url, "not a web address", "correct the link")


def _appeal_status(reading: _Reading) -> str | None:
    written = reading.text("appeal_status").strip()
    if written.casefold() in _NO_VALUE:
        return None
    if written.casefold() in _listed("appeal-status", "known"):
        return written
    reading.keep("appeal_status", None, "not one of the usual words for a status", "see the source's page")
    return None


def _is_web_address(text: str) -> bool:
    """An http(s) URL that is also an IRI (RFC 3987), as RDF needs it."""
    try:
        return bool(_URL.fullmatch(text)) and NamedNode(text).value == text
    except ValueError:
        return False


def _names_person(text: str) -> bool:
    """Whether words of `text`, outside web addresses, may be a person's name."""
    return mentions_person(re.sub(r"\S*://\S+", "", text))
