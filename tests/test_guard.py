"""The scan before the parser: what it refuses, what it must let through, and how fast."""

from __future__ import annotations

import random
import time

import pytest
from pyoxigraph import Store

from kg.errors import FederationRefused, InvalidQuery, KGError, TooLarge
from kg.guard import check_query

LIMIT = 65_536
HERE = "<http://127.0.0.1:1/>"  # the engine refuses this port before it opens a socket
PREFIXES = (
    "PREFIX : <http://127.0.0.1:1/> PREFIX x: <http://127.0.0.1:1/x> PREFIX SERVICE: <http://127.0.0.1:1/> "
)

FEDERATED = [
    f"SELECT * {{ SERVICE {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SeRvIcE SILENT {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICE{HERE}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICE # comment\n {HERE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ # ' \n SERVICE {HERE} {{ ?s ?p ?o }} }}",
    "SELECT * { SERVICE :a { ?s ?p ?o } }",
    "SELECT * { SERVICE:a { ?s ?p ?o } }",
    "SELECT * { SERVICEx:a # comment\n { ?s ?p ?o } }",
    "SELECT * { SERVICE ?g { ?s ?p ?o } }",
    f"ASK {{ FILTER EXISTS {{ SERVICE {HERE} {{}} }} }}",
    f"ASK {{ ?s ?p true.SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p trueSERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p 1e1SERVICE {HERE} {{}} }}",
    f'ASK {{ ?s ?p "a"SERVICE {HERE} {{}} }}',
    f'ASK {{ ?s ?p "a"@en.SERVICE {HERE} {{}} }}',
    f"ASK {{ ?s ?p '''it's''' SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p 'a\\'' SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p ?o FILTER(1<2) SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p ?o FILTER(?s<?p#>\n) SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s ?p ?o FILTER(?s<'x#>') SERVICE {HERE} {{}} }}",
    f"ASK {{ ?s <x:#> ?o . SERVICE {HERE} {{}} }}",
    f"ASK {{ SERV\\u0049CE {HERE} {{}} }}",
]


@pytest.mark.parametrize("query", FEDERATED)
def test_federation_is_refused(query: str) -> None:
    with pytest.raises(FederationRefused, match="opens no connections"):
        check_query(PREFIXES + query, max_bytes=LIMIT)


HARMLESS = [
    "SELECT * { ?s ?p 'SERVICE <http://x/> {}' }",
    'SELECT * { ?s ?p "a\\" SERVICE" }',
    'SELECT * { ?s ?p """ " SERVICE "" """ }',
    "SELECT * { ?s ?p ''' SERVICE '' ''' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://x/> {}",
    "SELECT * { ?s <http://x/SERVICE> ?o }",
    "SELECT * { ?s <http://x/#SERVICE> ?o }",
    "SELECT ?service { ?service ?p $SERVICE }",
    "PREFIX service: <x:> SELECT * { ?s a service:Thing ; service:p service:q . }",
    "PREFIX service: <x:> SELECT * { GRAPH service:g { ?s ?p ?o } }",
    "PREFIX x: <x:> SELECT * { ?s x:SERVICE ?o . x:a.SERVICE ?p ?o }",
    "SELECT * { _:service ?p ?o }",
    'SELECT * { ?s ?p "x"@service }',
    "SELECT * { ?s ?p ?o FILTER(?o<5 && ?o>1) }",
    "BASE <http://x/> PREFIX insert: <y#> DESCRIBE <load>",
    "SELECT ?insert { ?delete <http://x/drop> 'CLEAR' }",
    "SELECT * { " + "?s ?p (1 2) . " * 300 + "}",
    "SELECT * { VALUES ?x { " + "<http://en.wikipedia.org/wiki/A_(b)#c> " * 300 + "} }",
    "SELECT * {" + "{" * 100 + "}" * 100 + "}",
    "SELECT * { ?s ?p << <http://a/b#c> ?p ?o >> , <<<http://a/b> ?p ?o>> }",
    "SELECT * { FILTER(" + "&&".join(f"?a{n}<<http://x/>" for n in range(300)) + ") }",
]


@pytest.mark.parametrize("query", HARMLESS)
def test_harmless_queries_pass(query: str) -> None:
    check_query(query, max_bytes=LIMIT)


FRAGMENTS = [
    "SERVICE", "SERVICE:a", "SERVICEx:a", "service ", "SILENT ", HERE, ":a", "x:b.", "?s", "{", "}",
    "{?s ?p ?o}", " ", "\n", "#>\n", "# c\n", "'", "'a'", '"b"', '"""c"""', "true", "1", "1.", "1e1", ".",
    "FILTER(", "FILTER(?s<", "<?p#>", "<?p", ">", "<", ")", "(", " ?s ?p ", " ?o ", "a ", "@en", "_:b ",
    "GRAPH ", "<x:#>", "<x:'>", ";", ",", "OPTIONAL", "UNION", "BIND(", "AS ?z)", "&&", "=", "!",
    "<<", ">>", "MINUS",
]  # fmt: skip
FRAMES = [
    "SELECT * { %s }", "ASK { ?s ?p ?o FILTER(?s%s) }", "ASK { ?s ?p %s SERVICE :a {?s ?p ?o} }",
    "ASK { %s SERVICE:a {} }", "ASK { ?s ?p ?o FILTER(1<%s\n) SERVICE :a {} }",
    "ASK { ?s ?p ?o FILTER(?s<?p#>\n)%s }",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_what_the_engine_would_send_out_is_refused(seed: int) -> None:
    """Against the engine itself: no text that it evaluates as federated gets through."""
    chance, store, federated = random.Random(seed), Store(), 0
    for _ in range(15_000):
        body = "".join(chance.choice(FRAGMENTS) for _ in range(chance.randint(1, 6)))
        query = PREFIXES + chance.choice(FRAMES).replace("%s", body)
        try:
            store.query(query)
        except OSError:
            federated += 1
            with pytest.raises(KGError):
                check_query(query, max_bytes=LIMIT)
        except (SyntaxError, RuntimeError):
            continue
    assert federated > 20


UPDATES = ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "insert"]


@pytest.mark.parametrize("word", UPDATES)
@pytest.mark.parametrize("before", ["", "# c\n", "BASE <x:> PREFIX a: <x:#> ", "PREFIX select: <x:> "])
def test_updates_are_refused_in_words(word: str, before: str) -> None:
    with pytest.raises(InvalidQuery, match="read-only") as caught:
        check_query(f"{before}{word} DATA {{ <x:a> <x:b> <x:c> }}", max_bytes=LIMIT)
    assert caught.value.line == before.count("\n") + 1


@pytest.mark.parametrize("code", [0, 0xD800, 0xDFFF])
def test_characters_that_are_no_text(code: int) -> None:
    with pytest.raises(InvalidQuery, match="U\\+") as caught:
        check_query(f'ASK {{\n ?s ?p "{chr(code)}" }}', max_bytes=LIMIT)
    assert (caught.value.line, caught.value.column) == (2, 9)


def test_a_byte_order_mark_is_refused_at_the_start_only() -> None:
    with pytest.raises(InvalidQuery, match="U\\+FEFF"):
        check_query("\ufeffASK {}", max_bytes=LIMIT)
    check_query('ASK { ?s ?p "\ufeff" }', max_bytes=LIMIT)


def test_length_is_counted_in_bytes() -> None:
    check_query("ASK {} #é", max_bytes=10)
    with pytest.raises(TooLarge):
        check_query("ASK {} #é", max_bytes=9)


BOMBS = {
    "braces": "ASK " + "{" * 60_000,
    "parentheses": "ASK { FILTER(" + "(" * 60_000,
    "brackets": "ASK { ?s ?p " + "[ ?p " * 10_000,
    "terms": "ASK { BIND(" + "(" * 300 + "1" + ")" * 300 + " AS ?x) }",
    "triple terms": "ASK { ?s ?p " + "<< ?s ?p " * 5_000,
    "triple terms in parentheses": "ASK { ?s ?p " + "<<( ?s ?p " * 5_000,
    "optional": "ASK {" + "OPTIONAL {" * 5_000,
    "sub-select": "ASK {" + "{SELECT * " * 5_000,
    "functions": "ASK { BIND(" + "STR(" * 15_000,
    "not": "ASK { FILTER(" + "!" * 60_000,
    "minus": "ASK { FILTER(" + "- " * 30_000,
    "inverse": "ASK { ?s " + "^" * 60_000,
    "hidden in what looks like an IRI": "ASK { FILTER(1<" + "(" * 300 + "1" + ")" * 300 + ">0) }",
}


@pytest.mark.parametrize("name", BOMBS)
def test_depth_bombs_are_refused_at_once(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidQuery, match="nested deeper than 128") as caught:
        check_query(BOMBS[name], max_bytes=LIMIT)
    assert caught.value.line == 1
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    "text",
    ["1 " * 32_000, "a." * 32_000, '"""' + '\\"""' * 16_000, "<#>" * 21_000, "<'>" * 21_000, "#" * 65_000,
     "<a" * 32_000, "<'''>" * 13_000, "<#\n>" * 16_000, "a:b" + "." * 65_000, "a:" + "%41" * 21_000,
     "<(>" * 21_000, "<#>\r" * 16_000, "\\u0041" * 10_000, "'" * 65_000, "x:" + ".a" * 32_000,
     "_:" + "." * 65_000],
    ids=range(17),
)  # fmt: skip
def test_the_scan_is_linear(text: str) -> None:
    started = time.perf_counter()
    check_query(text, max_bytes=LIMIT)
    assert time.perf_counter() - started < 1
