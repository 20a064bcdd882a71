"""What became of a record, and the sum of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from kg.errors import InvalidRecord
from kg.model import Unparsed

Kind = Literal["stored", "unchanged", "rejected", "unsupported", "failed"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one record: which field or node, which value, which rule, what to do;
    `line` where it is known more exactly than the record's own; `waived` if a waiver accepts it."""

    field: str
    value: str
    rule: str
    fix: str = ""
    constraint: str = ""
    severity: Literal["Violation", "Warning", "Info"] = "Violation"
    line: int | None = None
    waived: bool = False

    @property
    def fails(self) -> bool:
        """Whether the record is refused for it."""
        return self.severity == "Violation" and not self.waived

    @classmethod
    def of(cls, error: InvalidRecord) -> Problem:
        return cls(error.field, error.value, error.rule, error.fix, line=error.line)

    def text(self) -> str:
        """The problem in one line: field, value, rule, suggested fix."""
        number = f" [{self.constraint}]" if self.constraint else ""
        value = f" value {self.value!r}" if self.value else ""
        return f"{self.field}{value}: {self.rule}{number}" + (f" (fix: {self.fix})" if self.fix else "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record.

    `failed` is a file that could not be read on; `kept` are values kept as written because
    they were not understood; `problems` says why a record was rejected, or, for one that was
    stored, which warnings it carries.
    """

    kind: Kind
    source: str
    key: str
    file: str
    line: int | None
    problems: tuple[Problem, ...] = ()
    kept: tuple[Unparsed, ...] = ()

    def place(self, problem: Problem | None = None) -> str:
        """File, line, source and key, of the record or of one problem in it."""
        line = (problem.line if problem else None) or self.line
        where = self.file if line is None else f"{self.file}:{line}"
        return f"{where}: {self.source} {self.key}".rstrip()


@dataclass(slots=True)
class Summary:
    """Counts over the outcomes of a run. Reasons and warnings are counted by rule; each rule
    keeps the first message it gave as its example."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: Counter[tuple[str, str]] = field(default_factory=Counter)
    waived: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        self.kinds[outcome.source, outcome.kind] += 1
        # What follows a colon is special to one value: the name of an unknown law.
        self.kept.update((outcome.source, item.field, item.rule.partition(":")[0]) for item in outcome.kept)
        refused = outcome.kind in ("rejected", "unsupported", "failed")
        for problem in outcome.problems:
            rule = f"constraint {problem.constraint}" if problem.constraint else problem.field
            self.examples.setdefault(rule, problem.rule)
            if problem.waived:
                self.waived[outcome.source, rule] += 1
            elif problem.severity == "Violation":
                self.reasons[outcome.source, rule] += 1
            elif not refused:
                self.warnings[outcome.source, rule] += 1

    def count(self, kind: Kind) -> int:
        return sum(number for (_, name), number in self.kinds.items() if name == kind)

    def lines(self, *, verbose: bool = False) -> Iterable[str]:
        """The summary for people: one line a source, then reasons with their counts; warnings
        rule by rule only if `verbose`."""
        for source in sorted({source for source, _ in self.kinds}):
            counts = (
                f"{self.kinds[source, kind]} {kind}" for kind in get_args(Kind) if self.kinds[source, kind]
            )
            yield f"{source}: {', '.join(counts)}"
        shown = {"not stored": self.reasons, "waived": self.waived}
        shown |= {"warning": self.warnings} if verbose else {}
        for title, counter in shown.items():
            for (source, rule), number in sorted(counter.items(), key=lambda item: (-item[1], item[0])):
                yield f"{number:>8} {title}: {source}: {rule}, e.g. {self.examples[rule]}"
        for (source, name, rule), number in sorted(self.kept.items(), key=lambda item: (-item[1], item[0])):
            yield f"{number:>8} kept as written: {source}: {name}: {rule}"
        if self.warnings and not verbose:
            rules = len({rule for _, rule in self.warnings})
            yield f"{self.warnings.total():>8} warnings by {rules} constraints: --verbose lists them"
