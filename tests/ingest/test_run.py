"""Every record is stored, unchanged, refused with a reason, or reported as unsupported."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.errors import InvalidInput
from kg.ingest import Options, Outcome, run
from kg.iris import Iris
from kg.namespaces import iri
from kg.release import quads_of
from kg.store import Store, open_store
from tests.conftest import ROOT
from tests.ingest.conftest import AS_OF, row

Tracker = Callable[..., Path]
Ingest = Callable[..., list[Outcome]]
IRIS = Iris()


@contextmanager
def reading(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"file:{tmp_path / 'store'}", write=False) as store:
        yield store


def kinds(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(outcome.kind for outcome in outcomes))


def content(tmp_path: Path) -> list[str]:
    with reading(tmp_path) as store:
        return [
            str(quad)
            for part in ("asserted", "inferred")
            for quad in quads_of(store, part, public_only=False)
        ]


def test_a_record_is_stored_in_a_graph_of_its_own(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    assert kinds(ingest(tracker(row(1)))) == {"stored": 1}
    with reading(tmp_path) as store:
        graph = IRIS.record_graph("enforcementtracker", "ETid-1")
        assert list(store.quads(graph))
        assert list(store.quads(IRIS.graph("inferred", "enforcementtracker", "ETid-1")))
        rows = store.query(
            "SELECT ?p WHERE { GRAPH ?g { ?f <https://w3id.org/enforcement-kg/ontology#underProvision> ?p } }"
        )
        found = {solution["p"] for solution in rows}  # type: ignore[union-attr]
        assert IRIS.provision("eu/reg/2016/679", "art_5") in found


def test_the_model_is_in_the_store_and_the_inferences_apart(
    tracker: Tracker, ingest: Ingest, tmp_path: Path
) -> None:
    ingest(tracker(row(1)))
    with reading(tmp_path) as store:
        names = {name.value.rpartition("/graph/")[2] for name in store.graph_names()}
        assert {"ontology", "schemes", "law", "authorities", "meta", "inferred", "provenance"} <= names
        assert not set(store.quads(IRIS.graph("inferred"))) & set(store.quads(IRIS.graph("law")))


def test_ingesting_again_changes_nothing(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    path = tracker(row(1), row(2))
    ingest(path)
    before = content(tmp_path)
    with reading(tmp_path):
        version = (tmp_path / "store" / "CURRENT").read_text()
    assert kinds(ingest(path)) == {"unchanged": 2}
    assert content(tmp_path) == before
    assert (tmp_path / "store" / "CURRENT").read_text() == version


def test_a_changed_record_replaces_its_graph(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    ingest(tracker(row(1), row(2)))
    assert kinds(ingest(tracker(row(1, amount="15,000", provisions="Art. 6 GDPR"), row(2)))) == {
        "stored": 1,
        "unchanged": 1,
    }
    with reading(tmp_path) as store:
        text = "\n".join(map(str, store.quads(IRIS.record_graph("enforcementtracker", "ETid-1"))))
        assert "15,000" in text
        assert "12,000" not in text
        inferred = "\n".join(map(str, store.quads(IRIS.graph("inferred", "enforcementtracker", "ETid-1"))))
        assert "art_6" in inferred
        assert "art_32" not in inferred


def test_the_order_of_files_and_processes_does_not_show(
    tracker: Tracker, ingest: Ingest, tmp_path: Path
) -> None:
    rows = [row(number, amount=f"{number},000") for number in range(1, 200)]
    assert kinds(ingest(tracker(*rows), processes=2)) == {"stored": 199}
    first = content(tmp_path)
    (tmp_path / "store").rename(tmp_path / "first")
    ingest(tracker(*reversed(rows)), processes=1)
    assert content(tmp_path) == first


def test_dry_run_says_the_same_and_writes_nothing(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    path = tracker(row(1), row(2, authority="Nobody at all"))
    outcomes = ingest(path, dry_run=True)
    assert kinds(outcomes) == {"stored": 1, "rejected": 1}
    assert not (tmp_path / "store" / "CURRENT").exists()
    assert not (tmp_path / "quarantine").exists()
    assert kinds(ingest(path)) == {"stored": 1, "rejected": 1}


def test_a_refused_record_waits_in_quarantine_with_its_report(
    tracker: Tracker, ingest: Ingest, tmp_path: Path
) -> None:
    [outcome] = ingest(tracker(row(7, authority="Ministry of Magic")))
    assert outcome.kind == "rejected"
    line = outcome.problems[0].text()
    assert outcome.key in outcome.place()
    assert str(outcome.line) in outcome.place()
    assert "authority" in line
    assert "Ministry of Magic" in line
    assert "fix:" in line
    kept = json.loads((tmp_path / "quarantine" / "enforcementtracker" / "ETid-7.json").read_text("utf-8"))
    assert kept["record"]["fields"]["authority"] == "Ministry of Magic"
    report = (tmp_path / "quarantine" / "enforcementtracker" / "ETid-7.ttl").read_text("utf-8")
    assert any(q.predicate == iri("sh:conforms") for q in parse(report, RdfFormat.TURTLE))
    with reading(tmp_path) as store:
        assert not list(store.quads(IRIS.record_graph("enforcementtracker", "ETid-7")))
        assert list(store.quads(IRIS.graph("quality", "enforcementtracker", "ETid-7")))


def test_a_mended_record_leaves_quarantine(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    ingest(tracker(row(7, authority="Ministry of Magic")))
    assert kinds(ingest(tracker(row(7)))) == {"stored": 1}
    assert not list((tmp_path / "quarantine").rglob("*.json"))
    with reading(tmp_path) as store:
        assert not list(store.quads(IRIS.graph("quality", "enforcementtracker", "ETid-7")))


def test_a_bad_new_version_keeps_the_good_old_one(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    ingest(tracker(row(1)))
    assert kinds(ingest(tracker(row(1, authority="Ministry of Magic")))) == {"rejected": 1}
    with reading(tmp_path) as store:
        assert list(store.quads(IRIS.record_graph("enforcementtracker", "ETid-1")))


def test_two_records_with_one_key(tracker: Tracker, ingest: Ingest) -> None:
    outcomes = ingest(tracker(row(1), row(1), row(1, amount="99,000")))
    assert kinds(outcomes) == {"stored": 1, "unchanged": 1, "rejected": 1}
    [refused] = [outcome for outcome in outcomes if outcome.kind == "rejected"]
    assert "one key" in refused.problems[0].rule
    assert "tracker.json:3" in refused.problems[0].rule


@pytest.mark.parametrize(
    ("changes", "field", "verbatim"),
    [
        ({"decided": "2019-02-31"}, "decided", "2019-02-31"),
        ({"amount": "-3"}, "amount", "-3"),
        ({"amount": "20,000 and 30,000"}, "amount", "20,000 and 30,000"),
        ({"provisions": "Art. 100 GDPR"}, "provisions", "Art. 100 GDPR"),
        ({"provisions": "Art. 5 (1) z) GDPR"}, "provisions", "Art. 5 (1) z) GDPR"),
    ],
)
def test_what_is_not_understood_is_kept_as_written(
    tracker: Tracker, ingest: Ingest, tmp_path: Path, changes: dict[str, str], field: str, verbatim: str
) -> None:
    [outcome] = ingest(tracker(row(1, **changes)))
    assert outcome.kind == "stored"
    assert [(item.field, item.verbatim) for item in outcome.kept] == [(field, verbatim)]
    with reading(tmp_path) as store:
        text = "\n".join(map(str, store.quads(IRIS.record_graph("enforcementtracker", "ETid-1"))))
        assert verbatim in text


def test_files_that_cannot_be_read_do_not_stop_the_others(
    tracker: Tracker, ingest: Ingest, tmp_path: Path
) -> None:
    good = tracker(row(1))
    truncated = tmp_path / "truncated.json"
    truncated.write_text(tracker(row(2), row(3), name="whole.json").read_text()[:-200])
    (tmp_path / "whole.json").unlink()
    wrong = tmp_path / "latin.json"
    wrong.write_bytes(good.read_bytes().replace(b"Own words", "Prix élevé".encode("latin-1")))
    nonsense = tmp_path / "nonsense.json"
    nonsense.write_text("not JSON at all")
    outcomes = ingest(good, truncated, wrong, nonsense, tmp_path / "absent.json")
    assert kinds(outcomes) == {"stored": 2, "failed": 4}
    failed = {Path(outcome.file).name: outcome for outcome in outcomes if outcome.kind == "failed"}
    assert "UTF-8" in failed["latin.json"].problems[0].rule
    assert failed["truncated.json"].line
    assert "no source recognises" in failed["nonsense.json"].problems[0].rule


def test_a_missing_column_is_one_refused_row(tracker: Tracker, ingest: Ingest) -> None:
    outcomes = ingest(tracker(row(1), row(2)[:-1]))
    assert kinds(outcomes) == {"stored": 1, "rejected": 1}
    [refused] = [outcome for outcome in outcomes if outcome.kind == "rejected"]
    assert "12 columns" in refused.problems[0].rule


def test_an_unknown_source_names_the_known_ones(tracker: Tracker, ingest: Ingest) -> None:
    [outcome] = ingest(tracker(row(1)), source="telegraph")
    assert outcome.kind == "failed"
    assert "gdprhub" in outcome.problems[0].rule


def test_no_blank_node_and_no_private_graph(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    ingest(tracker(row(1)))
    with reading(tmp_path) as store:
        for name in store.graph_names():
            if not name.value.endswith("/graph/ontology") and not name.value.endswith("/graph/inferred"):
                assert all(isinstance(quad.subject, NamedNode) for quad in store.quads(name)), name


def test_a_base_of_ones_own_keeps_the_shared_reference_data(tracker: Tracker) -> None:
    own = Iris("https://example.org/kg/")
    with open_store("memory:", write=True) as store:
        outcomes = list(
            run(store, [tracker(row(1)), ROOT / "data" / "clearview-fr.yaml"], Options(AS_OF, own))
        )
        assert kinds(outcomes) == {"stored": 2}
        record = "\n".join(map(str, store.quads(own.record_graph("enforcementtracker", "ETid-1"))))
        assert f"{Iris().authority('fr-cnil')}" in record
        assert "https://example.org/kg/id/record/enforcementtracker/ETid-1" in record
        found = store.query("SELECT ?d { ?d a <https://w3id.org/enforcement-kg/ontology#SanctionDecision> }")
        assert [solution["d"].value for solution in found] == [  # type: ignore[union-attr]
            "https://example.org/kg/id/decision/fr-cnil/SAN-2022-019"
        ]


CASE = ROOT / "data" / "clearview-es.yaml"
"""A case of two decisions, of which the second reviews the first."""

JUDGMENT = "  - number: 2185/2021\n"


def two_files(tmp_path: Path) -> tuple[Path, Path]:
    """The case as two: the authority's decision, and the judgment that refers to it."""
    text = CASE.read_text("utf-8")
    head, decision = text[: text.index("decisions:")], text[: text.index(JUDGMENT)]
    judgment = head + "decisions:\n" + text[text.index(JUDGMENT) :]
    first, second = tmp_path / "decision.yaml", tmp_path / "judgment.yaml"
    first.write_text(decision, "utf-8")
    second.write_text(judgment.replace("01KPPBZH3DD48MEQRR4SN7TZ31", "01KPPBZH3DD48MEQRR4SN7TZ32"), "utf-8")
    return first, second


def test_a_case_does_not_write_over_a_decision_of_another(ingest: Ingest, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = CASE.read_text("utf-8").replace("01KPPBZH3DD48MEQRR4SN7TZ31", "01KPPBZH3DD48MEQRR4SN7TZ32")
    other.write_text(text.replace("Complaint closed", "Something else"), "utf-8")
    assert kinds(ingest(CASE)) == {"stored": 1}
    before = content(tmp_path)
    [outcome] = ingest(other)
    assert outcome.kind == "rejected"
    assert "01KPPBZH3DD48MEQRR4SN7TZ31" in outcome.problems[0].rule
    assert [quad for quad in before if "/graph/decision/" in quad] == [
        quad for quad in content(tmp_path) if "/graph/decision/" in quad
    ]
    assert kinds(ingest(CASE)) == {"unchanged": 1}


def test_a_decision_can_move_to_another_case(ingest: Ingest, tmp_path: Path) -> None:
    assert kinds(ingest(CASE)) == {"stored": 1}
    assert kinds(ingest(*two_files(tmp_path))) == {"stored": 2}


@pytest.mark.parametrize("wrong", ["2021-13", "2099-09"])
def test_a_refused_case_takes_with_it_those_that_refer_to_it(
    ingest: Ingest, tmp_path: Path, wrong: str
) -> None:
    first, second = two_files(tmp_path)
    good = first.read_text("utf-8")
    first.write_text(good.replace("decided: 2021-09", f"decided: {wrong}"), "utf-8")
    refused = {outcome.file: outcome for outcome in ingest(first, second)}
    assert {outcome.kind for outcome in refused.values()} == {"rejected"}
    assert "no decision has this" in refused[str(second)].problems[0].rule
    first.write_text(good, "utf-8")
    assert kinds(ingest(second, first)) == {"stored": 2}


def test_a_store_keeps_its_base(tracker: Tracker) -> None:
    file = tracker(row(1))
    with open_store("memory:", write=True) as store:
        list(run(store, [file], Options(AS_OF)))
        with pytest.raises(InvalidInput, match="KG_BASE_IRI"):
            list(run(store, [file], Options(AS_OF, Iris("https://example.org/kg/"))))


def test_what_a_file_is_that_no_source_can_read(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    text = tracker(row(1)).read_text("utf-8")
    (tmp_path / "wide.json").write_text(text, "utf-16")
    (tmp_path / "empty.yaml").write_text("\n")
    rules = {Path(o.file).name: o.problems[0].rule for o in ingest(tmp_path) if o.kind == "failed"}
    assert "UTF-16" in rules["wide.json"]
    assert "empty" in rules["empty.yaml"]


def test_hidden_files_of_a_folder_are_left_out(tracker: Tracker, ingest: Ingest, tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    (folder / ".cache").mkdir(parents=True)
    tracker(row(1), name="inputs/.cache/old.json")
    tracker(row(2), name="inputs/.draft.json")
    seen = tracker(row(3), name="inputs/good.json")
    assert [outcome.file for outcome in ingest(folder)] == [str(seen)]
