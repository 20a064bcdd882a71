"""Write the golden answers anew: `python -m tests.golden.regenerate`.

Read every difference against the cases before it is kept.
"""

from __future__ import annotations

from tests.golden.answers import GOLDEN, cases, csv, stale


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for path in stale():
        path.unlink()
        print(f"removed {path.name}")
    for case in cases():
        before, after = case.file.read_bytes() if case.file.exists() else b"", csv(case)
        if before != after:
            case.file.write_bytes(after)
            rows = after.count(b"\n") - 1
            print(f"{'written' if not before else 'changed'} {case.file.name}: {rows} lines")


if __name__ == "__main__":
    main()
