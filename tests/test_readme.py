"""The README is true: its commands run and answer as it says, its tables are those of the code.

After a deliberate change of data, queries, commands or settings, write the README's answers and
tables anew with `python -m tests.test_readme`, and read the difference.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import SKOS, Graph, URIRef

from kg.cli import main
from kg.graphs import in_default_graph, is_private
from kg.namespaces import BASE, PREFIXES
from kg.replica import Replica
from kg.settings import SETTINGS, Settings, read_settings
from kg.sources import SOURCES
from kg.store import directory, open_store
from kg.web import create_app
from tests.conftest import ROOT
from tests.test_layers import FILES, LAYERS, unit

README = ROOT / "README.md"
SERVER = "http://localhost:8000"
FIXTURE = ROOT / "tests" / "fixtures" / "enforcementtracker.json"
_FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)

Row = dict[str, str]
Table = list[Row]

pytestmark = pytest.mark.xdist_group("demo")


# ---- reading Markdown


def fences(text: str, language: str) -> list[str]:
    """The contents of the fenced blocks in a language."""
    return [content for kind, _, content in _FENCE.findall(text) if kind == language]


def named_fences(text: str) -> dict[str, str]:
    """The contents of the fenced blocks whose info string ends with a file name."""
    found = [(name, content) for _, name, content in _FENCE.findall(text) if name]
    assert len(dict(found)) == len(found), "a file is shown twice"
    return dict(found)


def cells(line: str) -> list[str]:
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def table(block: str) -> Table:
    head, rule, *rows = block.strip().splitlines()
    assert set(rule) <= set("|-"), rule
    names = cells(head)
    assert all(len(cells(row)) == len(names) for row in rows), head
    return [dict(zip(names, cells(row), strict=True)) for row in rows]


def table_of(text: str, first_column: str) -> Table:
    """The one table whose first column has this name."""
    blocks = [block.group() for block in _TABLE.finditer(text)]
    found = [block for block in blocks if cells(block.splitlines()[0])[0] == first_column]
    assert len(found) == 1, f"{len(found)} tables begin with {first_column}"
    return table(found[0])


def code(cell: str) -> str:
    """The content of a cell that is one piece of code."""
    assert re.fullmatch(r"`[^`]+`", cell), cell
    return cell.strip("`")


def markdown(rows: Table, names: list[str]) -> str:
    lines = [[row[name].replace("|", r"\|") for name in names] for row in rows]
    head, *body = (f"| {' | '.join(line)} |\n" for line in [names, *lines])
    return head + f"|{'---|' * len(names)}\n" + "".join(body)


# ---- running what it shows


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text("utf-8")


@pytest.fixture(scope="module")
def client(demo_replica: Replica, demo_settings: Settings) -> FlaskClient:
    return create_app(demo_replica, demo_settings).test_client()


@pytest.fixture(scope="module")
def trackers(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with records of a tracker, invented ones in its format."""
    url = f"file:{tmp_path_factory.mktemp('trackers') / 'store'}"
    assert "stored" in kg(url, "ingest", str(FIXTURE), "--as-of", "2024-03-31").stderr
    return url


def kg(store: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KG_STORE": store, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "kg.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def curl(client: FlaskClient, arguments: list[str]) -> str:
    """What curl would print: an address, headers, and values of a form (which make it a POST)."""
    headers, form, addresses = {}, {}, []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--header":
            name, _, value = next(waiting).partition(": ")
            headers[name] = value
        elif argument == "--data-urlencode":
            name, _, value = next(waiting).partition("=")
            form[name] = value
        else:
            assert not argument.startswith("-"), f"curl {argument} is not known here"
            addresses.append(argument)
    [address] = addresses
    assert address.startswith(SERVER)
    parts = urlsplit(address)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    answer = client.post(path, data=form, headers=headers) if form else client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def run(command: str, store: str, client: FlaskClient) -> Table:
    program, *arguments = shlex.split(command)
    if program == "curl":
        text = curl(client, arguments)
    else:
        assert program == "kg"
        done = kg(store, *arguments)
        assert done.returncode == 0, done.stderr
        text = done.stdout
    return list(csv.DictReader(io.StringIO(text)))


def examples(text: str) -> list[tuple[str, str]]:
    """The shell commands that a table follows, each with the table's text."""
    found = []
    for fence in _FENCE.finditer(text):
        answer = _TABLE.match(text, fence.end() + 2)
        if answer and fence[1] == "sh":
            found.append((fence[3], answer.group()))
    return found


def left_out(answer: Table, shown: list[str]) -> list[str]:
    """The columns of an answer that are not shown though they say something in words."""
    return [
        name
        for name in answer[0]
        if name not in shown and not all(re.match(r"https?://|$", row[name]) for row in answer)
    ]


def test_three_questions_have_the_answers_shown(readme: str, demo_store: str, client: FlaskClient) -> None:
    found = examples(readme)
    assert [command.split()[0] for command, _ in found] == ["kg", "curl", "curl"]
    for command, block in found:
        shown, answer = table(block), run(command, demo_store, client)
        assert shown, command
        assert [{name: row[name] for name in shown[0]} for row in answer] == shown
        assert left_out(answer, list(shown[0])) == []


def test_a_named_query_answers_alike_on_the_command_line_and_over_http(
    readme: str, demo_store: str, client: FlaskClient
) -> None:
    name = shlex.split(examples(readme)[0][0])[-1]
    over_http = csv.DictReader(io.StringIO(client.get(f"/queries/{name}.csv").text))
    assert list(over_http) == run(f"kg query {name}", demo_store, client)


def test_records_are_found_with_graph_only(readme: str, trackers: str) -> None:
    [command] = [block for block in fences(readme, "sh") if block.startswith("kg query --text")]
    text = shlex.split(command)[-1]
    assert len(kg(trackers, "query", "--text", text).stdout.splitlines()) > 3
    without = text.replace("GRAPH ?graph", "")
    assert without != text
    assert len(kg(trackers, "query", "--text", without).stdout.splitlines()) == 1


def test_why_answers_as_shown(readme: str, demo_store: str) -> None:
    [command] = [block for block in fences(readme, "sh") if block.startswith("kg why ")]
    [shown] = [block for block in fences(readme, "text") if block.startswith(shlex.split(command)[2])]
    assert kg(demo_store, *shlex.split(command)[1:]).stdout == shown


def test_validate_finds_no_violation_in_the_projects_own_cases(readme: str) -> None:
    [command] = [block for block in fences(readme, "sh") if block.startswith("kg validate ")]
    done = kg("memory:", *shlex.split(command)[1:])
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


# ---- graphs, sources, quarantine, exit codes


def row_of(rows: Table, graph: str) -> Row:
    """The one row whose pattern names the graph."""
    local = graph.removeprefix(BASE)
    fitting = [row for row in rows if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", code(row["graph"])), local)]
    assert len(fitting) == 1, graph
    return fitting[0]


def test_every_graph_is_in_the_table_and_where_it_says(readme: str, demo_store: str, trackers: str) -> None:
    rows, met = table_of(readme, "graph"), set[str]()
    for url in (demo_store, trackers):
        with open_store(url, write=False) as store:
            for name in store.graph_names():
                row = row_of(rows, name.value)
                met.add(row["graph"])
                assert (row["in the default graph"] == "yes") is in_default_graph(name.value), name
                assert not is_private(name.value)
    assert met == {row["graph"] for row in rows}


def test_the_sources_are_those_of_the_program_with_their_licences(readme: str) -> None:
    licences = Graph().parse(ROOT / "ontology" / "sources.ttl")
    short = {"by-nc-sa": "CC BY-NC-SA 4.0", "by": "CC BY 4.0"}
    rows = table_of(readme, "source")
    assert {code(row["source"]): code(row["file"]) for row in rows} == {
        s.name: s.suffix for s in SOURCES.values()
    }
    for row in rows:
        node = URIRef(f"{BASE}id/source/{code(row['source'])}")
        stated = str(licences.value(node, URIRef(f"{PREFIXES['dct']}license")))
        assert short[stated.split("/")[4]] == row["licence of its records"]
        assert licences.value(node, SKOS.prefLabel)


def refusal(folder: Path) -> tuple[str, int]:
    """The line that refuses a record of an unknown authority, and the exit code."""
    content = json.loads(FIXTURE.read_text("utf-8"))
    content["data"] = content["data"][:1]
    content["data"][0][3] = "Ministry of Magic"
    (folder / "tracker.json").write_text(json.dumps(content, indent=1), "utf-8")
    done = kg("file:store", "ingest", "tracker.json", "--as-of", "2024-03-31", cwd=folder)
    [line] = [line for line in done.stderr.splitlines() if line.startswith("rejected: ")]
    return line, done.returncode


def test_a_refused_record_is_told_and_kept_as_shown(readme: str, tmp_path: Path) -> None:
    [shown] = [block for block in fences(readme, "text") if block.startswith("rejected: ")]
    line, exit_code = refusal(tmp_path)
    assert (line, exit_code) == (shown.strip(), 1)
    for pattern, suffix in re.findall(r"`(quarantine/\{source\}/\{key\})\.json`.*`\.(\w+)`", readme):
        base = tmp_path / "store" / pattern.format(source="enforcementtracker", key="ETid-9001")
        assert json.loads(base.with_name(base.name + ".json").read_text("utf-8"))["problems"]
        assert list(parse(base.with_name(f"{base.name}.{suffix}").read_bytes(), RdfFormat.TURTLE))
        assert base.with_name(base.name + ".json").stat().st_mode & 0o077 == 0
        break
    else:
        pytest.fail("the README does not say where refused records wait")


def test_exit_codes(readme: str, demo_store: str) -> None:
    meaning = {row["exit code"]: row["meaning"] for row in table_of(readme, "exit code")}
    stated = ", ".join(f"{number} {text}" for number, text in meaning.items())
    assert stated in (main.help or "")
    ran = [
        kg(demo_store, *arguments).returncode for arguments in (["sources"], ["query", "none"], ["quarry"])
    ]
    assert [str(number) for number in ran] == list(meaning)


# ---- tables of the code


def commands() -> Table:
    found = []
    for name, command in main.commands.items():
        _, *arguments = command.collect_usage_pieces(click.Context(command))
        options = [max(p.opts, key=len) for p in command.params if isinstance(p, click.Option)]
        found.append(
            {
                "command": f"`{' '.join(('kg', name, *arguments))}`",
                "what it does": (command.help or "").splitlines()[0],
                "options": ", ".join(f"`{option}`" for option in options),
            }
        )
    return found


def settings() -> Table:
    return [
        {"name": f"`{s.name}`", "default": f"`{s.default}`" if s.default else "none", "meaning": s.help}
        for s in SETTINGS
    ]


def test_the_commands_are_those_of_the_program(readme: str) -> None:
    assert table_of(readme, "command") == commands()
    assert "--store" in {name for option in main.params for name in option.opts}


def test_the_settings_are_those_of_the_program(readme: str) -> None:
    assert table_of(readme, "name") == settings()
    assert set(re.findall(r"KG_[A-Z_]+", readme)) <= {setting.name for setting in SETTINGS}


def test_the_paths_are_those_of_the_server(readme: str, client: FlaskClient) -> None:
    rules = {
        rule.rule.replace("<", "{").replace(">", "}") for rule in client.application.url_map.iter_rules()
    }
    files = {"/static/{path:filename}", "/favicon.ico", "/robots.txt"}
    assert {code(row["path"]) for row in table_of(readme, "path")} == rules - files


def test_what_it_says_of_the_server(readme: str, client: FlaskClient) -> None:
    answer = client.get("/queries/fines-by-country.csv")
    for header in re.findall(r"`(X-[\w-]+|ETag)`", readme):
        assert answer.headers[header]
    for extension in re.findall(
        r"`(\w+)`", next(r["answer"] for r in table_of(readme, "path") if "extension" in r["path"])
    ):
        assert client.get(f"/queries/fines-by-country.{extension}").status_code == 200
    refused = client.get(
        "/sparql", query_string={"query": "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }"}
    )
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_the_layers_are_those_that_are_tested(readme: str) -> None:
    [drawn] = [block for block in fences(readme, "text") if "errors namespaces" in block]
    existing = {unit(path) for path in FILES}
    assert [set(line.split()) for line in reversed(drawn.splitlines())] == [row & existing for row in LAYERS]


# ---- the rest


def test_make_has_the_two_commands(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"(?:`|^)make (\w+)", readme, re.MULTILINE))
    assert named == {"demo", "test"}
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert re.search(r"^PORT \?= (\d+)$", makefile, re.MULTILINE)[1] == SERVER.rpartition(":")[2]  # type: ignore[index]
    assert re.search(r"^DEMO_STORE := (\S+)$", makefile, re.MULTILINE)[1] in readme  # type: ignore[index]


def test_versions_agree(readme: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = project["version"]
    assert f"Python {project['requires-python'].removeprefix('>=')} or newer" in readme
    assert f"{project['name'].replace('-', '_')}-{version}-py3-none-any.whl" in readme
    assert f"*, version {version}," in readme
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "data/README.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_within_the_project_lead_somewhere(name: str) -> None:
    path = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_traces_of_one_machine_or_of_an_issue_tracker(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"(?<![\w.])/(?:work|tmp|home|root|Users)/", text)
    assert not re.search(r"(?<![\w&/])#\d+\b", text)


def test_no_party_shown_is_a_person(readme: str, demo_store: str) -> None:
    with open_store(demo_store, write=False) as store:
        persons = store.query(
            "SELECT ?name { GRAPH ?g { ?p a <https://w3id.org/enforcement-kg/ontology#NaturalPerson> ;"
            " <http://www.w3.org/2004/02/skos/core#prefLabel> ?name } }"
        )
        assert list(persons) == []  # type: ignore[arg-type]


# ---- writing it anew


def replace_table(text: str, first_column: str, rows: Table) -> str:
    def new(match: re.Match[str]) -> str:
        names = cells(match.group().splitlines()[0])
        return markdown(rows, names) if names[0] == first_column else match.group()

    return _TABLE.sub(new, text)


def renew(text: str, answer: Callable[[str], Table], rejected: str) -> str:
    """The README with its answers and the tables of the code as they are now."""
    for command, block in examples(text):
        names = cells(block.splitlines()[0])
        text = text.replace(block, markdown(answer(command), names))
    text = replace_table(replace_table(text, "command", commands()), "name", settings())
    return re.sub(r"^rejected: .*$", lambda _: rejected, text, flags=re.MULTILINE)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        url = f"file:{name}/demo"
        assert kg(url, "ingest", str(ROOT / "data"), "--as-of", "2026-01-01").returncode == 0
        chosen = read_settings({"KG_STORE": url})
        opened = Replica.open(directory(url), chosen)
        browser = create_app(opened, chosen).test_client()
        old = README.read_text("utf-8")
        README.write_text(
            renew(old, lambda command: run(command, url, browser), refusal(Path(name))[0]), "utf-8"
        )
        opened.close()
