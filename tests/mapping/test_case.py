"""Curated cases as graphs, and every fault of a file on its own line.

After a deliberate change of the format or of the founding case, write the committed schema
and graph anew with `python -m tests.mapping.test_case`, and read the difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    parse,
    serialize,
)

from kg.errors import InvalidRecord
from kg.iris import Iris
from kg.mapping import case_words as w
from kg.mapping.case import CaseGraphs, conflicts, decision_keys, map_case
from kg.mapping.case_checks import CURRENCIES
from kg.mapping.case_model import json_schema
from kg.model import RawRecord
from kg.namespaces import ENF, RDF_TYPE, SCHEME, enf, iri
from kg.normalise.authorities import AuthorityRegistry
from kg.normalise.law_register import LawRegister
from kg.normalise.provisions import ProvisionParser
from kg.resources import ontology_files
from kg.sources.curated import read
from tests.conftest import ROOT

DATA = ROOT / "data"
CASES = sorted(DATA.glob("*.yaml"))
SCHEMA = ROOT / "ontology" / "case.schema.json"
GOLDEN = ROOT / "tests" / "golden" / "clearview-fr.nq"
IRIS = Iris()

SMALL = """\
case:
  id: 01KT63BH9GYN2WKV70DC39XG9X
  authority: fr-cnil
  title: {en: A case}
parties:
  - id: x/01KPBDJP5YS6ZNQ5GZBD3TZNM5
    kind: legal-entity
    name: Example SAS
    country: FRA
sources:
  text: {kind: official-text, title: The text, url: "https://example.org/text", language: FRA}
decisions:
  - number: SAN-2030-001
    kind: SanctionDecision
    by: fr-cnil/restricted-committee
    title: {en: A fine}
    dates: {decided: 2030-01-31}
    respondents: [x/01KPBDJP5YS6ZNQ5GZBD3TZNM5]
    conduct:
      sending: {en: Sending messages}
    findings:
      - {id: f, provision: gdpr 5(1)(a), outcome: infringement-established, conduct: sending}
    measures:
      - id: fine
        kind: AdministrativeFine
        amount: {value: 12000.50, currency: EUR}
      - id: order
        kind: Order
        content: {en: Stop}
    sources: [text]
"""


@cache
def laws() -> frozenset[str]:
    return frozenset(LawRegister.read(ontology_files("law")).instruments)


def parse_provision(text: str, instrument: str) -> Sequence[tuple[str, str]]:
    if instrument not in laws():
        raise ValueError("unknown law")
    parsed = ProvisionParser.load().parse(text, default_instrument=instrument)
    if parsed.unparsed:
        raise ValueError(parsed.unparsed[0].rule)
    return [(ref.instrument, ref.path) for ref in parsed.refs]


def mapped(raw: RawRecord, *, known_decisions: Sequence[str] = ()) -> CaseGraphs:
    return map_case(
        raw,
        IRIS,
        parse_provision=parse_provision,
        known_authorities=AuthorityRegistry.load().slugs,
        known_decisions=known_decisions,
    )


@cache
def raws() -> tuple[RawRecord, ...]:
    return tuple(next(read(path)) for path in CASES)


def of_file(name: str) -> CaseGraphs:
    known = sorted(key for raw in raws() for key in decision_keys(raw))
    found = mapped(next(raw for raw in raws() if Path(raw.file).name == name), known_decisions=known)
    assert found.errors == []
    return found


def store_of(graphs: CaseGraphs) -> Store:
    store = Store()
    store.extend(quad for quads in graphs.graphs.values() for quad in quads)
    return store


def nquads(graphs: CaseGraphs) -> str:
    quads = (quad for quads in graphs.graphs.values() for quad in quads)
    lines = serialize(quads, format=RdfFormat.N_QUADS)
    assert lines is not None
    return "".join(sorted(lines.decode("utf-8").splitlines(keepends=True)))


def canonical(quads: Sequence[Quad]) -> Dataset:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return dataset


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., list[InvalidRecord]]:
    """The errors of the small case after replacements, each of which must apply."""

    def errors(*changes: tuple[str, str], known_decisions: Sequence[str] = ()) -> list[InvalidRecord]:
        text = SMALL
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
            text = text.replace(old, new)
        path = tmp_path / "small.yaml"
        path.write_text(text, "utf-8")
        found = mapped(next(read(path)), known_decisions=known_decisions)
        assert not (found.graphs and found.errors)
        return found.errors

    return errors


# ---- The project's own cases


def test_the_founding_case_is_the_graph_it_was() -> None:
    found = of_file("clearview-fr.yaml")
    golden = list(parse(GOLDEN.read_bytes(), format=RdfFormat.N_QUADS))
    assert canonical([q for quads in found.graphs.values() for q in quads]) == canonical(golden)


def test_the_same_file_gives_the_same_bytes() -> None:
    first, second = of_file("clearview-fr.yaml"), of_file("clearview-fr.yaml")
    assert list(first.graphs) == list(second.graphs)
    assert first.graphs == second.graphs


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name)
def test_every_case_maps_without_error(path: Path) -> None:
    graphs = of_file(path.name).graphs
    assert any("/graph/decision/" in name.value for name in graphs)
    for name, quads in graphs.items():
        assert {quad.graph_name for quad in quads} == {name}


def test_no_two_files_contradict_each_other() -> None:
    assert [str(error) for error in conflicts(raws())] == []


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.name)
def test_every_case_fits_the_schema(path: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for loader in (yaml.BaseLoader, _EditorLoader):
        instance = yaml.load(path.read_text("utf-8"), loader)
        found = [f"{list(e.path)}: {e.message}" for e in Draft202012Validator(schema).iter_errors(instance)]
        assert found == []


class _EditorLoader(yaml.BaseLoader):
    """Integers and decimals as a YAML 1.2 editor sees them; nothing else is typed."""


_EditorLoader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
_EditorLoader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))
_EditorLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[0-9]+$"), list("0123456789"))
_EditorLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^\d+\.\d+$"), list("0123456789"))


def test_the_schema_is_the_models() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()


def test_the_schema_explains_every_field() -> None:
    for name, part in json_schema()["$defs"].items():
        for field, rule in part.get("properties", {}).items():
            assert rule.get("title"), f"{name}.{field}"
            assert rule.get("description"), f"{name}.{field}"


def test_the_schema_refuses_what_the_mapping_refuses() -> None:
    validator = Draft202012Validator(json_schema())
    sound = yaml.load(SMALL, yaml.BaseLoader)
    assert validator.is_valid(sound)
    sound["decisions"][0]["measures"][0]["amount"]["value"] = "-1"
    assert not validator.is_valid(sound)
    sound["decisions"][0]["measures"][0]["amount"]["value"] = "1"
    sound["decisions"][0]["measurs"] = []
    assert not validator.is_valid(sound)


# ---- What the founding case says


def ask(name: str, pattern: str) -> list[tuple[str, ...]]:
    prefixes = f"PREFIX enf: <{ENF}> PREFIX S: <{SCHEME}> PREFIX skos: <{iri('skos:').value}>"
    solutions: Any = store_of(of_file(name)).query(f"{prefixes} {pattern}")
    return [tuple(getattr(term, "value", "") for term in row) for row in solutions]


def decision(key: str) -> str:
    return IRIS.decision(*key.split("/", 1)).value


def test_the_sanction_has_one_finding_a_provision() -> None:
    found = ask(
        "clearview-fr.yaml",
        f"SELECT ?p WHERE {{ GRAPH ?g {{ <{decision('fr-cnil/SAN-2022-019')}> enf:hasEstablishedFinding ?f ."
        " ?f enf:concernsProvision ?p } } ORDER BY ?p",
    )
    assert [p.rpartition("/")[2] for (p,) in found] == ["art_12", "art_15", "art_17", "art_31", "art_6"]


def test_the_liquidation_is_no_fine_and_points_to_the_periodic_penalty() -> None:
    found = ask(
        "clearview-fr.yaml",
        "SELECT ?value ?daily ?from ?to WHERE { GRAPH ?g { ?m a enf:LiquidatedPenalty ; enf:liquidates ?pp ;"
        " enf:amount/enf:value ?value ; enf:liquidationFrom ?from ; enf:liquidationTo ?to }"
        " GRAPH ?h { ?pp a enf:PeriodicPenalty ; enf:dailyAmount/enf:value ?daily ;"
        " enf:enforcesOrder ?order } }",
    )
    assert set(found) == {("5200000", "100000", "2022-12-19", "2023-02-09")}
    fines = ask("clearview-fr.yaml", "SELECT ?m WHERE { GRAPH ?g { ?m a enf:AdministrativeFine } }")
    assert fines == [(f"{decision('fr-cnil/SAN-2022-019')}/measure/1",)]


def test_the_notice_comes_before_the_sanction_and_its_deadline_passed() -> None:
    found = ask(
        "clearview-fr.yaml",
        "SELECT ?notice ?term WHERE { GRAPH ?g { ?sanction enf:precededBy ?notice . ?step"
        " enf:concernsDecision ?sanction ; enf:stepKind <"
        f"{SCHEME}procedure-step/response-deadline-missed>"
        " } GRAPH ?h { ?notice a enf:FormalNotice ; enf:hasMeasure/enf:complianceDuration ?term } }",
    )
    assert set(found) == {(decision("fr-cnil/MED-2021-134"), "P2M")}


def test_claims_and_discrepancies_stay_out_of_decision_graphs() -> None:
    apart = {enf("Claim"), enf("Discrepancy")}
    for path in CASES:
        for name, quads in of_file(path.name).graphs.items():
            kinds = {quad.object for quad in quads if quad.predicate == RDF_TYPE}
            if "/graph/decision/" in name.value:
                assert not kinds & apart
            else:
                assert not kinds & {enf("Decision"), enf("Finding"), enf("Measure")}


def test_every_node_of_a_decision_is_derived_from_a_described_source() -> None:
    kinds = {enf(k) for k in ("Decision", "Finding", "Conduct", "JudicialEffect", "ProcedureStep")}
    kinds |= {enf(k) for k in (*w.MEASURE_KINDS, "MonetaryAmount")}
    for path in CASES:
        for name, quads in of_file(path.name).graphs.items():
            if "/graph/decision/" not in name.value:
                continue
            store = Store()
            store.extend(quads)
            for node in {q.subject for q in quads if q.predicate == RDF_TYPE and q.object in kinds}:
                cited = list(store.quads_for_pattern(node, iri("prov:wasDerivedFrom"), None, None))
                assert cited, f"{node} in {name}"
                for quad in cited:
                    assert isinstance(quad.object, NamedNode)
                    sources = store.quads_for_pattern(quad.object, enf("citesSource"), None, None)
                    for citation in sources:
                        assert isinstance(citation.object, NamedNode)
                        assert any(store.quads_for_pattern(citation.object, iri("dct:title"), None, None))


def test_the_example_of_the_readme_is_sound(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DATA / "README.md").read_text("utf-8"), re.DOTALL)
    path = tmp_path / "readme.yaml"
    path.write_text(example, "utf-8")
    assert [str(error) for error in mapped(next(read(path))).errors] == []
    assert Draft202012Validator(json_schema()).is_valid(yaml.load(example, yaml.BaseLoader))


def test_no_natural_person_is_declared_with_a_name() -> None:
    for raw in raws():
        for party in raw.fields["case"].get("parties", []):
            assert party["kind"] != "natural-person" or "name" not in party


# ---- Words and values


def notations(scheme: str) -> set[str]:
    text = (ROOT / "ontology" / "schemes" / f"{scheme}.ttl").read_bytes()
    quads = parse(text, format=RdfFormat.TURTLE)
    found = (q.object for q in quads if q.predicate == iri("skos:notation"))
    return {term.value for term in found if isinstance(term, Literal)}


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("source-kind", w.SOURCE_KINDS),
        ("party-role", w.PARTY_ROLES),
        ("trigger", w.TRIGGERS),
        ("finding-outcome", w.FINDING_OUTCOMES),
        ("decision-outcome", w.DECISION_OUTCOMES),
        ("measure-stage", w.MEASURE_STAGES),
        ("measure-status", w.MEASURE_STATUSES),
        ("judicial-effect", w.JUDICIAL_EFFECTS),
        ("claim-stance", w.CLAIM_STANCES),
        ("discrepancy-kind", w.DISCREPANCY_KINDS),
        ("procedure-step", w.PROCEDURE_STEPS),
        ("currency", tuple(CURRENCIES)),
        ("gdpr-58-2", tuple(p[10:] for p in w.POWERS if p.startswith("gdpr-58-2/"))),
        ("gdpr-58-1", tuple(p[10:] for p in w.POWERS if p.startswith("gdpr-58-1/"))),
        ("national-power", tuple(p[15:] for p in w.POWERS if p.startswith("national-power/"))),
    ],
)
def test_words_are_notations_of_the_schemes(scheme: str, words: Sequence[str]) -> None:
    assert set(words) <= notations(scheme)


def test_kinds_and_properties_are_terms_of_the_ontology() -> None:
    core = parse((ROOT / "ontology" / "core.ttl").read_bytes(), format=RdfFormat.TURTLE)
    terms = {q.subject.value for q in core if q.predicate == RDF_TYPE and isinstance(q.subject, NamedNode)}
    used = {*w.DECISION_KINDS, *w.MEASURE_KINDS, *w.TRIGGER_CLASSES.values(), *w.PROPERTIES} - {"type"}
    assert {word for word in used if ENF + word not in terms} == set()


def test_every_term_a_case_uses_is_in_the_ontology() -> None:
    core = parse((ROOT / "ontology" / "core.ttl").read_bytes(), format=RdfFormat.TURTLE)
    terms = {q.subject.value for q in core if isinstance(q.subject, NamedNode)}
    for path in CASES:
        quads = [quad for quads in of_file(path.name).graphs.values() for quad in quads]
        used = {q.predicate.value for q in quads}
        kinds = (q.object for q in quads if q.predicate == RDF_TYPE)
        used |= {kind.value for kind in kinds if isinstance(kind, NamedNode)}
        assert {term for term in used if term.startswith(ENF)} <= terms


def test_sums_are_exact_decimals(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("12000.50", "746000000.10"), "utf-8")
    quads = [quad for quads in mapped(next(read(path))).graphs.values() for quad in quads]
    values = [quad.object for quad in quads if quad.predicate == enf("value")]
    assert values == [Literal("746000000.1", datatype=iri("xsd:decimal"))]


@pytest.mark.parametrize(
    ("written", "earliest", "latest", "precision"),
    [
        ("2030-01-31", "2030-01-31", "2030-01-31", "day"),
        ("2028-02", "2028-02-01", "2028-02-29", "month"),
        ("2030", "2030-01-01", "2030-12-31", "year"),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    tmp_path: Path, written: str, earliest: str, latest: str, precision: str
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.replace("2030-01-31", written), "utf-8")
    quads = [quad for quads in mapped(next(read(path))).graphs.values() for quad in quads]
    values = {q.predicate.value[len(ENF) :]: q.object for q in quads if isinstance(q.object, Literal)}
    assert values["decisionDateEarliest"].value == earliest
    assert values["decisionDateLatest"].value == latest
    assert values["decisionDatePrecision"].value == precision
    assert ("decisionDate" in values) == (precision == "day")


# ---- Faults


def test_the_small_case_is_sound(broken: Callable[..., list[InvalidRecord]]) -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("    dates:", "    datse:", 17, "decisions[0].datse", "did you mean 'dates'"),
        ("    respondents:", "    respondent:", 18, "decisions[0].respondent", "did you mean 'respondents'"),
        ("2030-01-31", "2030-02-31", 17, "decisions[0].dates.decided", "no such day"),
        ("2030-01-31", "2030-13", 17, "decisions[0].dates.decided", "no such month"),
        ("2030-01-31", "31.01.2030", 17, "decisions[0].dates.decided", "2022-10-17, 2022-10 or 2022"),
        ("2030-01-31", "3030", 17, "decisions[0].dates.decided", "outside"),
        ("12000.50", "-3", 26, "decisions[0].measures[0].amount.value", "must not be negative"),

        ("12000.50", "'12,000'", 26, "decisions[0].measures[0].amount.value", "no separator"),
        ("12000.50", "12.000.000", 26, "decisions[0].measures[0].amount.value", "one number"),
        ("12000.50", "1_000", 26, "decisions[0].measures[0].amount.value", "no separator"),
        ("12000.50", "010", 26, "decisions[0].measures[0].amount.value", "one number"),
        ("12000.50", "20000 and 30000", 26, "decisions[0].measures[0].amount.value", "one number"),
        ("12000.50", "[20000, 30000]", 26, "decisions[0].measures[0].amount.value", "one text"),
        ("value: 12000.50", "value: 1, maximum: 2", 26, "decisions[0].measures[0].amount", "not both"),
        ("value: 12000.50", "minimum: 3, maximum: 2", 26, "decisions[0].measures[0].amount", "above"),
        ("currency: EUR", "currency: EURO", 26, "decisions[0].measures[0].amount.currency", "'EUR'"),
        ("currency: EUR", "currency:", 26, "decisions[0].measures[0].amount.currency", "not be empty"),
        ("authority: fr-cnil", "authority: fr-cnli", 3, "case.authority", "did you mean 'fr-cnil'"),
        ("restricted-committee", "resticted-committee", 15, "decisions[0].by", "restricted-committee"),
        ("gdpr 5(1)(a)", "gdpr 100", 22, "decisions[0].findings[0].provision", "100"),
        ("gdpr 5(1)(a)", "gdpr 5(1)(z)", 22, "decisions[0].findings[0].provision", "z"),
        ("gdpr 5(1)(a)", "gdpr", 22, "decisions[0].findings[0].provision", "a law and an article"),
        ("gdpr 5(1)(a)", "fr/nil 5", 22, "decisions[0].findings[0].provision", "unknown law"),
        ("gdpr 5(1)(a)", "gdpr 5 - 7", 22, "decisions[0].findings[0].provision", "write it like"),
        ("outcome: infringement-established", "outcome: infringed", 22,
         "decisions[0].findings[0].outcome", "unknown"),
        ("conduct: sending", "conduct: sendin", 22, "decisions[0].findings[0].conduct", "'sending'"),
        ("respondents: [x/01KPB", "respondents: [x/02KPB", 18, "decisions[0].respondents[0]",
         "unknown party"),
        ("sources: [text]", "sources: [test]", 30, "decisions[0].sources[0].source", "did you mean 'text'"),
        ("sources: [text]", "sources: []", 30, "decisions[0].sources", "not be empty"),
        ("sources: [text]", "sources: text", 30, "decisions[0].sources", "must be a list"),
        ("kind: SanctionDecision", "kind: Sanction", 14, "decisions[0].kind", "SanctionDecision"),
        ("kind: Order", "kind: LiquidatedPenalty", 27, "decisions[0].measures[1]", "`amount`"),
        ("content: {en: Stop}", "amount: {value: 1, currency: EUR}", 27, "decisions[0].measures[1]",
         "no amount"),
        ("country: FRA", "country: FR", 9, "parties[0].country", "unknown country"),
        ("id: 01KT63BH9GYN2WKV70DC39XG9X", "id: clearview", 2, "case.id", "ULID"),
        ("number: SAN-2030-001", "number_status: unpublished", 13, "decisions[0]", "`key`"),
        ("url: \"https://example.org/text\"", "url: example.org", 11, "sources.text.url", "http"),
        ("- id: order", "- id: fine", 27, "decisions[0].measures[1].id", "stands twice"),
        ("- id: order", "- id: f", 27, "decisions[0].measures[1].id", "stands twice"),
        ("    title: {en: A fine}", "    title: A fine", 16, "decisions[0].title", "a mapping of fields"),
        ("  title: {en: A case}\n", "", 1, "case.title", "is required"),
        ("    sources: [text]", "    preceded_by: [fr-cnil/MED-1]\n    sources: [text]", 30,
         "decisions[0].preceded_by[0]", "no decision"),
        ("    sources: [text]", "    effects: [{on: fien, effect: upheld}]\n    sources: [text]", 30,
         "decisions[0].effects[0].on", "did you mean 'fine'"),
        ("kind: Order", "kind: PeriodicPenalty\n        enforces: [fine]", 29,
         "decisions[0].measures[1].enforces[0]", "of kind Order"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line(
    broken: Callable[..., list[InvalidRecord]], old: str, new: str, line: int, field: str, words: str
) -> None:
    found = [error for error in broken((old, new)) if error.field == field]
    assert found, [str(error) for error in broken((old, new))]
    assert found[0].line == line
    assert found[0].file.endswith("small.yaml")
    assert words in f"{found[0].rule} {found[0].fix}"


def test_all_faults_of_a_file_are_told_at_once(broken: Callable[..., list[InvalidRecord]]) -> None:
    found = broken(
        ("2030-01-31", "2030-02-31"),
        ("12000.50", "-3"),
        ("gdpr 5(1)(a)", "gdpr 100"),
        ("- id: order", "- id: fine"),
        ("country: FRA", "countri: FRA"),
    )
    assert [error.line for error in found] == [9, 17, 22, 26, 27]
    assert [error.value for error in found][1:4] == ["2030-02-31", "gdpr 100", "-3"]


def test_a_person_is_not_named_and_the_error_does_not_repeat_the_name(
    broken: Callable[..., list[InvalidRecord]],
) -> None:
    (error,) = broken(("kind: legal-entity", "kind: natural-person"))
    assert error.field == "parties[0]"
    assert "only an organisation" in error.rule
    assert "Example" not in str(error)


def test_a_lei_is_checked_by_its_digits(broken: Callable[..., list[InvalidRecord]]) -> None:
    sound, wrong = "lei/529900T8BM49AURSDO55", "lei/529900T8BM49AURSDO56"
    old_id, old_ref = "- id: x/01KPBDJP5YS6ZNQ5GZBD3TZNM5", "[x/01KPBDJP5YS6ZNQ5GZBD3TZNM5]"
    assert broken((old_id, f"- id: {sound}"), (old_ref, f"[{sound}]")) == []
    (error,) = broken((old_id, f"- id: {wrong}"), (old_ref, f"[{wrong}]"))
    assert "not a valid LEI" in error.rule


def test_a_decision_of_another_file_can_be_cited(broken: Callable[..., list[InvalidRecord]]) -> None:
    change = ("    sources: [text]", "    preceded_by: [fr-cnil/MED-1]\n    sources: [text]")
    assert broken(change, known_decisions=["fr-cnil/MED-1"]) == []


def test_files_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text(SMALL, "utf-8")
    changed = SMALL.replace("Example SAS", "Other SAS").replace("title: The text", "title: A text")
    second.write_text(changed, "utf-8")
    found = conflicts([next(read(first)), next(read(second))])
    assert {Path(error.file).name for error in found} == {"b.yaml"}
    assert [error.line for error in found] == [6, 11, 12]
    assert all("a.yaml" in error.rule for error in found)


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    GOLDEN.write_text(nquads(of_file("clearview-fr.yaml")), "utf-8")
