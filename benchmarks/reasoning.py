"""Our closure against owlrl's, on the shapes' conforming examples, in one run."""

from __future__ import annotations

from time import perf_counter

from kg.reason import Reasoner, facts, owlrl_closure
from kg.resources import ontology_files


def main() -> None:
    examples = [set(facts(path)) for path in ontology_files("examples") if path.name == "conforms.ttl"]
    reasoner = Reasoner.load()
    start = perf_counter()
    for given in examples:
        reasoner.infer(given)
    ours = perf_counter() - start
    start = perf_counter()
    owlrl_closure(set().union(*examples))
    theirs = perf_counter() - start
    each = 1000 / len(examples)
    print(f"| reasoning over {len(examples)} decisions | ms each | ratio |")
    print(f"| the project's closure | {ours * each:.2f} | 1 |")
    print(f"| owlrl, all decisions at once | {theirs * each:.1f} | {theirs / ours:.0f} |")


if __name__ == "__main__":
    main()
