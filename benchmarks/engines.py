"""Our closure and our gate against owlrl and pySHACL on the trackers' real records, in one run.

`python -m benchmarks whole` gives the references the whole corpus too (about half an hour).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from pyoxigraph import Quad

from kg.reason import Fact, Reasoner, owlrl_closure, reference_facts, triples
from tests.conftest import ROOT
from tests.corpus import AS_OF, sample
from tests.test_reason import about
from tests.test_shapes import validator
from tests.test_shapes_reference import agrees

SAMPLE: Final = 100
BATCH: Final = 200
Graphs = dict[str, list[Quad]]


def main() -> None:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        print("The trackers' real files are not beside this checkout (../shared/data).")
        return
    corpus = sample(folder)
    known = corpus if "whole" in sys.argv else sample(folder, SAMPLE)
    print("\n| engine | graphs | seconds | ms a graph | graphs on which it agrees with ours |")
    print("|---|---|---|---|---|")
    reasoning(corpus, known)
    validation(corpus, known)


def reasoning(corpus: Graphs, known: Graphs) -> None:
    reasoner = Reasoner.load()
    start = perf_counter()
    for quads in corpus.values():
        reasoner.infer(triples(quads))
    line("closure, the project's", len(corpus), perf_counter() - start)
    keys, seconds, same = list(known), 0.0, 0
    reference = set(reference_facts())
    for first in range(0, len(keys), BATCH):
        batch = [set(triples(known[key])) for key in keys[first : first + BATCH]]
        taken, agreed = _owlrl(reasoner, batch, reference)
        seconds, same = seconds + taken, same + agreed
    line(f"closure, owlrl in batches of {BATCH}", len(known), seconds, same)


def _owlrl(reasoner: Reasoner, batch: Sequence[set[Fact]], reference: set[Fact]) -> tuple[float, int]:
    """Seconds, and the graphs of which owlrl states all that we do and nothing else."""
    given = set[Fact]().union(*batch)
    background = about(reference, given)
    start = perf_counter()
    theirs = owlrl_closure(given, background) - reasoner.background.facts
    taken = perf_counter() - start
    ours = [reasoner.infer(graph) - given for graph in batch]
    extra = theirs - set[Fact]().union(*ours)
    return taken, 0 if extra else sum(graph <= theirs for graph in ours)


def validation(corpus: Graphs, known: Graphs) -> None:
    start = perf_counter()
    reports = validator().validate(corpus, profile="record", as_of=AS_OF)
    line("gate, the project's", len(corpus), perf_counter() - start)
    start = perf_counter()
    same = sum(agrees(quads, reports[key], "record") for key, quads in known.items())
    line("gate, pySHACL alone", len(known), perf_counter() - start, same)


def line(engine: str, graphs: int, seconds: float, same: int | None = None) -> None:
    print(
        f"| {engine} | {graphs} | {seconds:.1f} | {1000 * seconds / graphs:.2f} | {same or ''} |", flush=True
    )


if __name__ == "__main__":
    main()
