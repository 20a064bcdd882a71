"""Diagrams of the main classes as SVG 1.1, laid out as `ontology/diagram.toml` says.

The SVG has no style of its own: its classes are those of the site's style sheet.
"""

from __future__ import annotations

import math
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from kg.describe.model import model
from kg.describe.words import words
from kg.errors import KGError
from kg.namespaces import ENF, RDF_TYPE, enf, iri
from kg.resources import ONTOLOGY

# Sizes in SVG user units, which are CSS pixels at the natural size.
_COLUMN: Final = 282
_ROW: Final = 124
_WIDTH: Final = 156
_HEIGHT: Final = 54
_MARGIN: Final = 8
_LINE: Final = 15
_HEAD: Final = 9
_ADVANCE: Final = 7.2
_BASELINE: Final = 4.5
_ARROW_LINE: Final = 15
_BOX_LINE: Final = 16
"""Longest lines of labels, in characters."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arrow:
    """One statement of a diagram. Classes by local name; `property` is an IRI."""

    start: str
    start_label: str
    property: str
    property_label: str
    end: str
    end_label: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing, and the same in words."""

    name: str
    title: str
    svg: str
    arrows: tuple[Arrow, ...]


@cache
def diagrams(language: str) -> tuple[Diagram, ...]:
    """All diagrams in one of LANGUAGES. Raises KGError for a term the ontology does not have."""
    described = tomllib.loads((ONTOLOGY / "diagram.toml").read_text("utf-8"))["diagram"]
    return tuple(_diagram(one, language) for one in described)


def _diagram(described: dict[str, Any], language: str) -> Diagram:
    places: dict[str, Point] = {name: (x, y) for name, (x, y) in described["classes"].items()}
    labels = {name: _label(name, language, "owl:Class") for name in places}
    arrows = tuple(
        Arrow(start, labels[start], *_property(name, described, language), end, labels[end])
        for name, pairs in described["arrows"].items()
        for start, end in pairs
    )
    name, title = described["name"], described["title"][language]
    return Diagram(name, title, "\n".join(_svg(name, title, places, arrows, language)), arrows)


def _property(name: str, described: dict[str, Any], language: str) -> tuple[str, str]:
    """IRI and label of a property."""
    if ":" in name:
        return iri(name).value, described["labels"][name][language]
    return enf(name).value, _label(name, language, "owl:ObjectProperty")


def _label(local: str, language: str, type_: str) -> str:
    if iri(type_) not in model().nodes(enf(local), RDF_TYPE):
        raise KGError(f"diagram.toml: the ontology has no {type_} {local}")
    return model().ref(enf(local), language).text.value


def _svg(
    name: str, title: str, places: dict[str, Point], arrows: tuple[Arrow, ...], language: str
) -> Iterator[str]:
    width = max(x for x, _ in places.values()) * _COLUMN + _WIDTH + 2 * _MARGIN
    height = max(y for _, y in places.values()) * _ROW + _HEIGHT + 2 * _MARGIN
    told = "; ".join(f"{a.start_label} – {a.property_label} – {a.end_label}" for a in arrows)
    yield (
        f'<svg class="diagram" xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="group" '
        f'aria-labelledby="d-{name}-title" aria-describedby="d-{name}-desc">'
    )
    yield f'<title id="d-{name}-title">{escape(title)}</title>'
    yield f'<desc id="d-{name}-desc">{escape(told)}.</desc>'
    middles = {local: _middle(place) for local, place in places.items()}
    for arrow in arrows:
        yield from _line(middles[arrow.start], middles[arrow.end])
    for arrow in arrows:
        middle = _between(middles[arrow.start], middles[arrow.end])
        yield from _text(middle, arrow.property_label, _href(arrow.property), "arrow")
    for local, middle in middles.items():
        yield from _box(middle, local, _label(local, language, "owl:Class"), words(language)["class_kind"])
    yield "</svg>"


def _href(property_iri: str) -> str:
    return property_iri.replace(ENF, "#")


def _middle(place: Point) -> Point:
    x, y = place
    return x * _COLUMN + _WIDTH / 2 + _MARGIN, y * _ROW + _HEIGHT / 2 + _MARGIN


def _between(start: Point, end: Point) -> Point:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def _edge(middle: Point, towards: Point) -> Point:
    """Where the line from the middle of a box towards a point leaves the box."""
    dx, dy = towards[0] - middle[0], towards[1] - middle[1]
    across = _WIDTH / 2 / abs(dx) if dx else math.inf
    down = _HEIGHT / 2 / abs(dy) if dy else math.inf
    part = min(across, down)
    return middle[0] + dx * part, middle[1] + dy * part


def _line(start: Point, end: Point) -> Iterator[str]:
    (x1, y1), (x2, y2) = _edge(start, end), _edge(end, start)
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
    yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
    yield (
        f'<path class="head" transform="translate({x2:.1f} {y2:.1f}) rotate({angle:.1f})" '
        f'd="M0 0L-{_HEAD} -{_HEAD / 2:g}V{_HEAD / 2:g}Z"/>'
    )


def _text(middle: Point, text: str, href: str, kind: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _ARROW_LINE) or [""]
    x, y = middle
    half = len(lines) * _LINE / 2
    longest = max(len(line) for line in lines) * _ADVANCE + 6
    yield f'<a class="{kind}" href={quoteattr(href)}>'
    yield (
        f'<rect class="behind" x="{x - longest / 2:.1f}" y="{y - half - 1:.1f}" '
        f'width="{longest:.1f}" height="{2 * half + 2:.1f}"/>'
    )
    yield from _lines(middle, lines)
    yield "</a>"


def _lines(middle: Point, lines: list[str]) -> Iterator[str]:
    x, y = middle
    first = y - (len(lines) - 1) * _LINE / 2 + _BASELINE
    spans = (
        f'<tspan x="{x:.1f}" y="{first + number * _LINE:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    yield f"<text>{' '.join(spans)}</text>"


def _box(middle: Point, local: str, label: str, kind: str) -> Iterator[str]:
    x, y = middle
    yield f'<a class="box" href="#{local}" aria-label={quoteattr(f"{label}, {kind}")}>'
    yield (
        f'<rect x="{x - _WIDTH / 2:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" rx="6"/>'
    )
    yield from _lines(middle, textwrap.wrap(label, _BOX_LINE) or [""])
    yield "</a>"
