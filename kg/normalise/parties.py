"""Who a published party is, and whether its name may be shown.

A graph about data protection law respects it: a name is published only where a legal form
or a word shows an organisation, or where no part of it is a known personal name. Everything
else stays nameless, under the record's own opaque IRI.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from rigour.names import NameTypeTag, SymbolCategory, analyze_names, extract_org_types

from kg.model import Party
from kg.resources import ONTOLOGY

_PLACEHOLDER: Final = re.compile(
    r"\b(?:([A-Z])\.?\s?\1\.?(?:\s?\1\.?)?|[A-Z]\*+|\*+[A-Z]?|[XYZ]\d?)(?!\w)|\w\*{2,}|\b[A-Z][a-z]+ [A-Z]\.(?:\s|$)"
)
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,4}")
_FORM_MARKS: Final = re.compile(r"(?<=\w)\.|\s*/\s*(?=\w\b)|(?<=\b\w)\s(?=\w\b)")


@dataclass(frozen=True, slots=True)
class _Words:
    phrases: frozenset[str]
    pattern: re.Pattern[str]


def _words(table: dict[str, list[str]], key: str = "words") -> _Words:
    words = sorted(table.get(key, []), key=len, reverse=True)
    body = "|".join(re.escape(word) for word in words) or r"(?!)"
    return _Words(frozenset(table.get("phrases", [])), re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE))


@cache
def _vocabulary() -> dict[str, _Words]:
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        data = tomllib.load(file)
    kinds = {name: _words(data[name]) for name in ("anonymous", "legal-entity", "public-body", "natural-person", "person-marks")}
    roles = {side: _words(data["role"], side) for side in ("complainant", "respondent")}
    return kinds | roles


@cache
def _forms() -> frozenset[str]:
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["legal-entity"]["forms"])


def parse_party(text: str, *, role: Literal["respondent", "undetermined"] = "undetermined") -> Party:
    """The party that a source names `text`: its kind, its role, and its name if it may be shown."""
    words = _vocabulary()
    plain = re.sub(r"\s+", " ", text).strip(" .,;")
    folded = plain.casefold()
    if folded in words["anonymous"].phrases:
        return Party(kind="undetermined", role=role)
    for kind in ("natural-person", "legal-entity", "public-body"):
        if folded in words[kind].phrases:
            stated = "complainant" if words["complainant"].pattern.fullmatch(folded) else role
            return Party(kind=kind, description=plain, role=stated)  # type: ignore[arg-type]
    side = _role(plain, role)
    if _speaks_of_person(plain):
        return Party(kind="undetermined", name_status="withheld", role=side)
    if words["public-body"].pattern.search(folded):
        return Party(kind="public-body", name=plain, name_status="published", role=side)
    if _has_legal_form(plain) or words["legal-entity"].pattern.search(folded):
        return Party(kind="legal-entity", name=plain, name_status="published", role=side)
    if _may_be_person(plain):
        return Party(kind="undetermined", name_status="withheld", role=side)
    return Party(kind="undetermined", name=plain, name_status="published", role=side)


def _role(text: str, default: Literal["respondent", "undetermined"]) -> Literal["respondent", "complainant", "undetermined"]:
    words = _vocabulary()
    complains = bool(words["complainant"].pattern.search(text))
    responds = bool(words["respondent"].pattern.search(text))
    if complains == responds:
        return "undetermined" if complains else default
    return "complainant" if complains else "respondent"


def _speaks_of_person(text: str) -> bool:
    words = _vocabulary()
    if words["person-marks"].pattern.search(text) or words["complainant"].pattern.search(text):
        return True
    if _INITIALS.fullmatch(text) and ("." in text or len(text) == 1):
        return True
    return bool(_PLACEHOLDER.search(text)) and not _has_legal_form(text)


def _has_legal_form(text: str) -> bool:
    """A form that rigour knows, or one of ontology/party-words.toml as a word after the first."""
    if extract_org_types(text.casefold()):
        return True
    joined = _FORM_MARKS.sub(lambda mark: "/" if "/" in mark[0] else "", text.casefold())
    return any(word in _forms() for word in re.split(r"[\s,()\"]+", joined)[1:])


def _may_be_person(text: str) -> bool:
    names = analyze_names(NameTypeTag.PER, [text], phonetics=False, numerics=False)
    return any(
        span.symbol.category in (SymbolCategory.NAME, SymbolCategory.NICK) for name in names for span in name.spans
    )
