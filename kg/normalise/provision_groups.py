"""Which law each reference of a text belongs to.

A group is one reference with its law: "Art. 5 (1) a), c) GDPR", or a law alone, or words
that are neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from kg.normalise.provision_tokens import Token

_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
_OPENERS: Final = frozenset({"art", "sec", "reg", "rct"})


@dataclass(frozen=True, slots=True)
class Group:
    """`items` are the tokens of the reference; `law` its register keys, space-separated.

    `unknown` is the stretch of words that stand where a law's name would; `why` says why
    the group has no law. `start` and `end` are positions in the text.
    """

    items: list[Token] = field(default_factory=list)
    law: str = ""
    unknown: tuple[int, int] | None = None
    start: int = 0
    end: int = 0
    why: str = ""

    @property
    def is_reference(self) -> bool:
        """Whether the group holds a number, so that its text is a legal reference."""
        return any(token.kind in {"num", "code", "label"} for token in self.items)


def groups(tokens: list[Token], default: str | None, closed: frozenset[str]) -> list[Group]:
    """The groups of a text, each with its law where one is named for it.

    `closed` are the register keys of the laws whose provisions are all listed.
    """
    return _with_laws(list(_Splitter(tokens).groups()), default, closed)


class _Splitter:
    """Splits tokens into groups; a group ends after its law or before the next reference."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def groups(self) -> Iterator[Group]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if token.kind in {"sep", "dash", "glue", "bracket"} or token.value in {".", "/"}:
                self._at += 1
            elif token.kind == "law":
                yield self._law_first()
            elif token.kind == "word" or self._is_number_of_act(self._at):
                yield self._words(self._at)
            else:
                yield self._reference()

    def _reference(self) -> Group:
        items = self._items()
        start = items[0].start
        token = self._peek()
        if token is not None and token.kind == "law" and not self._name_goes_on(self._at):
            self._at += 1
            while items[-1].kind == "dash":
                items.pop()
            return Group(items, law=token.value, start=start, end=token.end)
        if token is not None and (token.kind == "law" or token.kind == "word"):
            unknown = self._words(self._at).unknown
            assert unknown is not None
            return Group(items, unknown=unknown, start=start, end=unknown[1])
        return Group(items, start=start, end=_end(items))

    def _items(self) -> list[Token]:
        """The tokens of one reference, up to its law, to other words or to the next reference."""
        items: list[Token] = []
        has_number = False
        while (token := self._peek()) is not None and token.kind != "law":
            if token.kind == "unit" and token.value in _OPENERS and has_number and not _is_part(token, items):
                break
            if token.kind == "code" and has_number and items[-1].kind == "sep":
                break
            if token.kind == "word" or (
                items and items[-1].kind == "sep" and self._is_number_of_act(self._at)
            ):
                break
            has_number = has_number or token.kind in {"num", "code", "label"}
            items.append(token)
            self._at += 1
        return items

    def _law_first(self) -> Group:
        """A law named before its reference ("GG Art 2"), alone, or as the start of unknown words."""
        law = self._tokens[self._at]
        if self._name_goes_on(self._at):
            return self._words(self._at)
        self._at += 1
        while (token := self._peek()) is not None and (
            token.value in {",", "-", "."} or token.kind in {"glue", "bracket"}
        ):
            self._at += 1
        ahead = self._at
        if token is None or token.kind not in {"unit", "num", "label"}:
            return Group(law=law.value, start=law.start, end=law.end)
        group = self._reference()
        if group.law or group.unknown:
            self._at = ahead
            return Group(law=law.value, start=law.start, end=law.end)
        return replace(group, law=law.value, start=law.start)

    def _name_goes_on(self, at: int) -> bool:
        """Whether words or a year follow a law's name at once: then it is part of another name."""
        following = self._tokens[at + 1 : at + 3]
        if following and following[0].kind in {"glue", "dash"}:
            following = following[1:]
        if not following or following[0].value == "/":
            return False
        return following[0].kind == "word" or (
            following[0].kind == "num" and bool(_YEAR.fullmatch(following[0].value))
        )

    def _words(self, first: int) -> Group:
        """Words up to the next reference, or up to a separator before a law."""
        at = first
        while at < len(self._tokens):
            token = self._tokens[at]
            if at > first and token.kind == "unit" and token.value in _OPENERS:
                break
            if token.kind == "sep" and at + 1 < len(self._tokens) and self._opens(self._tokens[at + 1]):
                break
            at += 1
        self._at = max(at, first + 1)
        start, end = self._tokens[first].start, _end(self._tokens[first : self._at])
        return Group(unknown=(start, end), start=start, end=end)

    def _opens(self, token: Token) -> bool:
        return token.kind in {"law", "code"} or (token.kind == "unit" and token.value in _OPENERS)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is_number_of_act(self, at: int) -> bool:
        """Whether a number is the first half of one like "2016/679"."""
        following = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        return self._tokens[at].kind == "num" and following is not None and following.value == "/"


def _is_part(token: Token, items: list[Token]) -> bool:
    """Whether a § is the paragraph of an article ("Art. 100 § 1") and opens nothing."""
    return token.value == "sec" and items[0].kind == "unit" and items[0].value == "art"


def _end(tokens: list[Token]) -> int:
    """Where a stretch ends, without the separators after it."""
    return next(
        (token.end for token in reversed(tokens) if token.kind not in {"sep", "dash"}), tokens[-1].end
    )


def _with_laws(found: list[Group], default: str | None, closed: frozenset[str]) -> list[Group]:
    """Gives each reference without a law the one that the reference after it names."""
    named: list[Group] = []
    for at in range(len(found) - 1, -1, -1):
        group = found[at]
        if group.law or group.unknown or not group.items:
            named.insert(0, group)
        elif group.items[-1].kind == "glue":
            named.insert(0, replace(group, why="joined to the next reference, but not by a comma or 'and'"))
        elif named and _covers(found[:at], group, named[0], closed):
            named.insert(0, replace(group, law=named[0].law, end=named[0].end))
        else:
            named.insert(0, replace(group, law=default or ""))
    return named


def _covers(before: list[Group], group: Group, following: Group, closed: frozenset[str]) -> bool:
    """Whether the law of the following reference is also this one's.

    After a comma alone only a closed law is taken: there a wrong reading mostly fails.
    """
    if not following.law or not following.items:
        return False
    earlier = next(
        (other.law or "?" for other in reversed(before) if other.law or other.unknown), following.law
    )
    joined = group.items[-1].kind == "sep" and group.items[-1].value not in {",", ";"}
    return earlier == following.law and (joined or following.law in closed)
