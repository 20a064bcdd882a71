# Two commands for people: `make demo` and `make test`. Everything else serves them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_STORE := .demo/store
PORT ?= 8000
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: demo test lint bench clean

$(VENV)/run.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, not " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --constraint constraints.txt --editable . 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c 'import pyoxigraph, flask, pyshacl, owlrl, cleanco'
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@$(PIP) install --constraint constraints.txt --editable '.[test]' 2>&1 | grep -v '^WARNING' || true
	@$(BIN)/python -c 'import pytest, mypy, hypothesis, build'
	@touch $@

demo: $(VENV)/run.stamp
	@KG_STORE=file:$(DEMO_STORE) $(BIN)/kg ingest data
	@printf '%s\n' '' 'The demo is at http://localhost:$(PORT)/ (Ctrl-C ends it). Three things to try:' \
	  '  1. the largest fines, and what is left of them:  http://localhost:$(PORT)/queries/largest-fines' \
	  '  2. the same as a table for other programs:       curl http://localhost:$(PORT)/queries/largest-fines.csv' \
	  '  3. a question of your own in SPARQL:             http://localhost:$(PORT)/sparql' ''
	@KG_STORE=file:$(DEMO_STORE) $(BIN)/kg serve --port $(PORT)

lint: $(VENV)/test.stamp
	@$(BIN)/ruff check .
	@$(BIN)/mypy

test: lint
	@$(BIN)/python -m pytest

bench: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache dist build
