"""Pages for people: the first page, the named queries, results as tables, and their JSON."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.catalogue import load_queries
from kg.replica import Replica
from kg.settings import Settings
from kg.web import create_app
from kg.web.pages import FEATURED

HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """Links, form fields with their labels, cells of the tables, and whatever is not allowed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: dict[str, dict[str, str | None]] = {}
        self.labels: set[str] = set()
        self.rows: list[list[str]] = []
        self.scripts = 0
        self.inline: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "script":
            self.scripts += 1
            self.inline += [] if (given.get("src") or "").startswith("/static/") else ["script"]
        if tag in ("input", "textarea", "select"):
            self.fields[given["id"] or ""] = given
        if tag == "label":
            self.labels.add(given["for"] or "")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and ("td" in self.open or "th" in self.open):
            self.rows[-1][-1] += data


def page(client: FlaskClient, path: str, status: int = 200) -> Page:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "text/html"
    return Page(answer.text)


def sparql(query: str) -> str:
    return f"/sparql?query={quote(query)}"


def test_first_page_counts_what_is_there(client: FlaskClient, replica: Replica) -> None:
    document: dict[str, Any] = client.get("/", headers={"Accept": "application/json"}).get_json()
    assert document["version"] == replica.version
    assert document["counts"] == {"decisions": 4, "findings": 3, "authorities": 4, "records": 3}
    assert [(s["label"], s["records"]) for s in document["sources"]] == [("A tracker", 2), ("A wiki", 1)]
    text = client.get("/", headers=HTML).text
    assert str(replica.version) in text
    assert "creativecommons.org/licenses/by-nc-sa/4.0/" in text


def test_every_own_link_of_every_page_leads_somewhere(client: FlaskClient) -> None:
    seen = {"/"}
    queue = ["/"]
    while queue:
        for link in page(client, queue.pop()).links:
            path = link.partition("#")[0]
            if path.startswith("/") and not path.startswith("/id/") and path not in seen:
                seen.add(path)
                answer = client.get(path, headers=HTML)
                assert answer.status_code == 200, path
                if answer.mimetype == "text/html":
                    queue.append(path)
    assert {"/sparql", "/queries", "/queries/by-authority", "/queries/by-authority.csv"} <= seen


def test_pages_need_nothing_from_elsewhere_and_no_inline_code(client: FlaskClient) -> None:
    for path in ("/", "/sparql", "/queries", "/queries/since", sparql("ASK {}"), "/nothing"):
        answer = client.get(path, headers=HTML)
        assert Page(answer.text).inline == []
        assert re.findall(r'(?:src|<link[^>]* href)="(?!/)', answer.text) == []


def test_every_field_has_a_label(client: FlaskClient) -> None:
    for path in ("/sparql", "/queries/since", sparql("ASK {}")):
        found = page(client, path)
        assert found.fields
        assert set(found.fields) <= found.labels


def test_results_as_a_table(client: FlaskClient) -> None:
    enf = "PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>"
    found = page(client, sparql(f"{enf} SELECT ?d ?x ?nothing {{ ?d enf:officialNumber ?x }} ORDER BY ?x"))
    assert found.rows[0] == ["d", "x", "nothing"]
    assert [row[1] for row in found.rows[1:4]] == ["35/2022", "9751362", "SAN-2022-019"]
    assert found.rows[1][2] == "–"
    assert "/id/decision/fr-cnil/SAN-2022-019" in found.links
    downloads = [link for link in found.links if "format=" in link]
    assert {client.get(link).mimetype for link in downloads} == {
        "text/csv",
        "text/tab-separated-values",
        "application/sparql-results+json",
        "application/sparql-results+xml",
    }


def test_a_graph_as_a_table(client: FlaskClient) -> None:
    found = page(
        client, sparql("CONSTRUCT WHERE { ?d <https://w3id.org/enforcement-kg/ontology#decisionDate> ?x }")
    )
    assert found.rows[0] == ["subject", "predicate", "object"]
    assert len(found.rows) >= 5
    assert any("format=turtle" in link for link in found.links)


@pytest.mark.parametrize(("query", "shown"), [("ASK {}", "true"), ("ASK { FILTER(false) }", "false")])
def test_ask_as_a_page(client: FlaskClient, query: str, shown: str) -> None:
    assert f"The answer is <strong>{shown}</strong>" in client.get(sparql(query), headers=HTML).text


def test_a_long_table_says_what_it_leaves_out(client: FlaskClient) -> None:
    values = " ".join(map(str, range(1500)))
    answer = client.get(sparql(f"SELECT ?x {{ VALUES ?x {{ {values} }} }}"), headers=HTML)
    assert "The first 1,000 of 1,500 rows" in answer.text
    assert answer.headers["X-Result-Rows"] == "1500"
    download = next(link for link in Page(answer.text).links if link.endswith("format=csv"))
    assert client.get(download).text.count("\n") == 1501


def test_markup_in_data_and_queries_is_text(client: FlaskClient) -> None:
    enf = "<https://w3id.org/enforcement-kg/ontology#Decision>"
    literal = page(client, sparql(f"SELECT ?v {{ ?s a {enf} ; ?p ?v FILTER(ISLITERAL(?v)) }}"))
    assert literal.scripts == 1
    assert any("<script>alert" in cell for row in literal.rows for cell in row)
    iris = page(client, sparql("SELECT ?o { ?s <http://www.w3.org/2000/01/rdf-schema#seeAlso> ?o }"))
    assert [link for link in iris.links if not link.startswith(("/", "#", "http"))] == []
    assert "https://ico.org.uk/" in iris.links
    broken = page(client, sparql("</textarea><script>alert(1)</script>"), status=400)
    assert broken.scripts == 1
    answer = client.get("/%3Cscript%3Ealert(1)%3C/script%3E", headers=HTML)
    assert answer.status_code == 404
    assert "<script>" not in answer.text
    name = client.get("/queries/%3Cscript%3E", headers=HTML)
    assert name.status_code == 404
    assert "<script>" not in name.text


def test_markup_for_machines_is_never_sniffed_as_html(client: FlaskClient) -> None:
    for accept in ("text/csv", "application/sparql-results+json", "application/sparql-results+xml"):
        answer = client.get(sparql('SELECT ("<script>" AS ?script) {}'), headers={"Accept": accept})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == accept


def test_a_syntax_error_keeps_the_query(client: FlaskClient) -> None:
    answer = client.get(sparql("SELECT ?a {\n  ?a ?b }"), headers=HTML)
    assert answer.status_code == 400
    assert "Line 2, column" in answer.text
    excerpt = re.search(r"<pre><code>(.*?)</code></pre>", answer.text, re.DOTALL)
    assert excerpt is not None
    text, mark = excerpt[1].split("\n")
    assert (text, mark.strip()) == ("  ?a ?b }", "^")
    assert "SELECT ?a {\n  ?a ?b }</textarea>" in answer.text


def test_an_example_is_loaded_into_the_editor(client: FlaskClient) -> None:
    assert "COUNT(DISTINCT ?decision)" in client.get("/sparql?example=by-authority", headers=HTML).text


def test_catalogue(client: FlaskClient) -> None:
    listed = client.get("/queries?format=json").get_json()["queries"]
    assert [q["name"] for q in listed] == ["by-authority", "dates", "of-authority", "since"]
    since = listed[3]["parameters"][0]
    assert (since["name"], since["type"], since["default"]) == ("since", "date", "2022-01-01")
    text = client.get("/queries", headers=HTML).text
    assert "Decisions since a day" in text


@pytest.mark.parametrize(
    ("path", "mimetype", "rows"),
    [
        ("/queries/by-authority.csv", "text/csv", 4),
        ("/queries/by-authority.tsv", "text/tab-separated-values", 4),
        ("/queries/by-authority.json", "application/sparql-results+json", 4),
        ("/queries/by-authority.xml", "application/sparql-results+xml", 4),
        ("/queries/by-authority.html", "text/html", 4),
        ("/queries/by-authority", "application/sparql-results+json", 4),
        ("/queries/dates.ttl", "text/turtle", 4),
        ("/queries/dates.jsonld", "application/ld+json", 4),
        ("/queries/since.csv", "text/csv", 4),
        ("/queries/since.csv?since=2022-06-01", "text/csv", 2),
        ("/queries/since.csv?since=2022-06-01&authority=authority:gr-dpa", "text/csv", 1),
        ("/queries/since.csv?since=&authority=", "text/csv", 4),
        ("/queries/of-authority.csv?authority=authority:fr-cnil", "text/csv", 1),
    ],
)
def test_named_queries(client: FlaskClient, path: str, mimetype: str, rows: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, mimetype), answer.text
    assert answer.headers["X-Result-Rows"] == str(rows)
    assert "ETag" in answer.headers


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/queries/by-autority.csv", 404, "by-autority"),
        ("/queries/by-authority.xls", 404, ".csv"),
        ("/queries/by-authority.ttl", 406, ""),
        ("/queries/dates.csv", 406, ""),
        ("/queries/since.csv?sinse=2022-06-01", 400, "sinse"),
        ("/queries/since.csv?since=yesterday", 400, "since"),
        ("/queries/since.csv?since=2022-01-01&since=2023-01-01", 400, "since"),
        ("/queries/since.csv?authority=x%3E%20%7D%20UNION%20%7B", 400, "authority"),
        ("/queries/since.csv?since=%FF", 400, "UTF-8"),
        ("/queries/of-authority.csv", 400, "authority"),
    ],
)
def test_named_queries_refuse(client: FlaskClient, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert said in answer.get_json()["detail"]


def test_an_unknown_query_suggests_the_nearest(client: FlaskClient) -> None:
    assert client.get("/queries/by-autority.csv").get_json()["nearest"][0] == "by-authority"
    assert "/queries/by-authority" in page(client, "/queries/by-autority", status=404).links


def test_parameters_as_a_form(client: FlaskClient) -> None:
    found = page(client, "/queries/since?since=2022-06-01&authority=")
    assert found.fields["p-since"]["value"] == "2022-06-01"
    assert "/queries/since.csv?since=2022-06-01" in found.links
    wrong = client.get("/queries/since?authority=nowhere", headers=HTML)
    assert wrong.status_code == 400
    assert 'value="nowhere"' in wrong.text
    assert "X-Result-Rows" not in client.get("/queries/of-authority", headers=HTML).headers


def test_the_library_has_what_the_first_page_begins_with() -> None:
    assert set(FEATURED) <= set(load_queries())


def test_small_files(client: FlaskClient) -> None:
    assert client.get("/robots.txt").text.startswith("User-agent: *")
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"
    assert client.get("/static/style.css").mimetype == "text/css"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/static/nothing",
        "/static/../__init__.py",
        "/queries/a/b",
        "//sparql/x",
        "/.env",
        "/CURRENT",
        "/%FF",
        "/%00",
        "/id/x%3E%20%7D%20UNION",
    ],
)
def test_not_found_everywhere_alike(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.get_json()["type"].endswith("/problem/not-found")
    assert "Accept" in answer.vary


def test_health(client: FlaskClient, replica: Replica) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").get_json() == {"ready": True, "version": replica.version}


def test_an_unknown_error_is_told_to_the_log_only(
    replica: Replica, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    query = "SELECT * { ?secret ?p ?o }"

    def fail() -> str:
        raise RuntimeError(query) from ValueError(query)

    app = create_app(replica, settings, {})
    app.add_url_rule("/fault", view_func=fail)
    answer = app.test_client().get("/fault")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "in fail" in caplog.text
    assert "secret" not in caplog.text
