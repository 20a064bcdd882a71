"""Who a published party is, and whether its name may be shown.

A graph about data protection law respects it: a name is published only where a legal form,
a word or its very writing shows an organisation, and no part of it reads as a person's
name. Everything else stays nameless, under the record's own opaque IRI.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, Literal

from kg.model import Party
from kg.normalise.legal_forms import has_legal_form
from kg.resources import ONTOLOGY

Kind = Literal["legal-entity", "public-body", "undetermined"]
Side = Literal["respondent", "complainant", "undetermined"]

MAX_LENGTH: Final = 200
"""Longest text taken for a name, in characters: longer ones are sentences."""

_PLACEHOLDER: Final = re.compile(
    r"\b(?:([A-HJ-Z])\.?\s?\1\.?(?:\s?\1\.?)?|[A-Z]\*+|\*+[A-Z]?|[XYZ]\d?)(?!\w)"
    r"|\w\*{2,}|\b[A-Z][a-z]+ [A-Z]\.(?:\s|$)"
)
_BRACKETS: Final = re.compile(r"\s*[(\[][^)\]]*[)\]]?")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.?[ -]?){1,4}")
_INITIAL_AND_NAME: Final = re.compile(r"(?:[^\W\d_]\.[ -]?)+[^\W\d_]{2,}|[^\W\d_]{2,}, (?:[^\W\d_]\.?[ -]?)+")
_LONG_NAME: Final = 6
"""Letters from which a known company's name, at the beginning of a text, is no person's."""

_BETWEEN_PARTIES: Final = re.compile(
    r"\s*[,;:()\[\]]\s*|\s+(?:[-–—|]|/(?! S\b))\s+"
    r"|\s+(?:&|and|und|y|et|og|och|ja|oraz|και|vs?\.?|versus|gegen|contra|against|represented by)\s+",
    re.IGNORECASE,
)
_BEFORE_FORM: Final = re.compile(r",\s+(?=(?:(?:[^\W\d_a-z]\.?){2,5}|Inc\.?|Ltd\.?|Lda\.?)(?:$|[\s(,]))")
_ARTICLES: Final = frozenset(
    ("the", "a", "an", "el", "la", "los", "las", "il", "lo", "le", "les", "de", "den", "det", "der", "die")
)
_NAME_WORD: Final = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’][^\W\d_]+)*")
_NOT_A_PERSON: Final = re.compile(
    r"\S*\d\S*|(?:\w+[.-])+[a-z]{2,4}|[^\W\d_]*[^\W\d_A-ZÀ-Þ][A-Z]\S*|[a-z]\w+|[A-Z&]{3,}"
)


@dataclass(frozen=True, slots=True)
class _Words:
    """Whole texts, and words looked for inside a text."""

    phrases: frozenset[str]
    pattern: re.Pattern[str]


def _words(table: dict[str, list[str]], key: str = "words") -> _Words:
    words = sorted(table.get(key, []), key=len, reverse=True)
    body = "|".join(re.escape(word) for word in words) or r"(?!)"
    pattern = re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE)
    return _Words(frozenset(table.get("phrases", [])), pattern)


@cache
def _vocabulary() -> dict[str, _Words]:
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        data = tomllib.load(file)
    kinds = ("anonymous", "legal-entity", "public-body", "natural-person", "person-marks")
    sides = {side: _words(data["role"], side) for side in ("complainant", "respondent")}
    known, person = data["legal-entity"]["names"], data["natural-person"]
    alone = frozenset(name for name in known if len(name) < _LONG_NAME)
    names = _words({"words": [name for name in known if name not in alone]})
    described = {"person-words": _words({"words": person["phrases"] + person["words"]})}
    described["person-titles"] = _words(person, "titles")
    described["names"] = _Words(alone, names.pattern)
    described["trade"] = _words(data["legal-entity"], "trade-words")
    return {name: _words(data[name]) for name in kinds} | described | sides


def parse_party(text: str, *, role: Literal["respondent", "undetermined"] = "undetermined") -> Party:
    """The party that a source names `text`: its kind, its role, and its name if it may be shown."""
    words = _vocabulary()
    written = _plain(text)
    bare = written.strip(" .")
    folded = bare.casefold()
    if folded in words["anonymous"].phrases:
        return Party(kind="undetermined", role=role)
    described: tuple[Literal["natural-person", "legal-entity", "public-body"], ...]
    described = ("natural-person", "legal-entity", "public-body")
    for kind in described:
        if folded in words[kind].phrases:
            complains = words["complainant"].pattern.fullmatch(folded)
            return Party(kind=kind, description=bare, role="complainant" if complains else role)
    side = _role(written, role)
    organisation = _organisation(written)
    if organisation is None or len(written) > MAX_LENGTH or _speaks_of_person(written):
        return Party(kind="undetermined", name_status="withheld", role=side)
    return Party(kind=organisation, name=written, name_status="published", role=side)


def mentions_person(text: str) -> bool:
    """Whether a text that is no name, such as a date, seems to hold a person's name."""
    marked = _vocabulary()["person-marks"].pattern.search(text) is not None
    words = _BETWEEN_PARTIES.sub(" , ", text).split()
    return marked or any(_is_personal_name(" ".join(pair)) for pair in pairwise(words))


def _plain(text: str) -> str:
    visible = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", visible).strip(" ,;")


def _role(text: str, default: Literal["respondent", "undetermined"]) -> Side:
    words = _vocabulary()
    complains = bool(words["complainant"].pattern.search(text))
    responds = bool(words["respondent"].pattern.search(text))
    if complains == responds:
        return "undetermined" if complains else default
    return "complainant" if complains else "respondent"


def _organisation(text: str) -> Kind | None:
    """What kind of organisation the text shows, or None where nothing shows one."""
    words = _vocabulary()
    if words["public-body"].pattern.search(text):
        return "public-body"
    if has_legal_form(text) or words["legal-entity"].pattern.search(text) or _is_known_name(text):
        return "legal-entity"
    return "undetermined" if _NOT_A_PERSON.fullmatch(text) else None


def _is_known_name(text: str) -> bool:
    names = _vocabulary()["names"]
    alone = _BRACKETS.sub("", text).casefold() in names.phrases
    return alone or names.pattern.match(text) is not None


def _speaks_of_person(text: str) -> bool:
    words = _vocabulary()
    if words["person-marks"].pattern.search(text) or words["complainant"].pattern.search(text):
        return True
    if _INITIALS.fullmatch(text) and ("." in text or len(text) == 1):
        return True
    if any(_is_personal_name(part) for part in _BETWEEN_PARTIES.split(_BEFORE_FORM.sub(" ", text)) if part):
        return True
    if has_legal_form(text):
        return False
    if _PLACEHOLDER.search(text) or words["person-words"].pattern.search(text):
        return True
    titled = words["person-titles"].pattern.finditer(text)
    return any(_is_personal_name(" ".join(text[title.end() :].split()[:2])) for title in titled)


def _is_personal_name(text: str) -> bool:
    """Two to four capitalised words, none of which shows an organisation: it may be a person's name."""
    if _INITIAL_AND_NAME.fullmatch(text):
        return _organisation(text) is None
    words = text.strip(" .").split()
    if not 2 <= len(words) <= 4 or not all(_NAME_WORD.fullmatch(word) for word in words):
        return False
    if words[0].casefold() in _ARTICLES or not (words[0][0].isupper() and words[-1][0].isupper()):
        return False
    return _organisation(text) is None and not _vocabulary()["trade"].pattern.search(text)
