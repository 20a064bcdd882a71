"""What is left of the fines, and how decisions stand, on a day: the curated cases, judgment by judgment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg.ingest.cases import CaseContext, case_graphs, in_decisions
from kg.ingest.effects import RUN, effects
from kg.iris import Iris
from kg.model import RawRecord
from kg.namespaces import RDF_TYPE, SCHEME, enf, iri
from kg.reason import Fact, Reasoner, triples
from kg.sources import source_of
from tests.conftest import ROOT
from tests.golden.answers import Case, answer

IRIS = Iris()
POST, WOHNEN = ("at-dsb", "DSB-D550.148/0017-DSB/2019"), ("de-be", "711.412.1")
HAGA = ("nl-ap", "nd-2019-06-18-01KW88PPHR94JKN0TG5HYJ64FB")
GOOGLE_SE, GOOGLE_FR = ("se-imy", "DI-2018-9274"), ("fr-cnil", "SAN-2019-001")
CLEARVIEW = ("gb-ico", "nd-2022-05-18-01K9HH2ZDH2K4ES0RV7D63KM6C")
MARRIOTT = ("gb-ico", "nd-2020-10-30-01KRDEESEN2Q80KXFG5XBNT8NW")
AIRWAYS = ("gb-ico", "nd-2020-10-16-01KTGJ4PP8YCTWDMXJK6ZMKQ6J")
INVENTED = ("gb-ico", "INV/1")


@cache
def known(folder: Path) -> frozenset[Fact]:
    """The decisions of a folder's cases with what follows from them."""
    raws = [
        raw
        for path in sorted(folder.glob("*.yaml"))
        for raw in source_of(path, None).read(path)
        if isinstance(raw, RawRecord)
    ]
    context = CaseContext.of(raws, [])
    made = [case_graphs(raw, context, IRIS) for raw in raws]
    stated = {fact for case in made for fact in triples(in_decisions(case.graphs))}
    return frozenset(stated | Reasoner.load().infer(stated))


DATA, COUNTING = ROOT / "data", ROOT / "tests" / "golden" / "counting"


def left(facts: Iterable[Fact], of: NamedNode, day: date | None = None) -> list[str]:
    """The effective sums of a decision's measures, in their order."""
    given = set(facts)
    every = given | effects(given, day)
    sums = {s: o.value for s, p, o in every if p == enf("value") and isinstance(o, Literal)}
    derived = {s: o for s, p, o in every if p == enf("effectiveAmount")}
    measures = sorted((o for s, p, o in given if s == of and p == enf("hasMeasure")), key=str)
    return [str(float(sums[derived[measure]])) for measure in measures if measure in derived]


def status(facts: Iterable[Fact], of: NamedNode, day: date | None = None) -> str | None:
    found = [o.value for s, p, o in effects(facts, day) if s == of and p == enf("currentStatus")]  # type: ignore[union-attr]
    assert len(found) <= 1
    return found[0].rpartition("/")[2] if found else None


@pytest.mark.parametrize(
    ("decision", "day", "sums", "state"),
    [
        (WOHNEN, "2019-10-29", [], None),  # not decided yet
        (WOHNEN, "2019-10-30", [14385000], "adopted"),
        (WOHNEN, "2021-02-17", [14385000], "published"),
        (WOHNEN, "2021-02-18", [0], "annulled"),
        (WOHNEN, None, [0], "annulled"),
        (POST, "2020-11-25", [18000000], "adopted"),
        (POST, None, [0], "annulled"),
        (HAGA, "2021-03-30", [460000], "adopted"),
        (HAGA, None, [350000], "reduced"),
        (GOOGLE_SE, "2020-11-22", [75000000], "adopted"),
        (GOOGLE_SE, "2020-11-23", [52000000], "reduced"),
        (GOOGLE_SE, None, [52000000], "reduced"),  # the higher court upheld the first judgment
        (GOOGLE_FR, None, [50000000], "published"),  # upheld
        (CLEARVIEW, "2023-10-16", [7552800], "published"),
        (CLEARVIEW, "2023-10-17", [0], "annulled"),
        (CLEARVIEW, "2025-10-06", [7552800], "under-appeal"),  # set aside, sent back
        (MARRIOTT, None, [18400000], "published"),  # the sum intended is none
        (AIRWAYS, None, [20000000], "published"),
    ],
)
def test_the_curated_cases(
    decision: tuple[str, str], day: str | None, sums: list[float], state: str | None
) -> None:
    node = IRIS.decision(*decision)
    as_of = date.fromisoformat(day) if day else None
    assert [float(text) for text in left(known(DATA), node, as_of)] == sums
    assert status(known(DATA), node, as_of) == state


@pytest.mark.parametrize(
    ("day", "sums"),
    [("2021-08-31", [300000, 50000]), ("2021-09-01", [0, 50000]), ("2022-02-01", [300000, 50000]),
     ("2022-05-01", [0, 50000])],
)  # fmt: skip
def test_a_judgment_annulled_annuls_nothing_and_does_again_once_its_annulment_is(
    day: str, sums: list[float]
) -> None:
    found = left(known(COUNTING), IRIS.decision(*INVENTED), date.fromisoformat(day))
    assert [float(text) for text in found] == sums


def test_intended_fines_and_liquidations_have_no_effective_amount() -> None:
    facts = known(DATA) | known(COUNTING)
    derived = {s for s, p, _ in effects(facts) if p == enf("effectiveAmount")}
    liquidations = {s for s, p, o in facts if p == RDF_TYPE and o == enf("LiquidatedPenalty")}
    stages = {s: o for s, p, o in facts if p == enf("measureStage")}
    intended = {s for s, o in stages.items() if o != NamedNode(f"{SCHEME}measure-stage/imposed")}
    assert liquidations
    assert intended
    assert not derived & (liquidations | intended)


def test_what_is_stated_is_left_as_it_was() -> None:
    facts = known(DATA)
    derived = effects(facts)
    assert not derived & facts
    assert not {s for s, p, _ in derived if p not in (enf("effectiveAmount"), enf("currentStatus"))} & {
        s for s, _, _ in facts
    }
    assert not [fact for fact in derived if RUN in fact]


def test_only_content_decides() -> None:
    facts = known(DATA)
    assert effects(sorted(facts, key=str)) == effects(sorted(facts, key=str, reverse=True))
    assert effects(facts) == effects(facts, date(2999, 1, 1))
    assert effects(()) == set()


def dated(node: NamedNode, day: str, property: str = "decisionDate") -> Fact:
    return node, enf(f"{property}Latest"), Literal(day, datatype=iri("xsd:date"))


def test_an_appeal_is_open_from_its_lodging_to_its_conclusion() -> None:
    decision, appeal, judgment = (NamedNode(f"https://e.example/{name}") for name in "abc")
    facts: set[Fact] = {
        (decision, RDF_TYPE, enf("Decision")),
        (judgment, RDF_TYPE, enf("Decision")),
        (appeal, enf("appeals"), decision),
        (appeal, enf("concludedBy"), judgment),
        dated(decision, "2021-01-01"),
        dated(appeal, "2021-02-01", "lodgedDate"),
        dated(judgment, "2022-01-01"),
    }
    days = ["2020-12-31", "2021-01-31", "2021-02-01", "2021-12-31", "2022-01-01"]
    found = [status(facts, decision, date.fromisoformat(day)) for day in days]
    assert found == [None, "adopted", "under-appeal", "under-appeal", "adopted"]


def test_a_formal_notice_is_closed_by_its_closure() -> None:
    notice, closure = (NamedNode(f"https://e.example/{name}") for name in "ab")
    facts: set[Fact] = {
        (notice, RDF_TYPE, enf("Decision")),
        (closure, enf("closes"), notice),
        dated(notice, "2021-01-01"),
        dated(notice, "2021-01-05", "notifiedDate"),
        dated(closure, "2021-06-01"),
    }
    days = ["2021-01-04", "2021-01-05", "2021-06-01"]
    found = [status(facts, notice, date.fromisoformat(day)) for day in days]
    assert found == ["adopted", "notified", "closed"]


def test_measures_have_a_status_where_judgments_or_payments_give_one() -> None:
    given = known(DATA) | known(COUNTING)
    found = {s: o for s, p, o in effects(given) if p == enf("currentStatus")}

    def measure(decision: tuple[str, str], number: int) -> NamedNode | None:
        return found.get(NamedNode(f"{IRIS.decision(*decision).value}/measure/{number}"))  # type: ignore[return-value]

    assert measure(WOHNEN, 1) == NamedNode(f"{SCHEME}measure-status/annulled")
    assert measure(("fr-cnil", "SAN-2023-902"), 1) == NamedNode(f"{SCHEME}measure-status/stayed")
    assert measure(("fr-cnil", "SAN-2022-019"), 4) == NamedNode(f"{SCHEME}measure-status/liquidated")
    assert measure(GOOGLE_FR, 1) is None
    assert status(given, IRIS.decision("fr-cnil", "SAN-2023-902")) == "stayed"
    referred = IRIS.decision("de-lg-berlin", "(526 OWi LG) 212 Js-OWi 1/20 (1/20)")
    assert status(given, referred, date(2021, 12, 5)) == "published"
    assert status(given, referred) == "under-appeal"  # questions before the Court of Justice


def test_judgments_that_annul_each_other_count_for_nothing() -> None:
    first, second = IRIS.decision("gb-ftt-grc", "A"), IRIS.decision("gb-ftt-grc", "B")
    fine = IRIS.decision(*MARRIOTT)
    day = next(o for s, p, o in known(DATA) if s == fine and p == enf("decisionDateLatest"))
    circle: set[Fact] = set()
    for judgment, other in ((first, second), (second, first)):
        for number, on in enumerate((other, fine)):
            effect = NamedNode(f"{judgment.value}/effect/{number}")
            circle |= {
                (judgment, RDF_TYPE, enf("Decision")),
                (judgment, enf("decisionDateLatest"), day),
                (judgment, enf("hasEffect"), effect),
                (effect, enf("effectOn"), on),
                (effect, enf("effectType"), NamedNode(f"{SCHEME}judicial-effect/annulled")),
            }
    assert left(known(DATA) | circle, fine) == ["18400000.0"]


@pytest.mark.parametrize(("folder", "dataset"), [(DATA, "data"), (COUNTING, "counting")])
def test_the_named_query_says_the_same_of_any_day(folder: Path, dataset: str) -> None:
    facts = known(folder)
    days = {
        date.fromisoformat(o.value) for _, p, o in facts if p == enf("decisionDateLatest")  # type: ignore[union-attr]
    }  # fmt: skip
    for day in sorted({*days, *(day - timedelta(1) for day in days)}):
        sums = {s: o.value for s, p, o in facts | effects(facts, day) if p == enf("value")}  # type: ignore[union-attr]
        fines = {s for s, p, o in facts if p == RDF_TYPE and o == enf("ImposedFine")}
        ours = {
            s.value: float(sums[o])  # type: ignore[union-attr]
            for s, p, o in effects(facts, day)
            if p == enf("effectiveAmount") and s in fines
        }
        rows = answer(Case("effective-amounts", given={"as_of": day.isoformat()}, dataset=dataset))
        theirs = {row["fine"].value: float(row["effective"].value) for row in rows}
        assert theirs == ours, day
