"""The command line as a person uses it: exit codes, streams, clear lines, help that is true."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse

from kg.cli import main
from tests.conftest import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the project's own cases."""
    url = f"file:{tmp_path_factory.mktemp('cli') / 'store'}"
    done = kg(url, "ingest", str(ROOT / "data"))
    assert done.returncode == 0, done.stderr
    return url


def kg(store: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli", "--store", store, *arguments]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, cwd=ROOT)


def test_ingest_sums_up_on_standard_error(store: str) -> None:
    again = kg(store, "ingest", str(ROOT / "data"))
    assert again.returncode == 0
    assert again.stdout == ""
    assert re.search(r"curated: \d+ unchanged", again.stderr)


def test_a_refusal_is_one_plain_line_and_exit_code_1(store: str, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "fixtures" / "enforcementtracker.json").read_text("utf-8")
    rows = json.loads(text)
    rows["data"] = rows["data"][:1]
    rows["data"][0][3] = "Ministry of Magic"
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(rows, indent=1), "utf-8")
    done = kg(f"file:{tmp_path / 'store'}", "ingest", str(path), "--as-of", "2026-01-01")
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if line.startswith("rejected:")]
    for part in (
        str(path),
        "enforcementtracker",
        rows["data"][0][1],
        "authority",
        "Ministry of Magic",
        "fix:",
    ):
        assert part in line


def test_dry_run_leaves_no_store(tmp_path: Path) -> None:
    done = kg(f"file:{tmp_path / 'store'}", "ingest", "--dry-run", str(ROOT / "data"))
    assert done.returncode == 0, done.stderr
    assert "nothing was written" in done.stderr
    assert not (tmp_path / "store").exists()


def test_dry_run_looks_at_what_is_stored_and_leaves_it(store: str) -> None:
    done = kg(store, "ingest", "--dry-run", str(ROOT / "data"))
    assert done.returncode == 0, done.stderr
    assert re.search(r"curated: \d+ unchanged", done.stderr)


def test_query_lists_runs_and_suggests(store: str) -> None:
    assert "largest-fines" in kg(store, "query").stdout
    answer = kg(store, "query", "largest-fines", "--format", "json")
    assert json.loads(answer.stdout)["results"]["bindings"]
    wrong = kg(store, "query", "largest-fine")
    assert wrong.returncode == 1
    assert "largest-fines" in wrong.stderr
    assert wrong.stdout == ""


def test_query_text_and_its_errors(store: str) -> None:
    asked = kg(
        store,
        "query",
        "--text",
        "-",
        stdin="SELECT (COUNT(*) AS ?n) { ?d a <https://w3id.org/enforcement-kg/ontology#SanctionDecision> }",
    )
    assert int(asked.stdout.splitlines()[1]) > 5
    broken = kg(store, "query", "--text", "SELECT * {\n ?s ?p }")
    assert broken.returncode == 1
    assert "line 2" in broken.stderr
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize("form", ["turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml"])
def test_dumps_are_byte_identical(store: str, tmp_path: Path, form: str) -> None:
    other = f"file:{tmp_path / 'other'}"
    kinds = ("*.yaml", "*.ttl")
    files = [str(path) for kind in kinds for path in sorted((ROOT / "data").glob(kind), reverse=True)]
    assert kg(other, "ingest", *files).returncode == 0
    for part in ("asserted", "inferred"):
        outputs: list[bytes] = []
        for url in (store, other):
            path = tmp_path / f"{part}-{len(outputs)}"
            assert kg(url, "dump", "--format", form, "--part", part, "--output", str(path)).returncode == 0
            outputs.append(path.read_bytes())
        assert outputs[0] == outputs[1]
        assert outputs[0]


def test_asserted_and_inferred_are_apart(store: str) -> None:
    asserted, inferred = (
        {
            str(quad.triple)
            for quad in parse(kg(store, "dump", "-f", "nquads", "--part", part).stdout, RdfFormat.N_QUADS)
        }
        for part in ("asserted", "inferred")
    )
    assert asserted
    assert inferred
    assert not asserted & inferred


def test_second_writer_is_refused_by_name(store: str, tmp_path: Path) -> None:
    from kg.store import open_store

    with open_store(store, write=True):
        done = kg(store, "ingest", str(ROOT / "data"))
    assert done.returncode == 1
    assert "Store unavailable" in done.stderr


def test_a_bad_setting_names_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", "query"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"KG_WORKERS": "many", "PATH": ""},
    )
    assert done.returncode == 1
    assert "KG_WORKERS" in done.stderr


def test_an_unwritable_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = kg(f"file:{tmp_path / 'file' / 'store'}", "ingest", str(ROOT / "data"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Store unavailable" in done.stderr


def commands() -> list[str]:
    return sorted(main.commands)


@pytest.mark.parametrize("name", commands())
def test_every_help_has_an_example(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"Example: kg {name}" in result.output


def test_a_taken_port_is_one_clear_line(store: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = kg(store, "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "cannot listen on 127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_each_error_of_a_case_names_its_own_line(tmp_path: Path) -> None:
    text = (ROOT / "data" / "clearview-fr.yaml").read_text("utf-8")
    broken = text.replace("gdpr 31", "gdpr 131", 1)
    line = next(n for n, row in enumerate(broken.splitlines(), start=1) if "gdpr 131" in row)
    path = tmp_path / "case.yaml"
    path.write_text(broken, "utf-8")
    done = kg(f"file:{tmp_path / 'store'}", "ingest", str(path))
    assert done.returncode == 1
    assert f"{path}:{line}: curated" in done.stderr
    assert "GDPR has no article 131" in done.stderr


def test_validate_says_what_where_why_and_how(tmp_path: Path) -> None:
    example = ROOT / "ontology" / "examples" / "C001a" / "violates.ttl"
    done = kg("memory:", "validate", str(example), "--as-of", "2026-01-01")
    assert done.returncode == 1
    assert done.stdout.startswith(f"Violation [1a] {example}")
    assert [word for word in ("what:", "where:", "why:", "mend:") if word not in done.stdout] == []
    assert "Violation [1a]" in done.stderr
    assert "1 to mend" in done.stderr
    french = kg("memory:", "validate", str(example), "--as-of", "2026-01-01", "--lang", "fr")
    assert "remède" in french.stdout


def test_validate_without_paths_is_of_the_store(store: str) -> None:
    done = kg(store, "validate", "--as-of", "2026-01-01", "--severity", "Violation")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Warning [109]" in done.stderr
    nowhere = kg(f"{store}-none", "validate")
    assert nowhere.returncode == 1
    assert "Store unavailable" in nowhere.stderr


@pytest.mark.parametrize("severity", ["Violation", "Warning", "Info"])
def test_validate_reports_in_rdf_and_json_have_the_same_results(severity: str) -> None:
    arguments = ("validate", "data/google-fr.yaml", "--as-of", "2026-01-01", "--severity", severity)
    shown = json.loads(kg("memory:", *arguments, "--format", "json").stdout)
    assert {item["severity"] for item in shown} <= {"Violation", "Warning", "Info"}
    for form, parser in (("turtle", RdfFormat.TURTLE), ("jsonld", RdfFormat.JSON_LD)):
        done = kg("memory:", *arguments, "--format", form)
        assert done.returncode == 0, done.stderr
        results = [
            quad for quad in parse(done.stdout, parser) if quad.predicate.value.endswith("shacl#result")
        ]
        assert len(results) == len(shown)
    assert bool(shown) == (severity != "Violation")


def test_validate_with_a_bad_option_is_bad_usage() -> None:
    assert kg("memory:", "validate", "data", "--severity", "Awful").returncode == 2


def test_why_prints_axiom_facts_and_graphs(store: str) -> None:
    done = kg(store, "why", "id:decision/fr-cnil/SAN-2022-019", "enf:issuedBy", "id:authority/fr-cnil")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "id:decision/fr-cnil/SAN-2022-019 enf:issuedBy id:authority/fr-cnil",
        "  by enf:issuedBy owl:propertyChainAxiom ( enf:issuedBy org:unitOf ) (issued by), from",
        "    id:decision/fr-cnil/SAN-2022-019 enf:issuedBy id:authority/fr-cnil/restricted-committee",
        "      stated in graph:decision/fr-cnil/SAN-2022-019",
        "    id:authority/fr-cnil/restricted-committee org:unitOf id:authority/fr-cnil",
        "      stated in graph:authorities",
    ]


def test_why_is_the_same_each_time_and_in_json(store: str) -> None:
    subject = "https://w3id.org/enforcement-kg/id/decision/fr-cnil/SAN-2022-019/measure/1"
    first, second = (kg(store, "why", subject, "--format", "json") for _ in range(2))
    assert first.stdout == second.stdout
    assert any(item["object"].endswith("#ImposedFine>") for item in json.loads(first.stdout))


def test_why_of_what_is_not_there_and_of_what_is_no_term(store: str) -> None:
    missing = kg(store, "why", "id:decision/fr-cnil/SAN-2022-019", "a", "enf:Court")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "Not found" in missing.stderr
    for wrong in ("no such term", '"a literal"', "nope:x", "http://exa mple"):
        done = kg(store, "why", wrong)
        assert done.returncode == 2, wrong
        assert "Traceback" not in done.stderr
