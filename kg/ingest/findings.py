"""Findings of a validation in words, as JSON, and as one W3C report in RDF (SHACL §3.6)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args
from typing import Literal as OneOf

from pyoxigraph import Literal, NamedNode, Triple

from kg.ingest.validate import Finding
from kg.iris import Iris
from kg.namespaces import RDF_TYPE, enf, iri, split
from kg.shapes import Severity

Language = OneOf["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
WORST_FIRST: Final[tuple[Severity, ...]] = get_args(Severity)

_GDPR: Final = re.compile(r".*/id/prov/eu/reg/2016/679/art_(\w+)(?:/par_(\w+))?(?:/pnt_(\w+))?\Z")
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "what": "what",
        "where": "where",
        "why": "why",
        "mend": "mend",
        "node": "node",
        "property": "property",
        "value": "value",
        "field": "field",
        "waiver": "waiver",
        "waived": "waived",
        "law": "Art. {} GDPR",
        "Violation": "Violation",
        "Warning": "Warning",
        "Info": "Info",
    },
    "fr": {
        "what": "quoi",
        "where": "où",
        "why": "pourquoi",
        "mend": "remède",
        "node": "nœud",
        "property": "propriété",
        "value": "valeur",
        "field": "champ",
        "waiver": "dérogation",
        "waived": "admis par dérogation",
        "law": "art. {} RGPD",
        "Violation": "Violation",
        "Warning": "Avertissement",
        "Info": "Information",
    },
}


@dataclass(slots=True)
class Counts:
    """Findings counted by severity, constraint and whether a waiver accepts them."""

    numbers: Counter[tuple[Severity, str, bool]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    failing: int = 0

    def add(self, finding: Finding, language: Language) -> None:
        rule = finding.problem.constraint or finding.problem.field
        self.numbers[finding.severity, rule, finding.problem.waived] += 1
        self.examples.setdefault(rule, message(finding, language))
        self.failing += finding.fails

    def lines(self, language: Language) -> Iterator[str]:
        """The summary for people: worst first, then the most frequent."""
        words = _WORDS[language]
        rank = {name: number for number, name in enumerate(WORST_FIRST)}
        for key, number in sorted(self.numbers.items(), key=lambda i: (rank[i[0][0]], -i[1], i[0])):
            severity, rule, waived = key
            mark = f" ({words['waived']})" if waived else ""
            yield f"{number:>8} {words[severity]} [{rule}]{mark}: {self.examples[rule]}"


def message(finding: Finding, language: Language) -> str:
    """What is wrong; in English where a reader of files says it, which speaks only English."""
    if finding.result is None:
        return f"{finding.problem.field}: {finding.problem.rule}"
    return finding.result.message_fr if language == "fr" else finding.result.message_en


def as_text(finding: Finding, language: Language) -> str:
    """One finding for people: what, where in the input, why it matters, how to mend it."""
    words, rows = (
        _WORDS[language],
        [("what", message(finding, language)), ("where", _where(finding, language))],
    )
    if why := _why(finding, language):
        rows.append(("why", why))
    if fix := _fix(finding, language):
        rows.append(("mend", fix))
    if finding.result is not None and finding.result.waived_by is not None:
        rows.append(("waiver", finding.result.waived_by.value))
    number = f" [{finding.problem.constraint}]" if finding.problem.constraint else ""
    width = max(len(words[name]) for name, _ in rows) + 1
    lines = (f"  {words[name] + ':':{width}} {text}" for name, text in rows)
    return "\n".join([f"{words[finding.severity]}{number} {finding.place()}", *lines])


def _where(finding: Finding, language: Language) -> str:
    words, result, problem = _WORDS[language], finding.result, finding.problem
    value = f", {words['value']} {problem.value!r}" if problem.value else ""
    if result is None:
        return f"{finding.place()}, {words['field']} {problem.field}{value}"
    path = f", {words['property']} {_short(result.path)}" if result.path is not None else ""
    return f"{words['node']} {result.focus_node.value}{path}{value}"


def _why(finding: Finding, language: Language) -> str:
    constraint = finding.constraint
    if constraint is None:
        return ""
    reason = constraint.reasons.get(language) or constraint.reasons.get("en", "")
    links = (_link(link, language) for link in constraint.links)
    return " ".join(part for part in (reason, "; ".join(links)) if part)


def _fix(finding: Finding, language: Language) -> str:
    return finding.constraint.fixes[language] if finding.constraint else finding.problem.fix


def _link(link: NamedNode, language: Language) -> str:
    found = _GDPR.match(link.value)
    if found is None:
        return f"<{link.value}>"
    parts = [part for part in found.groups() if part]
    return f"{_WORDS[language]['law'].format(parts[0] + ''.join(f'({p})' for p in parts[1:]))} <{link.value}>"


def _short(node: NamedNode) -> str:
    found = split(node.value)
    return ":".join(found) if found and re.fullmatch(r"[\w-]+", found[1]) else f"<{node.value}>"


def as_json(finding: Finding, language: Language) -> dict[str, object]:
    """One finding as JSON values; what does not apply is null or empty."""
    result, constraint = finding.result, finding.constraint
    waived = result.waived_by if result else None
    return {
        "severity": finding.severity,
        "constraint": finding.problem.constraint or None,
        "shape": result.shape.value if result else None,
        "message": message(finding, language),
        "file": finding.file or None,
        "line": finding.problem.line or finding.line,
        "source": finding.source or None,
        "key": finding.key or None,
        "node": result.focus_node.value if result else None,
        "property": result.path.value if result and result.path else None,
        "field": finding.problem.field,
        "value": finding.problem.value or None,
        "why": (constraint.reasons.get(language) or constraint.reasons.get("en")) if constraint else None,
        "links": [link.value for link in constraint.links] if constraint else [],
        "fix": _fix(finding, language) or None,
        "waivedBy": waived.value if waived else None,
    }


def as_triples(findings: Iterable[Finding], iris: Iris) -> Iterator[Triple]:
    """One `sh:ValidationReport` over all findings, as a stream: what it says of itself comes last."""
    report, number = iris.id("report", "validation"), 0
    for number, finding in enumerate(findings, start=1):
        node = NamedNode(f"{report.value}/result/{number}")
        yield from finding.result.triples(node) if finding.result else _unread(node, finding, iris)
        yield Triple(report, iri("sh:result"), node)
    conforms = Literal("false" if number else "true", datatype=iri("xsd:boolean"))
    yield Triple(report, RDF_TYPE, iri("sh:ValidationReport"))
    yield Triple(report, iri("sh:conforms"), conforms)


def _unread(node: NamedNode, finding: Finding, iris: Iris) -> Iterator[Triple]:
    """A finding on what did not become a graph: its focus node is the record, or the file's."""
    focus = iris.record(finding.source or "file", finding.key or Path(finding.file).name)
    yield Triple(node, RDF_TYPE, iri("sh:ValidationResult"))
    yield Triple(node, iri("sh:resultSeverity"), iri(f"sh:{finding.severity}"))
    yield Triple(node, iri("sh:focusNode"), focus)
    yield Triple(node, iri("sh:sourceConstraintComponent"), enf("ReadableFieldConstraint"))
    yield Triple(node, iri("sh:resultMessage"), Literal(message(finding, "en"), language="en"))
