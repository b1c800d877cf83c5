# Two commands do everything on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYSPARK_PYTHON := $(CURDIR)/$(PY)
export PYSPARK_DRIVER_PYTHON := $(CURDIR)/$(PY)

.PHONY: demo test lint types setup java proof bench clean

demo: setup java
	$(PY) -m lakeflow_sources.cli demo

test: setup java lint types
	$(PY) -m pytest -n 2 --dist loadfile --durations 15

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy

proof: setup java
	$(PY) -m pytest -m proof

bench: setup java
	$(PY) benchmarks/memory.py
	$(PY) benchmarks/salesforce_bulk.py
	$(PY) benchmarks/osipi_values.py
	$(PY) benchmarks/quota.py

setup: $(VENV)/.ready

java: setup
	@$(PY) -m lakeflow_sources.java

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it and run make PYTHON=python3.11."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist .demo
