"""The model's own addresses: ontology, shapes, concept schemes and the JSON-LD context.

Own templates rather than pyLODE: its pages carry inline styles, which the site's Content
Security Policy refuses, in one language, and it knows neither shapes nor concept schemes.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Final

from flask import Flask, Response, render_template, request, url_for
from pyoxigraph import NamedNode

from kg import describe
from kg.describe import LANGUAGES, Document, words
from kg.describe.documents import FORMATS
from kg.errors import NotFound
from kg.formats import RDF, Format, by_name
from kg.namespaces import BASE, ENF, SCHEME, SHAPES
from kg.sparql import negotiate
from kg.web.negotiation import PAGE, not_acceptable
from kg.web.problems import UnknownName
from kg.web.results import HTML, conditional

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_OFFERED: Final = (*FORMATS, PAGE)
_CONTEXT: Final = "application/ld+json"


def register(app: Flask) -> None:
    app.add_url_rule("/ontology", view_func=ontology)
    app.add_url_rule("/ontology.<extension>", "ontology_as", ontology)
    app.add_url_rule("/ontology/<version>", view_func=ontology_version)
    app.add_url_rule("/shapes", view_func=shapes)
    app.add_url_rule("/shapes.<extension>", "shapes_as", shapes)
    app.add_url_rule("/shapes/<constraint>/<kind>.ttl", view_func=shape_example)
    app.add_url_rule("/scheme", view_func=schemes)
    app.add_url_rule("/scheme.<extension>", "schemes_as", schemes)
    app.add_url_rule("/scheme/<name>", view_func=scheme)
    app.add_url_rule("/scheme/<name>.<extension>", "scheme_as", scheme)
    app.add_url_rule("/scheme/<name>/<notation>", view_func=concept)
    app.add_url_rule("/scheme/<name>/<notation>.<extension>", "concept_as", concept)
    app.add_url_rule("/context.jsonld", view_func=context)


def ontology(extension: str | None = None) -> Response:
    """Classes and properties: a page, or RDF."""
    return _answer(describe.ontology_document(), f"{BASE}ontology", extension, _ontology_page, "ontology_as")


def ontology_version(version: str) -> Response:
    """What the version IRI names: the present version; others are not kept here."""
    if version != describe.version():
        raise UnknownName(f"This server has no version {version[:40]!r} of the ontology.", _present())
    return ontology()


def _present() -> dict[str, str]:
    return {describe.version(): url_for("ontology_version", version=describe.version())}


def shapes(extension: str | None = None) -> Response:
    """The constraints: a page, or the SHACL shapes graph."""
    return _answer(describe.shapes_document(), f"{BASE}shapes", extension, _shapes_page, "shapes_as")


def shape_example(constraint: str, kind: str) -> Response:
    """A small fictional graph that conforms to one constraint, or violates it."""
    return _turtle(describe.example(constraint, kind))


def schemes(extension: str | None = None) -> Response:
    """All concept schemes."""
    return _answer(describe.schemes_document(), f"{BASE}scheme", extension, _schemes_page, "schemes_as")


def scheme(name: str, extension: str | None = None) -> Response:
    """One concept scheme with its concepts."""
    _known_scheme(name)
    canonical = describe.scheme(name, "en").iri
    document = describe.scheme_document(name)
    return _answer(document, canonical, extension, lambda: _scheme_page(name), "scheme_as", name=name)


def concept(name: str, notation: str, extension: str | None = None) -> Response:
    """One concept: its own description with that of its scheme."""
    _known_scheme(name)
    anchors = [one.anchor for one in describe.scheme(name, "en").concepts()]
    if notation not in anchors:
        near = get_close_matches(notation[:80], anchors, n=3, cutoff=0.4)
        known = {one: url_for("concept", name=name, notation=one) for one in near}
        raise UnknownName(f"The scheme {name} has no concept {notation[:80]!r}.", known)
    canonical = describe.find_concept(name, notation, "en").iri
    document = describe.concept_document(NamedNode(canonical))
    parts = {"name": name, "notation": notation}
    return _answer(
        document, canonical, extension, lambda: _concept_page(name, notation), "concept_as", **parts
    )


def context() -> Response:
    """The JSON-LD context of the data."""
    return conditional(Response(describe.context(), content_type=_CONTEXT))


def _known_scheme(name: str) -> None:
    if name not in describe.scheme_names():
        near = get_close_matches(name[:80], describe.scheme_names(), n=3, cutoff=0.4)
        known = {one: url_for("scheme", name=one) for one in near}
        raise UnknownName(f"There is no concept scheme {name[:80]!r}.", known)


def _answer(
    document: Document,
    canonical: str,
    extension: str | None,
    page: Callable[[], str],
    endpoint: str,
    **parts: Any,
) -> Response:
    """The document in the format of the extension, or else of the Accept header."""
    chosen = _chosen(extension)
    if chosen is PAGE:
        response = Response(page(), content_type=HTML)
        response.content_language = [_language()]
    else:
        response = Response(document.serialise(chosen), content_type=_media_type(chosen))
    links = [f'<{canonical}>; rel="canonical"', f'<{LICENCE}>; rel="license"']
    for other in _OFFERED:
        address = url_for(endpoint, extension=other.extension, **parts)
        links.append(f'<{address}>; rel="alternate"; type="{other.media_type}"')
    response.headers["Link"] = ", ".join(links)
    return conditional(response)


def _chosen(extension: str | None) -> Format:
    if extension is None:
        accepted = negotiate(request.headers.get("Accept"), _OFFERED)
        if accepted is None:
            raise not_acceptable(_OFFERED)
        return accepted
    found = next((offered for offered in _OFFERED if offered.extension == extension), None)
    if found is None:
        known = ", ".join(f".{offered.extension}" for offered in _OFFERED)
        raise NotFound(f"This is not offered as .{extension[:40]}; it is as {known}.")
    return found


def _media_type(chosen: Format) -> str:
    return chosen.media_type + ("; charset=utf-8" if chosen.media_type.startswith("text/") else "")


def _turtle(body: bytes) -> Response:
    turtle = by_name(RDF, "turtle")
    assert turtle is not None
    return conditional(Response(body, content_type=_media_type(turtle)))


def _language() -> str:
    """The language of the page: `lang` if it is one of ours, else what the browser prefers."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "en") or "en"


def _ontology_page() -> str:
    language = _language()
    vocabulary, drawn = describe.vocabulary(language), describe.diagrams(language)
    return _render("ontology.html", "ontology_as", {}, vocabulary=vocabulary, diagrams=drawn)


def _shapes_page() -> str:
    return _render("shapes.html", "shapes_as", {}, groups=describe.constraint_groups(_language()))


def _schemes_page() -> str:
    listed = [describe.scheme(name, _language()) for name in describe.scheme_names()]
    return _render("schemes.html", "schemes_as", {}, schemes=listed)


def _scheme_page(name: str) -> str:
    found = describe.scheme(name, _language())
    return _render("scheme.html", "scheme_as", {"name": name}, scheme=found)


def _concept_page(name: str, notation: str) -> str:
    language = _language()
    return _render(
        "concept.html",
        "concept_as",
        {"name": name, "notation": notation},
        scheme=describe.scheme(name, language),
        concept=describe.find_concept(name, notation, language),
    )


def _render(template: str, endpoint: str, parts: dict[str, Any], **values: Any) -> str:
    language = _language()
    downloads = [(f.name, url_for(endpoint, extension=f.extension, **parts)) for f in FORMATS]
    return render_template(
        template,
        language=language,
        languages=[(one, f"{request.path}?lang={one}") for one in LANGUAGES],
        w=words(language),
        href=_href,
        to=_to,
        foreign=lambda text: text.language not in ("", language),
        downloads=downloads,
        **values,
    )


def _to(endpoint: str, **parts: Any) -> str:
    """A page of the model on this host, in the language that was asked for."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        parts["lang"] = asked
    return url_for(endpoint, **parts)


def _href(target: str) -> str:
    """Where an IRI is described: a page of this host, its own address elsewhere, or "" (data IRIs)."""
    for namespace, endpoint in ((ENF, "ontology"), (SHAPES, "shapes")):
        if target.startswith(namespace):
            page = "" if request.path == url_for(endpoint) else _to(endpoint)
            return f"{page}#{target.removeprefix(namespace)}"
    if target.startswith(SCHEME):
        name, _, notation = target.removeprefix(SCHEME).partition("/")
        return _to("concept", name=name, notation=notation) if notation else _to("scheme", name=name)
    return "" if target.startswith(BASE) else target
