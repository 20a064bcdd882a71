"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import engines, reasoning

reasoning.main()
engines.main()
