"""One decision of a curated case as a graph that stands on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pyoxigraph import Literal, NamedNode

from kg.iris import Iris
from kg.mapping import case_model as m
from kg.mapping import case_words as w
from kg.mapping.case_parts import Citing
from kg.mapping.case_quads import CaseGraph, Citations, party_iri
from kg.mapping.quads import concept
from kg.namespaces import enf, iri


def decision_key(decision: m.Decision) -> tuple[str, str]:
    """Authority (never a unit) and the key that stands in the decision's IRI."""
    return decision.by.partition("/")[0], decision.key or decision.number or ""


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs of everything a file declares, by the names the file uses."""

    iris: Iris
    case: NamedNode
    nodes: dict[str, NamedNode]

    @classmethod
    def of(cls, file: m.CaseFile, iris: Iris) -> Self:
        nodes: dict[str, NamedNode] = {}
        for decision in file.decisions:
            node = iris.decision(*decision_key(decision))
            ids: dict[str, list[str | None]] = {
                "finding": [finding.id for finding in decision.findings],
                "measure": [*(measure.id for measure in decision.measures)],
            }
            for part, local in ids.items():
                for n, name in enumerate(local, start=1):
                    if name:
                        nodes[name] = NamedNode(f"{node.value}/{part}/{n}")
            for n, key in enumerate(decision.conduct, start=1):
                nodes[f"conduct {key}"] = NamedNode(f"{node.value}/conduct/{n}")
        return cls(iris, iris.id("case", file.case.authority, file.case.id), nodes)

    def decision(self, key: str) -> NamedNode:
        """The IRI of a checked reference `authority/key`."""
        authority, _, number = key.partition("/")
        return self.iris.decision(authority, number)

    def target(self, name: str) -> NamedNode:
        return self.decision(name) if "/" in name else self.nodes[name]


def decision_graph(file: m.CaseFile, decision: m.Decision, names: Names) -> CaseGraph:
    """`graph/decision/{authority}/{key}`: the act, its case, parties, findings, measures,
    effects and steps, each derived from citations of documents described beside it."""
    return _Builder(file, decision, names).build()


class _Builder:
    def __init__(self, file: m.CaseFile, decision: m.Decision, names: Names) -> None:
        key = decision_key(decision)
        self.file, self.decision, self.names = file, decision, names
        self.node = names.iris.decision(*key)
        self.graph = CaseGraph(names.iris.decision_graph(*key), names.iris)
        self.citations = Citations(self.graph, self.node, file.sources)

    def build(self) -> CaseGraph:
        self._act()
        self._case()
        self._conduct()
        for n, finding in enumerate(self.decision.findings, start=1):
            self._finding(NamedNode(f"{self.node.value}/finding/{n}"), finding)
        for n, measure in enumerate(self.decision.measures, start=1):
            self._measure(NamedNode(f"{self.node.value}/measure/{n}"), measure)
        for n, effect in enumerate(self.decision.effects, start=1):
            self._effect(NamedNode(f"{self.node.value}/effect/{n}"), effect)
        for n, step in enumerate(self.decision.steps, start=1):
            self._step(NamedNode(f"{self.node.value}/step/{n}"), step)
        self._parties()
        return self.graph

    def _derived(self, node: NamedNode | None, own: list[Citing] | None = None) -> None:
        self.citations.cite(node, own or self.decision.sources)

    def _act(self) -> None:
        d, g, node = self.decision, self.graph, self.node
        g.type(node, "Decision", d.kind)
        g.add(node, enf("inCase"), self.names.case)
        g.add(node, enf("issuedBy"), g.iris.authority(d.by))
        g.words(node, iri("skos:prefLabel"), d.title)
        g.text(node, enf("officialNumber"), d.number)
        g.text(node, enf("numberStatus"), d.number_status)
        g.text(node, enf("ecli"), d.ecli)
        g.add(node, enf("decisionOutcome"), concept("decision-outcome", d.outcome) if d.outcome else None)
        for name in ("decided", "notified", "published", "paid"):
            g.date(node, "decisionDate" if name == "decided" else f"{name}Date", getattr(d.dates, name))
        for ref in d.cites:
            g.add(node, enf("citesProvision"), g.provision(ref))
        for term, keys in (
            ("precededBy", d.preceded_by),
            ("reviews", d.reviews),
            ("closes", d.closes),
            ("implementsBindingDecision", d.implements),
        ):
            for key in keys:
                g.add(node, enf(term), self.names.decision(key))
        for record in d.records:
            g.add(node, enf("basedOnRecord"), g.iris.record(record.source, record.key))
        self._derived(node)

    def _case(self) -> None:
        case, g, node = self.file.case, self.graph, self.names.case
        g.type(node, "CrossBorderCase" if case.cross_border else "Case")
        g.words(node, iri("skos:prefLabel"), case.title)
        g.date(node, "openedDate", case.opened)
        if case.cross_border:
            g.add(node, enf("leadAuthority"), g.iris.authority(case.cross_border.lead))
            for slug in case.cross_border.concerned:
                g.add(node, enf("concernedAuthority"), g.iris.authority(slug))
        if case.trigger:
            trigger = NamedNode(f"{node.value}/trigger/1")
            g.add(node, enf("triggeredBy"), trigger)
            g.type(trigger, w.TRIGGER_CLASSES.get(case.trigger, "Trigger"))
            g.add(trigger, enf("triggerKind"), concept("trigger", case.trigger))
            self._derived(trigger)

    def _conduct(self) -> None:
        for key, conduct in self.decision.conduct.items():
            node = self.names.nodes[f"conduct {key}"]
            self.graph.type(node, "Conduct")
            self.graph.words(node, iri("skos:prefLabel"), conduct)
            self._derived(node)

    def _finding(self, node: NamedNode, finding: m.Finding) -> None:
        g, established = self.graph, finding.outcome == w.ESTABLISHED
        g.add(self.node, enf("hasFinding"), node)
        g.type(node, "Finding")
        if established:
            g.add(self.node, enf("hasEstablishedFinding"), node)
        g.add(node, enf("concernsProvision"), g.provision(finding.provision))
        g.add(node, enf("findingOutcome"), concept("finding-outcome", finding.outcome))
        g.add(node, enf("onConduct"), self.names.nodes[f"conduct {finding.conduct}"])
        for party in finding.parties or self.decision.respondents:
            g.add(node, enf("attributedTo"), party_iri(g.iris, party))
        conduct = self.decision.conduct.get(finding.conduct)
        g.date(node, "infringementFrom", conduct.from_ if conduct else None)
        g.date(node, "infringementTo", conduct.to if conduct else None)
        self._derived(node, finding.sources)

    def _measure(self, node: NamedNode, measure: m.Measure) -> None:
        g = self.graph
        g.add(self.node, enf("hasMeasure"), node)
        g.type(node, measure.kind)
        g.add(node, enf("measureStage"), concept("measure-stage", measure.stage))
        if measure.status:
            g.add(node, enf("measureStatus"), concept("measure-status", measure.status))
        for power in measure.powers:
            g.add(node, enf("exercisesPower"), concept(*power.split("/")))
        for party in measure.to or self.decision.respondents:
            g.add(node, enf("addressedTo"), party_iri(g.iris, party))
        for finding in self._sanctioned(measure):
            g.add(node, enf("sanctionsFinding"), finding)
        g.words(node, enf("orderContent"), measure.content)
        self._sums(node, measure)
        self._terms(node, measure)
        self._derived(node, measure.sources)

    def _sanctioned(self, measure: m.Measure) -> list[NamedNode]:
        if measure.sanctions:
            return [self.names.nodes[name] for name in measure.sanctions]
        if measure.kind not in w.FINING_KINDS:
            return []
        found = enumerate(self.decision.findings, start=1)
        return [NamedNode(f"{self.node.value}/finding/{n}") for n, f in found if f.outcome == w.ESTABLISHED]

    def _sums(self, node: NamedNode, measure: m.Measure) -> None:
        for term, local, amount in (
            ("amount", "amount", measure.amount),
            ("dailyAmount", "daily-amount", measure.daily),
            ("maximumTotal", "maximum-total", measure.maximum_total),
        ):
            self._derived(self.graph.amount(node, term, local, amount), measure.sources)
        if measure.stated_maximum_under:
            at = self.graph.provision(measure.stated_maximum_under)
            self.graph.add(node, enf("statedAsMaximumUnder"), at)
        if measure.daily:
            self.graph.text(node, enf("perUnit"), measure.per or "day")
        self.graph.text(node, enf("liability"), measure.liability)

    def _terms(self, node: NamedNode, measure: m.Measure) -> None:
        g = self.graph
        if measure.comply_within:
            duration = Literal(measure.comply_within, datatype=iri("xsd:duration"))
            g.add(node, enf("complianceDuration"), duration)
        g.day(node, "complianceDeadline", measure.comply_by)
        for order in measure.enforces:
            g.add(node, enf("enforcesOrder"), self.names.nodes[order])
        g.add(node, enf("liquidates"), self.names.nodes[measure.liquidates] if measure.liquidates else None)
        if measure.period:
            g.day(node, "liquidationFrom", measure.period.from_)
            g.day(node, "liquidationTo", measure.period.to)
        if measure.days is not None:
            g.add(node, enf("daysLate"), Literal(str(measure.days), datatype=iri("xsd:integer")))

    def _effect(self, node: NamedNode, effect: m.Effect) -> None:
        g = self.graph
        g.add(self.node, enf("hasEffect"), node)
        g.type(node, "JudicialEffect")
        g.add(node, enf("effectOn"), self.names.target(effect.on))
        g.add(node, enf("effectType"), concept("judicial-effect", effect.effect))
        self._derived(g.amount(node, "resultingAmount", "amount", effect.amount), effect.sources)
        self._derived(node, effect.sources)

    def _step(self, node: NamedNode, step: m.Step) -> None:
        g = self.graph
        g.type(node, "ProcedureStep")
        g.add(node, enf("stepOf"), self.names.case)
        g.add(node, enf("concernsDecision"), self.node)
        g.add(node, enf("stepKind"), concept("procedure-step", step.kind))
        g.date(node, "stepDate", step.date)
        g.words(node, enf("stepNote"), step.note)
        self._derived(node, step.sources)

    def _parties(self) -> None:
        d, g = self.decision, self.graph
        bound = {party for measure in d.measures for party in (measure.to or d.respondents)}
        for party in d.respondents:
            if party not in bound:
                g.add(self.node, enf("hasRespondent"), party_iri(g.iris, party))
        for party in d.complainants:
            g.add(self.node, enf("hasComplainant"), party_iri(g.iris, party))
        found = {party for finding in d.findings for party in finding.parties}
        wanted = {*d.respondents, *d.complainants, *bound, *found}
        for declared in self.file.parties:
            if declared.id in wanted:
                g.party(declared)
