"""Runs every benchmark: `python -m benchmarks`."""

from benchmarks import reasoning

reasoning.main()
