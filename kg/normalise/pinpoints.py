"""From the numbers and letters of one reference to the paths of the provisions it means.

A closed instrument (one whose provisions are listed in the register) decides every
reading: a part that is not listed does not exist, and of two readings the one that exists
is meant. For other laws the path follows the written form and is not checked.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from typing import Final

from kg.normalise.law_register import Structure
from kg.normalise.provision_tokens import ORDINALS, Token

ARTICLE_LAWS: Final = (
    "eu/",
    "coe/",
    "es/",
    "it/",
    "nl/",
    "fr/",
    "be/",
    "gr/",
    "pt/",
    "hr/",
    "pl/",
    "si/",
    "ro/",
)
"""Laws divided into articles: there a number without a keyword, or after "§", is an article's."""

_DOTTED_LAWS: Final = ("eu/", "es/")
"""Laws cited as article.paragraph ("22.2 LSSI"); elsewhere a dot may belong to the number."""

_NUMBER: Final = re.compile(r"(\d+(?::\d+)?[a-z]?)(?: ?-?([^\W\d_]{3,}))?", re.IGNORECASE)
_CODE: Final = re.compile(r"([LRD])\.? ?([\d-]+)")
_ROMAN: Final = re.compile(r"[ivx]+")
_DEEPEST: Final = 5
"""Most levels below an article that are read."""

_LIMIT: Final = 99
"""Most parts that a written range may span."""


class UnreadableError(ValueError):
    """A reference that means no provision; the text says why, `fix` what would help."""

    def __init__(self, rule: str, fix: str = "") -> None:
        super().__init__(rule)
        self.fix = fix


Labels = tuple[str, ...]


@dataclass(slots=True)
class Pinpoints:
    """Reads the tokens of one reference in one instrument, one after the other."""

    key: str
    structure: Structure | None = None
    paths: list[str] = field(default_factory=list)
    errors: list[UnreadableError] = field(default_factory=list)
    _unit: str = ""
    _labels: Labels = ()
    _fresh: bool = False
    _range: bool = False
    _prefix: str = ""
    _worded: bool = False
    _lost: bool = False
    _carrier: bool = False

    def read(self, tokens: list[Token]) -> None:
        """Adds to `paths` and `errors`; a part that cannot be read spoils no other part."""
        for token in tokens:
            try:
                self._token(token)
            except UnreadableError as error:
                self.errors.append(error)
                self._range = self._carrier = False
        if self._range:
            self.errors.append(UnreadableError("the range has no end"))
        if not self.paths and not self.errors:
            self.errors.append(UnreadableError("names no provision"))

    def _token(self, token: Token) -> None:
        kind, value = token.kind, token.value
        if kind == "glue" or (self._lost and kind != "unit"):
            return
        if kind == "bracket":
            self._prefix, self._worded = "", self._worded and value != ")"
        elif kind == "unit":
            self._start(value)
        elif kind == "sep":
            self._fresh = bool(self._labels)
        elif kind == "dash":
            self._range = bool(self._labels)
        elif kind == "code" or (kind == "num" and self._is_article(value)):
            self._article(value)
        elif kind == "label":
            self._part(value)
        elif self._prefix and "." not in value and ":" not in value:
            self._part(_article_label(value))
        else:
            self._lost = True
            self._drop()
            raise UnreadableError(f"{value} stands without brackets", "write 'Art. 1 (2) a)'")

    def _start(self, unit: str) -> None:
        if unit in {"par", "pnt"} or (unit == "sec" and self._unit == "art" and self._labels):
            self._prefix, self._worded = ("par" if unit == "sec" else unit), True
        else:
            by_article = unit == "sec" and self.key.startswith(ARTICLE_LAWS)
            self._unit, self._labels = "art" if by_article else unit, ()
            self._prefix, self._worded, self._fresh, self._lost = "", False, False, False

    def _is_article(self, value: str) -> bool:
        """Whether a number without brackets is an article's.

        After "Abs. 1," it may be either, and a lower number after a higher one ("§ 22, 1")
        is rather a paragraph.
        """
        if not self._labels:
            return True
        if self._worded or not (self._fresh or self._range):
            return False
        return not (self._fresh and _leading(value) < _leading(self._labels[0]))

    def _article(self, value: str) -> None:
        if self._range and self._labels:
            self._article_range(value)
            return
        if not self._unit:
            if not self.key.startswith(ARTICLE_LAWS):
                self._lost = True
                raise UnreadableError(
                    "neither article nor section is said", "write 'Art.' or '§' before the number"
                )
            self._unit = "art"
        self._labels, self._fresh = (), False
        self._prefix, self._worded, self._lost = "", False, True
        number, _, paragraph = value.partition(".") if value[0].isdigit() else (value, "", "")
        if paragraph and (not self.key.startswith(_DOTTED_LAWS) or "." in paragraph):
            raise UnreadableError(
                f"{value} may be an article or an article and its paragraph", "write 'Art. 1 (2)'"
            )
        labels = (_article_label(number),)
        self._lost = False
        self._add(labels)
        if paragraph:
            self._part(_article_label(paragraph))

    def _article_range(self, value: str) -> None:
        self._range = False
        first, last = self._labels[0], value
        if self.structure is None or len(self._labels) > 1 or not (first.isdigit() and last.isdigit()):
            self._drop()
            raise UnreadableError(f"{first}-{value} may be a range or one number", "list each article")
        for label in self._between(first, last):
            self._add((label,))

    def _part(self, value: str) -> None:
        if not self._labels:
            raise UnreadableError("a paragraph or point without its article", "write the article before it")
        if self._range:
            self._part_range(value)
            return
        if len(self._labels) > _DEEPEST:
            self._lost = True
            self._drop()
            raise UnreadableError("deeper than any law divides an article", "write each reference in full")
        glued, prefix = not self._fresh, self._prefix
        self._fresh, self._prefix = False, ""
        label = f"pnt:{value.removeprefix('pnt:')}" if prefix == "pnt" else value
        chosen = self._choose(self._readings(label, glued), label)
        deeper = len(chosen) > len(self._labels) and chosen[: len(self._labels)] == self._labels
        self._add(chosen, replaces=deeper and self._carrier)

    def _part_range(self, value: str) -> None:
        self._range = False
        first, parent = self._labels[-1], self._labels[:-1]
        if not parent or _sort(first) != _sort(value):
            self._drop()
            raise UnreadableError("the range joins parts of different sorts", "list each part")
        for label in self._between(first, value):
            self._add((*parent, label))

    def _between(self, first: str, last: str) -> list[str]:
        """The labels after `first` up to `last`."""
        if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= _LIMIT:
            return [str(number) for number in range(int(first) + 1, int(last) + 1)]
        letters = string.ascii_lowercase
        if len(first) == len(last) == 1 and first in letters and last in letters and first < last:
            return list(letters[letters.index(first) + 1 : letters.index(last) + 1])
        self._drop()
        raise UnreadableError("the range runs backwards or is too long", "list each part")

    def _drop(self) -> None:
        """Takes back the part before one that cannot be read: it may only have carried that one."""
        if self._carrier:
            self.paths.pop()
        self._carrier = False

    def _readings(self, label: str, glued: bool) -> list[Labels]:
        """What a label after the last part may be: a part of it, or its sibling at some level."""
        same = [at for at in range(len(self._labels) - 1, 0, -1) if _sort(self._labels[at]) == _sort(label)]
        deeper = (*self._labels, label)
        if not glued:
            return [(*self._labels[:at], label) for at in same] or [deeper]
        if same and _is_letter(self._labels[-1]) and _is_letter(label):
            sibling = (*self._labels[:-1], label)
            return [deeper, sibling] if self.structure or _ROMAN.fullmatch(label) else [sibling]
        return [deeper]

    def _choose(self, readings: list[Labels], label: str) -> Labels:
        if len(readings) == 1:
            return readings[0]
        if self.structure is None:
            if _ROMAN.fullmatch(label) and len(label) > 1:
                return readings[0]
            raise UnreadableError(
                f"{label} may belong to more than one level", "write each reference in full"
            )
        there = [labels for labels in readings if self._exists(labels)]
        return there[0] if len(there) == 1 else readings[-1]

    def _exists(self, labels: Labels) -> bool:
        try:
            self._path(labels)
        except UnreadableError:
            return False
        return True

    def _add(self, labels: Labels, *, replaces: bool = False) -> None:
        """A part that only carries the next one ("Art. 5 (1)" before "f)") is not a reference of its own."""
        if replaces and self.paths:
            self.paths.pop()
        self._labels, self._carrier = labels, False
        self.paths.append(self._path(labels))
        self._carrier = True

    def _path(self, labels: Labels) -> str:
        if self.structure is None:
            return _written_path(self._unit, labels)
        if self._unit != "art":
            raise UnreadableError(
                f"the register has no {_UNIT_NAMES[self._unit]} of the {self.structure.name}"
            )
        return listed_path(self.structure, labels)


_UNIT_NAMES: Final = {"sec": "sections", "reg": "regulations", "rct": "recitals", "": "parts"}


def _article_label(value: str) -> str:
    code = _CODE.fullmatch(value)
    if code:
        return f"{code[1]}{code[2]}"
    parts = _NUMBER.fullmatch(value)
    if not parts:
        raise UnreadableError(f"{value} is no number of an article")
    number, suffix = parts[1].lower(), (parts[2] or "").lower()
    if suffix and suffix not in ORDINALS:
        raise UnreadableError(
            f"'{suffix}' is no Latin ordinal", "look the number of the article up in the law"
        )
    return f"{number}-{suffix}" if suffix else number


def _leading(number: str) -> int:
    digits = re.match(r"\d*", number)
    return int(digits[0]) if digits and digits[0] else 0


def _sort(label: str) -> str:
    """What a label names by its form; `pnt:` marks one that the text calls a point."""
    paragraph = label[:1].isdigit() or label.isupper()
    return "paragraph" if paragraph else "point"


def _is_letter(label: str) -> bool:
    return label.removeprefix("pnt:").isalpha() and _sort(label) == "point"


def _written_path(unit: str, labels: Labels) -> str:
    """Numbers under an article are paragraphs, what is under a paragraph or a letter is a point."""
    path = [f"{unit}_{labels[0]}"]
    for at, label in enumerate(labels[1:]):
        paragraph = at == 0 and _sort(label) == "paragraph"
        path.append(f"{'par' if paragraph else 'pnt'}_{label.removeprefix('pnt:')}")
    return "/".join(path)


def listed_path(law: Structure, labels: Labels) -> str:
    """The path of the provision that the labels name in a closed law. UnreadableError if there is none."""
    article = law.child("", labels[0])
    if article is None:
        numbers = law.labels("", "art_")
        raise UnreadableError(
            f"{law.name} has no article {labels[0]} (articles {numbers[0]} to {numbers[-1]})"
        )
    path = article
    for label in labels[1:]:
        bare = label.removeprefix("pnt:")
        path = law.child(path, bare) or _only_place(law, path, bare) or _missing(law, path, bare)
    return path


def _only_place(law: Structure, path: str, label: str) -> str | None:
    """The point of an article named without its paragraph, where only one paragraph has such a point."""
    if "/" in path or _sort(label) == "paragraph":
        return None
    places = law.paragraphs_with_point(path, label)
    if len(places) > 1:
        numbers = ", ".join(place.rpartition("_")[2] for place in places)
        raise UnreadableError(
            f"{_cited(path)} {law.name} has a point {label} in paragraphs {numbers}", "add the paragraph"
        )
    return f"{places[0]}/pnt_{label}" if places else None


def _missing(law: Structure, path: str, label: str) -> str:
    sort = (
        "par_" if "/" not in path and _sort(label) == "paragraph" and not law.labels(path, "pnt_") else "pnt_"
    )
    name = "paragraph" if sort == "par_" else "point"
    there = law.labels(path, sort)
    if not there:
        raise UnreadableError(f"{_cited(path)} {law.name} has no {name}s", _elsewhere(law, path, label))
    span = f"({name}s {there[0]} to {there[-1]})"
    raise UnreadableError(
        f"{_cited(path)} {law.name} has no {name} {label} {span}", _elsewhere(law, path, label)
    )


def _elsewhere(law: Structure, path: str, label: str) -> str:
    places = law.paragraphs_with_point(path.partition("/")[0], label)
    cited = ", ".join(_cited(f"{place}/pnt_{label}") for place in places)
    return f"look the reference up in the decision; there is an {cited}" if cited else ""


def _cited(path: str) -> str:
    """The usual form: `art_5/par_1/pnt_f` is Article 5(1)(f)."""
    first, *rest = (part.partition("_")[2] for part in path.split("/"))
    return f"Article {first}" + "".join(f"({part})" for part in rest)
