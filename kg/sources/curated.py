"""Curated cases: one YAML file a dossier, read without types and without surprises.

Every scalar stays the text the curator wrote, so `NO` is not false, `010` not eight and
`1_000` not a number; the mapping types them. Anchors, aliases, tags and several documents
in one file are refused: the format has no use for them, and they are how a small file
becomes a large one or an object. YAML 1.2, sections 3.2.1.3 (unique keys) and 6.9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from kg.errors import SourceError
from kg.model import RawRecord
from kg.sources.base import Source, read_text

NAME: Final = "curated"
MAX_CHARACTERS: Final = 1_000_000
MAX_DEPTH: Final = 20
_MERGE: Final = "<<"


def read(path: Path) -> Iterator[RawRecord]:
    """The one record of a case file: `fields["case"]` is its plain structure (mappings, lists,
    strings, None for nothing), `fields["lines"]` the 1-based line of every path in it
    (`decisions/0/number`). Raises SourceError for a file that is not such YAML."""
    text = read_text(path).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_CHARACTERS:
        raise SourceError(f"longer than {MAX_CHARACTERS} characters", file=str(path))
    root = _compose(text, path)
    lines: dict[str, int] = {}
    case = _plain(root, "", lines, path)
    if not isinstance(case, dict):
        raise SourceError("a case file is a mapping that begins with `case:`", file=str(path), line=1)
    yield RawRecord(
        source=NAME,
        key=_key(case, path),
        file=str(path),
        line=lines.get("case", 1),
        digest=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        fields={"case": case, "lines": lines},
    )


def _key(case: dict[str, Any], path: Path) -> str:
    head = case.get("case")
    found = head.get("id") if isinstance(head, dict) else None
    return found if isinstance(found, str) and found else path.stem


def _compose(text: str, path: Path) -> yaml.Node:
    try:
        _refuse(text, path)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SourceError(
            f"not YAML: {error.problem or error.context}",
            file=str(path),
            line=mark.line + 1 if mark else None,
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SourceError(f"not YAML: {error.reason}", file=str(path), line=line) from None
    if root is None:
        raise SourceError("the file is empty", file=str(path), line=1)
    return root


def _refuse(text: str, path: Path) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SourceError(
                "anchors and aliases are not used: write the value out", file=str(path), line=line
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise SourceError(f"tags are not used: remove {tag}", file=str(path), line=line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > MAX_DEPTH:
            raise SourceError(f"nested deeper than {MAX_DEPTH} levels", file=str(path), line=line)
        if documents > 1:
            raise SourceError(
                "one file holds one case: remove the second document", file=str(path), line=line
            )


def _plain(node: yaml.Node, place: str, lines: dict[str, int], path: Path) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines, path)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, _join(place, str(n)), lines, path) for n, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return None if node.style is None and node.value in ("", "~", "null") else node.value


def _mapping(node: yaml.MappingNode, place: str, lines: dict[str, int], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise SourceError("a field name must be one word", file=str(path), line=line)
        if key.value in found:
            first = lines[_join(place, key.value)]
            raise SourceError(
                f"field {key.value!r} stands twice (first on line {first})", file=str(path), line=line
            )
        if key.value == _MERGE:
            raise SourceError("merge keys are not used: write the fields out", file=str(path), line=line)
        lines[_join(place, key.value)] = line
        found[key.value] = _plain(value, _join(place, key.value), lines, path)
    return found


def _join(place: str, part: str) -> str:
    return f"{place}/{part}" if place else part


def _recognises(head: str) -> bool:
    return any(line.startswith("case:") for line in head.splitlines())


SOURCE: Final = Source(name=NAME, title="Curated cases", suffix=".yaml", recognises=_recognises, read=read)
