"""Published references to provisions, read against the register of laws. Nothing is guessed.

Policies:
- A law covers the references before it that have none ("Art. 12 (2), Art. 15 GDPR"), unless
  a different law stands before them. After a comma this holds for the GDPR only.
- A reference whose finest part does not exist is unparsed as written; it is not cut down to
  a coarser one. The other parts of the same text stay references.
- A paragraph that only carries points ("Art. 5 (1), f)") is not a reference of its own.
- A law named alone is a reference to the whole instrument, with an empty path.
- Words that hold no reference are not repeated: they may name a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.model import ProvisionRef, Unparsed
from kg.normalise.law_register import GDPR, LawRegister
from kg.normalise.pinpoints import Pinpoints, UnreadableError, listed_path
from kg.normalise.provision_groups import Group, groups
from kg.normalise.provision_tokens import Tokeniser, plain
from kg.resources import ontology_files

MAX_LENGTH: Final = 4_000
"""Longest text read, in characters. The longest published list has fewer than 1,000."""

_STATED_ABSENCE: Final = frozenset({"", "-", "unknown", "n/a", "none", "not known"})
_ACT: Final = re.compile(
    r"\b(?:Art(?:icle)?|Section|§|Act|Law|Directive|Regulation|Code|Decree|Loi|Ley|Lei|Décret|Constitution)\b",
    re.IGNORECASE,
)
_DIGIT: Final = re.compile(r"\d")
_LONGEST_NAME: Final = 160
_NAMES_NOTHING: Final = frozenset({"several", "other", "others", "various", "multiple", "many", "etc"})


@dataclass(frozen=True, slots=True)
class ParsedProvisions:
    """What a text means: references without repeats, in order of appearance, and what is left."""

    refs: tuple[ProvisionRef, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()


class ProvisionParser:
    """Reads references as trackers and wikis write them. Build once; safe to share by threads."""

    def __init__(self, register: LawRegister) -> None:
        self._register = register
        self._tokeniser = Tokeniser(register)
        self._closed = frozenset(register.structures)

    @staticmethod
    def load() -> ProvisionParser:
        """The parser of the register in `ontology/law`, built once per process."""
        return _load()

    @property
    def instruments(self) -> Collection[str]:
        """The keys of the laws in the register."""
        return self._register.instruments.keys()

    def parse(
        self,
        text: str,
        *,
        field: str = "provisions",
        default_instrument: str | None = None,
        jurisdiction: str | None = None,
    ) -> ParsedProvisions:
        """The references in a text. Never raises for a text.

        `default_instrument` is the register key meant where no law is named;
        `jurisdiction` (alpha-3 code of the country) decides between laws of one name.
        """
        if len(text) > MAX_LENGTH:
            rule = f"longer than {MAX_LENGTH:,} characters ({len(text):,})"
            return ParsedProvisions(unparsed=(Unparsed(field=field, verbatim=None, rule=rule),))
        if _bare(text) in _STATED_ABSENCE:
            return ParsedProvisions()
        reading = _Reading(self._register, text, field, jurisdiction)
        for group in groups(self._tokeniser.tokens(plain(text)), default_instrument, self._closed):
            reading.add(group)
        return reading.result()

    def parse_structured(
        self,
        article: str | None,
        paragraph: str | None = None,
        subparagraph: str | None = None,
        *,
        field: str = "provisions",
    ) -> ParsedProvisions:
        """One reference to the GDPR given in parts ("5", "1", "d"); verbatim is "5(1)(d)"."""
        given = [part.strip() for part in (article, paragraph, subparagraph) if part and part.strip()]
        if not given:
            return ParsedProvisions()
        verbatim = given[0] + "".join(f"({part})" for part in given[1:])
        try:
            if not (article or "").strip():
                raise UnreadableError("a paragraph or point without its article")
            path = listed_path(self._register.structures[GDPR], tuple(part.lower() for part in given))
        except UnreadableError as error:
            left = Unparsed(field=field, verbatim=verbatim, rule=str(error), fix=error.fix)
            return ParsedProvisions(unparsed=(left,))
        return ParsedProvisions(refs=(ProvisionRef(instrument=GDPR, path=path, verbatim=verbatim),))


@cache
def _load() -> ProvisionParser:
    return ProvisionParser(LawRegister.read(ontology_files("law")))


def _bare(text: str) -> str:
    return text.strip(" \xa0\t\r\n.,;").casefold()


class _Reading:
    """Collects what the groups of one text mean."""

    def __init__(self, register: LawRegister, text: str, field: str, jurisdiction: str | None) -> None:
        self._register = register
        self._text = text
        self._field = field
        self._jurisdiction = jurisdiction
        self._refs: dict[tuple[str, str], ProvisionRef] = {}
        self._left: dict[tuple[str | None, str], Unparsed] = {}
        self._last_whole = ""

    def result(self) -> ParsedProvisions:
        return ParsedProvisions(tuple(self._refs.values()), tuple(self._left.values()))

    def add(self, group: Group) -> None:
        verbatim = self._text[group.start : group.end].strip(" \xa0\t\r\n,;")
        try:
            key = self._instrument(group)
        except UnreadableError as error:
            self._leave(verbatim if group.is_reference or group.law else _shown(verbatim), error)
            return
        if not key:
            self._last_whole = ""
        elif not group.items:
            self._whole(key, verbatim)
        else:
            self._parts(key, group, verbatim)

    def _instrument(self, group: Group) -> str:
        """The register key of the group's law; "" where the group is a stated absence."""
        if group.unknown:
            return self._unknown(group, self._text[slice(*group.unknown)].strip(" \xa0\t\r\n,;"))
        keys = group.law.split()
        if not keys:
            raise UnreadableError(group.why or "no law named", "name the law after the reference")
        fitting = keys if len(keys) == 1 else self._of(self._jurisdiction, keys) or self._of("", keys)
        if len(fitting) != 1:
            names = ", ".join(keys)
            raise UnreadableError(f"the name of the law stands for several: {names}", "name the law in full")
        return fitting[0]

    def _of(self, country: str | None, keys: list[str]) -> list[str]:
        """The laws of a country; those of no country ("") hold where the text's country is known."""
        if self._jurisdiction is None:
            return []
        return [key for key in keys if self._register.instruments[key].country == country]

    def _unknown(self, group: Group, name: str) -> str:
        if group.is_reference or _is_law_name(name):
            named = f": '{name}'" if len(name) <= _LONGEST_NAME else ""
            raise UnreadableError(f"law not in the register{named}", "add it to ontology/law/instruments.ttl")
        if _bare(name) in _STATED_ABSENCE:
            return ""
        raise UnreadableError("names no provision", "look the provisions up in the decision")

    def _whole(self, key: str, verbatim: str) -> None:
        if self._last_whole != key:
            self._refs.setdefault((key, ""), ProvisionRef(instrument=key, path="", verbatim=verbatim))
        self._last_whole = key

    def _parts(self, key: str, group: Group, verbatim: str) -> None:
        self._last_whole = key
        pinpoints = Pinpoints(key, self._register.structures.get(key))
        pinpoints.read(group.items)
        for path in pinpoints.paths:
            ref = ProvisionRef(instrument=key, path=path, verbatim=verbatim)
            self._refs.setdefault((key, path), ref)
        for error in pinpoints.errors:
            self._leave(verbatim, error)

    def _leave(self, verbatim: str | None, error: UnreadableError) -> None:
        left = Unparsed(field=self._field, verbatim=verbatim, rule=str(error), fix=error.fix)
        self._left.setdefault((verbatim, left.rule), left)


def _is_law_name(words: str) -> bool:
    """Whether words without a reference are, by their form, the name of an act."""
    return len(words) <= _LONGEST_NAME and bool(_ACT.search(words) and _DIGIT.search(words))


def _shown(words: str) -> str | None:
    """The words, where they cannot be a person's name."""
    return words if _bare(words) in _NAMES_NOTHING or _is_law_name(words) else None
