"""The query library: headers, types, and what binding can and cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Variable, parse

from kg.catalogue import NamedQuery, Parameter, bind, load_queries
from kg.errors import InvalidInput, InvalidRequest
from kg.namespaces import BASE, PREFIXES

FILE = """# title: Fines by country
# description: What was imposed,
#   by country.
# tags: fines, country
# param country iri default=country:FRA: the country
# param since date: from this day on
# param word string required: a word
PREFIX x: <http://e.example/>
SELECT ?country ?since ?word ?s { ?s x:country ?country ; x:date ?date ; x:title ?title
  FILTER(COALESCE(?date >= ?since, true)) FILTER(CONTAINS(?title, ?word)) }
"""


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "fines-by-country.rq").write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def query(tmp_path: Path) -> NamedQuery:
    return load_queries(folder(tmp_path, FILE))["fines-by-country"]


def test_the_header_is_read(query: NamedQuery) -> None:
    assert query.title == "Fines by country"
    assert query.description == "What was imposed, by country."
    assert query.tags == ("fines", "country")
    assert query.parameters == (
        Parameter("country", "iri", "the country", "country:FRA"),
        Parameter("since", "date", "from this day on"),
        Parameter("word", "string", "a word", required=True),
    )
    assert query.text == FILE


def test_the_library_of_the_project_loads() -> None:
    queries = load_queries()
    assert all(name == query.name for name, query in queries.items())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# title: Fines by country\n", "", "needs a title"),
        ("# tags: fines, country", "# colour: red", "`colour` is unknown"),
        ("# tags: fines, country", "# tags fines", "without `name: value`"),
        ("country iri", "country url", "one of the types"),
        ("since date:", "since date default=tomorrow:", "default of parameter `since`"),
        ("SELECT ?country ?since ?word ?s", "SELECT ?country ?word ?s", "\\?since"),
        ("SELECT ?country", "SELEKT ?country", "error at"),
        ("COALESCE(?date >= ?since, true)", "!BOUND(?since) || ?date >= ?since", "BOUND"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"fines-by-country.rq.*{message}"):
        load_queries(folder(tmp_path, FILE.replace(old, new)))


def test_defaults_optional_and_required_parameters(query: NamedQuery) -> None:
    assert bind(query, {"word": "x"}) == {"country": f"<{PREFIXES['country']}FRA>", "word": '"x"'}
    assert bind(query, {"word": "x", "since": "", "country": ""}) == bind(query, {"word": "x"})
    with pytest.raises(InvalidRequest, match="`word` \\(string\\) is required"):
        bind(query, {})
    with pytest.raises(InvalidRequest, match="no parameter `words`; it has: country, since, word"):
        bind(query, {"words": "x"})


GOOD = [
    ("iri", "https://e.example/a", "<https://e.example/a>"),
    ("iri", "<https://e.example/a>", "<https://e.example/a>"),
    ("iri", "urn:lex:eu", "<urn:lex:eu>"),
    ("iri", "cur:EUR", f"<{PREFIXES['cur']}EUR>"),
    ("iri", "authority:fr-cnil", f"<{BASE}id/authority/fr-cnil>"),
    ("iri", "graph:law", f"<{BASE}graph/law>"),
    ("literal", "x", '"x"'),
    ("literal", '"chat"@fr', '"chat"@fr'),
    ("literal", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', f'"1"^^<{PREFIXES["xsd"]}integer>'),
    ("date", "2024-02-29", f'"2024-02-29"^^<{PREFIXES["xsd"]}date>'),
    ("integer", "-12", f'"-12"^^<{PREFIXES["xsd"]}integer>'),
    ("decimal", "1000.50", f'"1000.50"^^<{PREFIXES["xsd"]}decimal>'),
    ("boolean", "true", f'"true"^^<{PREFIXES["xsd"]}boolean>'),
    ("string", 'a" } DROP ALL', '"a\\" } DROP ALL"'),
    ("string", "two\nlines", '"two\\nlines"'),
]


def one(type: str) -> NamedQuery:
    return NamedQuery("q", "t", "d", (), (Parameter("p", type, "d"),), "SELECT ?p {}")


@pytest.mark.parametrize(("type", "value", "term"), GOOD)
def test_values_become_terms(type: str, value: str, term: str) -> None:
    found = bind(one(type), {"p": value})
    assert found == {"p": term}
    assert len(list(parse(f"<x:s> <x:p> {found['p']} .", RdfFormat.N_TRIPLES))) == 1


BAD = [
    ("iri", "fr-cnil"), ("iri", "unknown:x"), ("iri", "javascript:alert(1)"), ("iri", "https://x/> } DROP"),
    ("iri", "authority:a b"), ("iri", "x" * 2000),
    ("literal", '"a'), ("literal", '"a" . <x:s> <x:p> "b"'), ("literal", '"a"@'),
    ("date", "2024-02-30"), ("date", "2024"), ("date", "20240229"), ("date", "２０２４-02-29"),
    ("integer", "1.5"), ("integer", "1" * 40), ("integer", "²"), ("decimal", "1,5"), ("decimal", "1e5"),
    ("boolean", "yes"), ("string", "a\0"), ("string", "\ud800"),
]  # fmt: skip


@pytest.mark.parametrize(("type", "value"), BAD)
def test_other_values_are_refused_by_name_value_and_type(type: str, value: str) -> None:
    with pytest.raises(InvalidRequest, match=f"parameter `p`: .* \\(type {type}\\)"):
        bind(one(type), {"p": value})


DATA = """
<http://e/a> <http://e/p> 1 ; <http://e/q> <http://e/x> .
<http://e/b> <http://e/p> 2 ; <http://e/q> <http://e/y> .
GRAPH <http://e/g> { <http://e/a> <http://e/r> "in g" . <http://e/b> <http://e/r> "b in g" }
"""
WORKS = [
    "SELECT ?m ?s { ?s :p ?o FILTER(?o >= ?m) }",
    "SELECT ?m ?s { ?s :p ?m }",
    "SELECT ?m ?s { ?s :p ?o FILTER(COALESCE(?o >= ?m, true)) }",
    "SELECT ?m ?s { { ?s :p ?o FILTER(?o >= ?m) } UNION { ?s :p ?m } }",
    "SELECT ?m ?s { ?s :q ?q MINUS { ?s :p ?o FILTER(?o < ?m) } }",
    "SELECT ?m ?s { ?s :q ?q FILTER EXISTS { ?s :p ?o FILTER(?o >= ?m) } }",
    "SELECT ?m ?s { GRAPH :g { ?s :r ?r FILTER(STRLEN(?r) > ?m + 2) } }",
    "SELECT ?m ?s ?x { ?s :p ?o BIND(?o - ?m AS ?x) FILTER(?x >= 0) }",
    "SELECT ?m ?s { { SELECT ?m ?s (COUNT(*) AS ?n) { ?s :p ?o FILTER(?o >= ?m) } GROUP BY ?m ?s } }",
    "SELECT ?m ?s ?q { ?s :p ?m OPTIONAL { ?s :q ?q FILTER(?m > 1) } FILTER(BOUND(?q)) }",
]
LIMITS = [
    "SELECT ?m ?s { ?s :p ?o FILTER(!BOUND(?m) || ?o >= ?m) }",
    "SELECT ?m ?s { ?s :q ?q { SELECT ?s { ?s :p ?o FILTER(COALESCE(?o >= ?m, true)) } } }",
]


def subjects(text: str) -> set[str]:
    store = Store()
    store.update(f"INSERT DATA {{ {DATA} }}")
    found = store.query("PREFIX : <http://e/> " + text, substitutions={Variable("m"): Literal(2)})
    assert isinstance(found, QuerySolutions)
    return {s.value for row in found if isinstance(s := row["s"], NamedNode)}


@pytest.mark.parametrize("text", WORKS)
def test_where_binding_works(text: str) -> None:
    assert subjects(text) == {"http://e/b"}


@pytest.mark.parametrize("text", LIMITS)
def test_the_documented_limits_of_binding_are_real(text: str) -> None:
    """When these fail, the engine has become better: relax the rules of `kg.catalogue`."""
    assert subjects(text) == {"http://e/a", "http://e/b"}
