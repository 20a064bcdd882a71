"""A reference text as tokens: units, numbers, points, laws of the register, other words."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final, NamedTuple

from kg.normalise.law_register import LawRegister

ORDINALS: Final = (
    "bis",
    "ter",
    "quater",
    "quinquies",
    "sexies",
    "septies",
    "octies",
    "novies",
    "nonies",
    "decies",
    "undecies",
    "duodecies",
    "terdecies",
    "quaterdecies",
    "quinquiesdecies",
    "sexiesdecies",
    "septiesdecies",
    "octiesdecies",
    "noviesdecies",
    "vicies",
)
"""Latin suffixes of inserted articles; a suffix outside the list is a misspelling."""

# Every replacement has the length of what it replaces, so that positions stay those of the source.
_SAME_LENGTH: Final = str.maketrans(
    "\xa0\u202f\u2007\u2009\u2010\u2011\u2012\u2013\u2014\u2019\u02bc\u201c\u201d\u201e\t\r\n",
    '    -----\'\'"""   ',
)
_LATIN: Final = "|".join(sorted(ORDINALS, key=len, reverse=True))
_LEXEME: Final = re.compile(
    rf"""(?P<code>\b[LRD]\.?\ ?[0-9]+(?:-[0-9]+)+\b)
    | (?P<num>[0-9]+(?::[0-9]+|(?:\.[0-9]+)+)?[a-zA-Z]?(?![^\W_])
        (?:-[a-zA-Z]{{3,}}|\ ?-?(?:{_LATIN})\b(?!\ ?[0-9]))?)
    | (?P<word>[^\W\d_]+)
    | (?P<digits>[0-9]+)
    | (?P<mark>[^\s.\"])""",
    re.VERBOSE,
)
_EU_ACT: Final = re.compile(
    r"(?:Council )?(?P<kind>Directive|Direcitve|Regulation|Decision) {0,2}(?:\((?:EU|EC|UE|CE|EEC)\)|EU|EC)?"
    r" {0,2}(?:No|N°|nr)?\.? {0,2}(?P<a>\d{1,4})/(?P<b>\d{1,4})(?:/(?:EC|EU|CE|UE|EEC|JHA)\b)?(?![\w/])",
    re.IGNORECASE,
)
_EU_TITLE: Final = re.compile(
    r",? (?:of )?the European Parliament and (?:of )?the Council"
    r"(?: of \d{1,2} [a-z]{3,9} \d{4})?(?:,? (?:on|concerning|regarding) [^;]*)?",
    re.IGNORECASE,
)
_RESTATED: Final = re.compile(
    r" ?\(?(?:\((?:EU|UE)\) )?(\d{1,4})/(\d{1,4})(?:/(?:EC|EU|CE|UE)\b)?\)?", re.IGNORECASE
)
_EU_KIND: Final = {"directive": "dir", "direcitve": "dir", "regulation": "reg", "decision": "dec"}

_UNITS: Final = {
    "art": "art arts artt article articles artikel artikels artículo artículos articolo articoli artigo "
    "aritcle artcile artile άρθρο",
    "sec": "§ section sections sec",
    "reg": "regulation regulations",
    "rct": "recital recitals",
    "par": "absatz abs paragraph paragraphs par para stk lid",
    "pnt": "nr no lit litt letter letters buchstabe point points",
}
UNIT: Final = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_GLUE: Final = frozenset(
    {
        "of",
        "the",
        "from",
        "der",
        "des",
        "dem",
        "das",
        "die",
        "del",
        "de",
        "la",
        "las",
        "los",
        "du",
        "della",
        "dello",
        "dei",
        "van",
        "het",
        "den",
    }
)
_AND: Final = frozenset({"and", "or", "und", "et", "y", "en", "sowie"})
_ROMAN: Final = re.compile(r"[ivx]{1,4}|[IVX]{1,4}")


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `start` and `end` are positions in the text.

    kind: unit (value art, sec, reg, rct, par, pnt), num, code, label (bracketed number or
    letter; `pnt:13` where the text marks a point, as "13°" does), law (value: keys of the
    register, space-separated), sep, dash, bracket, glue or
    word.
    """

    kind: str
    value: str
    start: int
    end: int


def plain(text: str) -> str:
    """The text with typographic spaces, dashes and quotes made plain; positions are kept."""
    return text.translate(_SAME_LENGTH)


class Tokeniser:
    """Splits texts by the law names of one register."""

    def __init__(self, register: LawRegister) -> None:
        self._names: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        for instrument in register.instruments.values():
            for label in instrument.labels:
                words = tuple(lexeme.value for lexeme in _lexemes(plain(label)))
                # A number alone ("90/2018") may be that of a law of any country.
                if any(map(str.isalpha, label)):
                    self._names[words[0]][words].add(instrument.key)
        self._lengths = {
            first: sorted({len(words) for words in names}, reverse=True)
            for first, names in self._names.items()
        }
        self._keys = frozenset(register.instruments)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text already made `plain`."""
        lexemes = _lexemes(text)
        found: list[Token] = []
        at = 0
        while at < len(lexemes):
            token, used = self._law(text, lexemes, at) or _reference(lexemes, at, found)
            found.append(token)
            at += used
        return found

    def _law(self, text: str, lexemes: list[_Lexeme], at: int) -> tuple[Token, int] | None:
        kind, first, start, _, raw = lexemes[at]
        if kind == "word" and first in _EU_FIRST:
            act = self._eu_act(text, start)
            if act:
                used = sum(1 for lexeme in lexemes[at : at + 400] if lexeme.start < act.end)
                return act, used
        for length in self._lengths.get(first, ()):
            if at + length > len(lexemes) or (length == 1 and len(raw) <= _ACRONYM and raw.islower()):
                continue
            words = tuple(lexeme.value for lexeme in lexemes[at : at + length])
            keys = self._names[first].get(words)
            if keys and not _goes_on(text, lexemes, at + length):
                end = _restated(text, lexemes[at + length - 1].end, keys)
                used = length + sum(
                    1 for lexeme in lexemes[at + length : at + length + 12] if lexeme.start < end
                )
                return Token("law", " ".join(sorted(keys)), start, end), used
        return None

    def _eu_act(self, text: str, start: int) -> Token | None:
        found = _EU_ACT.match(text, start)
        if not found:
            return None
        kind, numbers = _EU_KIND[found["kind"].lower()], (found["a"], found["b"])
        keys = {f"eu/{kind}/{_year(y)}/{n}" for y, n in (numbers, numbers[::-1])} & self._keys
        title = _EU_TITLE.match(text, found.end())
        end = title.end() if title else found.end()
        return Token("law", " ".join(sorted(keys)), start, end) if keys else None


class _Lexeme(NamedTuple):
    kind: str
    value: str
    start: int
    end: int
    raw: str


_ACRONYM: Final = 3
"""Names up to this length are read as such only if not in lower case: "BW", not "bw"."""

_EU_FIRST: Final = frozenset({"council", *_EU_KIND})


def _lexemes(text: str) -> list[_Lexeme]:
    return [
        _Lexeme(m.lastgroup or "", m[0].casefold(), m.start(), m.end(), m[0]) for m in _LEXEME.finditer(text)
    ]


def _year(number: str) -> str:
    return f"19{number}" if len(number) == 2 else number


def _restated(text: str, end: int, keys: set[str]) -> int:
    """Where a name ends with its number, if that follows ("Data Protection Directive 95/46/EC")."""
    number = _RESTATED.match(text, end)
    if number and any(key.endswith(f"/{_year(number[1])}/{number[2]}") for key in keys):
        return number.end()
    return end


def _goes_on(text: str, lexemes: list[_Lexeme], after: int) -> bool:
    """Whether a name is the beginning of a longer, hyphenated word ("GDPR-implementation")."""
    if after + 1 >= len(lexemes) or lexemes[after].value != "-":
        return False
    end, following = lexemes[after - 1].end, lexemes[after + 1]
    return lexemes[after].start == end and following.kind == "word" and following.start == end + 1


def _reference(lexemes: list[_Lexeme], at: int, before: list[Token]) -> tuple[Token, int]:
    """The token that starts at a lexeme which begins no law name, and its length in lexemes."""
    here = lexemes[at]
    nxt = lexemes[at + 1] if at + 1 < len(lexemes) else _END
    if here.value == "(" and at + 2 < len(lexemes) and lexemes[at + 2].value == ")" and _is_label(nxt):
        return Token("label", _label(nxt), here.start, lexemes[at + 2].end), 3
    if nxt.value in {")", "°", "º"} and nxt.start == here.end and _is_label(here) and not _opened(before):
        mark = "" if nxt.value == ")" else "pnt:"
        return Token("label", mark + _label(here), here.start, nxt.end), 2
    if here.kind in {"num", "code"}:
        return Token(here.kind, here.raw, here.start, here.end), 1
    if len(here.value) == 1 and here.kind == "word" and _bare_point(here, before):
        return Token("label", here.value, here.start, here.end), 1
    kind = _word_kind(here, nxt, lexemes[at + 2].value if at + 2 < len(lexemes) else "")
    return Token(kind, UNIT[here.value] if kind == "unit" else here.value, here.start, here.end), 1


_END: Final = _Lexeme("", "", 0, 0, "")


def _is_label(lexeme: _Lexeme) -> bool:
    if lexeme.kind == "num":
        return "." not in lexeme.value and ":" not in lexeme.value
    return (
        lexeme.kind == "word"
        and lexeme.value.isascii()
        and (len(lexeme.value) == 1 or bool(_ROMAN.fullmatch(lexeme.raw)))
    )


def _label(lexeme: _Lexeme) -> str:
    """Lower case, save Roman numerals in capitals, which number paragraphs in French law."""
    return lexeme.raw if lexeme.raw.isupper() and _ROMAN.fullmatch(lexeme.raw) else lexeme.value


def _bare_point(here: _Lexeme, before: list[Token]) -> bool:
    """A letter without brackets: after "lit.", or glued to a bracket as in "10(1)b"."""
    if not before or not here.value.isascii():
        return False
    last = before[-1]
    return (last.kind == "unit" and last.value == "pnt") or (last.kind == "label" and last.end == here.start)


def _opened(before: list[Token]) -> bool:
    """Whether a closing bracket closes "(no. 2)", not the number alone."""
    return len(before) > 1 and before[-1].kind == "unit" and before[-2].value == "("


def _word_kind(here: _Lexeme, nxt: _Lexeme, after: str) -> str:
    if here.value == "no" and nxt.value in {"°", "º"}:
        return "glue"
    if UNIT.get(here.value) == "reg":
        return "unit" if nxt.kind == "num" and after != "/" else "word"
    if here.value in UNIT:
        return "unit"
    if here.value in {",", ";", "&"} or here.value in _AND:
        return "sep"
    if here.value in {"-", "to", "bis"}:
        return "dash"
    if here.value in {"(", ")", "'"}:
        return "bracket"
    return "glue" if here.value in _GLUE else "word"
