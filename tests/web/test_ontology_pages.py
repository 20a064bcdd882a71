"""The model's own addresses: pages for people, RDF for machines, and nothing that leads nowhere."""

from __future__ import annotations

import json
import tomllib
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse
from werkzeug.test import TestResponse

from kg.describe import (
    constraint_groups,
    ontology_document,
    scheme,
    scheme_document,
    scheme_names,
    shapes_document,
    version,
    vocabulary,
)
from kg.describe.documents import FORMATS
from kg.resources import ONTOLOGY
from kg.web.headers import SECURITY

HTML = {"Accept": "text/html"}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "https://w3id.org/enforcement-kg/"
VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "line", "path"}
MODEL = ("/ontology", "/shapes", "/scheme", "/scheme/gdpr-83", "/scheme/gdpr-83/5-a")


class Page(HTMLParser):
    """Elements in order; fails where one is not closed in its place or an id is given twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.inline: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs), f"{tag} repeats an attribute"
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        if identifier := given.get("id"):
            self.ids.append(identifier)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag not in VOID:
            self.open.append((tag, given))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        languages = [given["lang"] for _, given in self.open if given.get("lang")]
        around = {tag for tag, _ in self.open}
        if data.strip() and "main" in around and "code" not in around:  # identifiers are not labels
            self.texts.append((languages[-1] or "", data.strip()))


def page(client: FlaskClient, path: str) -> Page:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/html"
    return Page(answer.text)


def canonical(quads: list[Quad]) -> set[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def triples(answer: TestResponse) -> set[str]:
    chosen = next(f for f in FORMATS if f.media_type == answer.mimetype)
    assert isinstance(chosen.engine, RdfFormat)
    return canonical(list(parse(answer.data, chosen.engine)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_term_has_its_anchor(client: FlaskClient, language: str) -> None:
    found = page(client, f"/ontology?lang={language}")
    terms = [entry.anchor for kind in vocabulary(language).entries.values() for entry in kind]
    assert len(terms) > 100
    assert set(terms) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    diagram = tomllib.loads((ONTOLOGY / "diagram.toml").read_text("utf-8"))["diagram"]
    said = [text for _, text in found.texts]
    for name in (name for one in diagram for name in one["classes"]):
        label = next(e for e in vocabulary(language).entries["class"] if e.anchor == name).label.value
        assert label in said
        assert f"#{name}" in found.links


def test_every_constraint_and_concept_has_its_anchor(client: FlaskClient) -> None:
    found = page(client, "/shapes")
    constraints = [one.anchor for group in constraint_groups("en") for one in group.constraints]
    assert set(constraints) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert set(scheme_names()) <= set(page(client, "/scheme").ids)
    for name in scheme_names():
        shown = page(client, f"/scheme/{name}").ids
        assert {concept.anchor for concept in scheme(name, "en").concepts()} <= set(shown)


def test_no_link_of_these_pages_is_broken(client: FlaskClient) -> None:
    """Crawls all pages of the model in both languages, fragments included."""
    anchors: dict[str, set[str] | None] = {}
    wanted: set[str] = set()
    queue = ["/ontology", "/ontology?lang=fr"]
    while queue:
        path = queue.pop()
        if path in anchors:
            continue
        answer = client.get(path, headers=HTML)
        assert answer.status_code == 200, path
        anchors[path] = None
        if answer.mimetype == "text/html" and path.startswith(("/ontology", "/shapes", "/scheme")):
            found = Page(answer.text)
            anchors[path] = set(found.ids)
            own = [urljoin(path, link) for link in found.links if not link.startswith("http")]
            wanted |= {link for link in own if "#" in link}
            queue += [link.partition("#")[0] for link in own if not link.startswith("/queries/")]
    missing = [
        link for link in wanted if link.partition("#")[2] not in (anchors[link.partition("#")[0]] or ())
    ]
    assert missing == []
    assert {"/", "/shapes", "/scheme/gdpr-83/5-a", "/shapes/C090/violates.ttl", "/ontology.ttl"} <= set(
        anchors
    )
    assert "/scheme/gdpr-83/5-a?lang=fr" in anchors


def test_first_page_leads_here(client: FlaskClient) -> None:
    links = page(client, "/").links
    assert links.count("/ontology") >= 2  # in the text and in the footer
    assert {"/ontology", "/shapes", "/scheme"} <= set(links)


@pytest.mark.parametrize("path", MODEL)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_are_well_formed_without_inline_code(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(f"{path}?lang={language}", headers=HTML)
    assert Page(answer.text).inline == []
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Content-Security-Policy"] == SECURITY["Content-Security-Policy"]


def test_the_french_pages_have_no_english_labels(client: FlaskClient) -> None:
    def labels(language: str) -> set[str]:
        of_terms = {e.label.value for kind in vocabulary(language).entries.values() for e in kind}
        of_schemes = [scheme(name, language) for name in scheme_names()]
        return (
            of_terms
            | {s.title.value for s in of_schemes}
            | {c.label.value for s in of_schemes for c in s.concepts()}
        )

    only_english, only_french = labels("en") - labels("fr"), labels("fr") - labels("en")
    paths = ["/ontology", "/shapes", "/scheme", *(f"/scheme/{name}" for name in scheme_names())]
    for path in paths:
        said = {text for language, text in page(client, f"{path}?lang=fr").texts if language == "fr"}
        assert said & only_english == set(), path
        assert said & only_french, path


def test_language_is_that_of_the_address_or_else_of_the_browser(client: FlaskClient) -> None:
    for asked, accepted, expected in (
        ("", "", "en"),
        ("", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "de, en;q=0.5", "en"),
        ("", "de", "en"),
        ("?lang=en", "fr", "en"),
        ("?lang=fr", "en", "fr"),
        ("?lang=xx", "fr", "fr"),
    ):
        answer = client.get(f"/ontology{asked}", headers={**HTML, "Accept-Language": accepted})
        assert answer.headers["Content-Language"] == expected
        assert {"Accept", "Accept-Language"} <= set(answer.vary)
    links = page(client, "/scheme/gdpr-83?lang=fr").links
    assert "/scheme/gdpr-83/5-a?lang=fr" in links
    assert "/scheme/gdpr-83/5-a" in page(client, "/scheme/gdpr-83").links


@pytest.mark.parametrize("path", MODEL)
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/turtle", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.4", "application/rdf+xml"),
        ("*/*", "text/turtle"),
        (None, "text/turtle"),
        ("text/html", "text/html"),
        (BROWSER, "text/html"),
    ],
)
def test_negotiation(client: FlaskClient, path: str, accept: str | None, media_type: str) -> None:
    answer = client.get(path, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    links = answer.headers["Link"]
    assert f'<{BASE}{path[1:]}>; rel="canonical"' in links
    assert f'<{path}.ttl>; rel="alternate"; type="text/turtle"' in links


@pytest.mark.parametrize("path", MODEL)
def test_extensions(client: FlaskClient, path: str) -> None:
    for extension, media_type in (
        ("ttl", "text/turtle"),
        ("nt", "application/n-triples"),
        ("jsonld", "application/ld+json"),
        ("rdf", "application/rdf+xml"),
        ("html", "text/html"),
    ):
        answer = client.get(f"{path}.{extension}", headers={"Accept": "image/png"})
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        same = client.get(path, headers={"Accept": media_type})
        assert answer.data == same.data or extension == "html"
    refused = client.get(f"{path}.exe")
    assert refused.status_code == 404
    assert ".ttl" in refused.get_json()["detail"]
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


def test_what_is_served_is_what_the_files_say(client: FlaskClient) -> None:
    served = {
        "/ontology": ontology_document(),
        f"/ontology/{version()}": ontology_document(),
        "/shapes": shapes_document(),
        "/scheme/finding-outcome": scheme_document("finding-outcome"),
    }
    for path, document in served.items():
        stated = canonical(
            [
                q
                for f in document.files
                for q in parse(f.read_bytes(), RdfFormat.TURTLE, rename_blank_nodes=True)
            ]
        )
        for chosen in FORMATS:
            answer = client.get(path, headers={"Accept": chosen.media_type})
            assert triples(answer) == stated, (path, chosen.name)


def test_validators(client: FlaskClient) -> None:
    for path in (*MODEL, "/context.jsonld", "/shapes/C090/conforms.ttl"):
        tags = set()
        kinds = [HTML, {"Accept": "text/turtle"}] if path in MODEL else [{}]
        for headers in kinds:
            first = client.get(path, headers=headers)
            tag = first.headers["ETag"]
            assert not tag.startswith("W/")
            tags.add(tag)
            again = client.get(path, headers={**headers, "If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
            head = client.head(path, headers=headers)
            assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
            assert head.headers["Content-Length"] == str(len(first.data))
            assert "must-revalidate" in first.headers["Cache-Control"]
            assert first.headers["Access-Control-Allow-Origin"] == "*"
        assert len(tags) == len(kinds)
        assert client.post(path).status_code == 405


def test_context(client: FlaskClient) -> None:
    answer = client.get("/context.jsonld")
    assert answer.mimetype == "application/ld+json"
    assert answer.data == (ONTOLOGY / "context.jsonld").read_bytes()
    assert json.loads(answer.text)["@context"]["enf"] == f"{BASE}ontology#"


def test_examples_of_constraints(client: FlaskClient) -> None:
    answer = client.get("/shapes/C090/violates.ttl")
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    assert answer.data == (ONTOLOGY / "examples" / "C090" / "violates.ttl").read_bytes()
    for path in ("/shapes/C090/other.ttl", "/shapes/C999/violates.ttl", "/shapes/%2e%2e/core.ttl"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "nearest", "address"),
    [
        ("/scheme/gdpr-85", "gdpr-83", "/scheme/gdpr-83"),
        ("/scheme/finding-outcome/aleged", "alleged", "/scheme/finding-outcome/alleged"),
        ("/scheme/finding-outcomes/alleged", "finding-outcome", "/scheme/finding-outcome"),
        ("/ontology/9.9.9", version(), f"/ontology/{version()}"),
    ],
)
def test_what_may_have_been_meant(client: FlaskClient, path: str, nearest: str, address: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert nearest in answer.get_json()["nearest"]
    shown = client.get(path, headers=HTML)
    assert shown.status_code == 404
    assert address in Page(shown.text).links


def test_hostile_names_are_shown_as_text(client: FlaskClient) -> None:
    for path in ("/scheme/<script>alert(1)<", "/scheme/gdpr-83/<b>", "/ontology/<i>", "/scheme/../core"):
        answer = client.get(path, headers=HTML)
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
        assert "<b>" not in answer.text
        assert "<i>" not in answer.text
