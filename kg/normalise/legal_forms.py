"""Whether a published name holds the legal form of a company.

Forms are those of ontology/party-words.toml, and the longer ones of the cleanco library.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Final

from cleanco.termdata import terms_by_country, terms_by_type

from kg.resources import ONTOLOGY

_WORD: Final = re.compile(r"[^\s,()\[\]\"“”„«»]+")
_ENDS_PART: Final = re.compile(r"\s*(?:$|[,()&/\"“”„«»–—-])")
_WORDS_OF_A_FORM: Final = 3
"""The longest forms, such as `Sp. z o.o.`, are written in three words."""
_SURE: Final = 4
"""Letters from which a form of the cleanco library is no common word."""


@cache
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    """Every form, without dots and spaces, and those that are also words or names."""
    with (ONTOLOGY / "party-words.toml").open("rb") as file:
        data = tomllib.load(file)["legal-entity"]
    terms = (*terms_by_type.values(), *terms_by_country.values())
    library = {_compact(term) for group in terms for term in group}
    longer = {form for form in library if len(form) >= _SURE} - set(data["not-forms"])
    return frozenset(data["forms"]) | longer, frozenset(data["ambiguous-forms"])


def _compact(form: str) -> str:
    return re.sub(r"[\s.]", "", form).casefold()


def has_legal_form(text: str) -> bool:
    """Whether `text` holds a legal form beside other words.

    A form that is also a common word or a name ("as", "se", "Sa") counts only with its dots,
    or where capitals set it apart ("SA", "SpA") at the beginning or at the end of a part of
    the text; two words in capitals may be a person's.
    """
    words = list(_WORD.finditer(text))
    return any(
        _is_form(text, words[first], words[first + count - 1])
        for count in range(1, min(_WORDS_OF_A_FORM, len(words) - 1) + 1)
        for first in range(len(words) - count + 1)
    )


def _is_form(text: str, first: re.Match[str], last: re.Match[str]) -> bool:
    forms, ambiguous = _forms()
    written = text[first.start() : last.end()]
    form = _compact(written)
    if form not in forms:
        return False
    if "." in written.strip(".") or "/" in written:
        return True
    if form not in ambiguous:
        return first is last
    written = written.strip(".")
    at_edge = first.start() == 0 or _ENDS_PART.match(text, last.end()) is not None
    family_name = text.isupper() and len(text.split()) < 3
    return first is last and at_edge and written[1:] != written[1:].lower() and not family_name
