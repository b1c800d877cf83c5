# Two commands do everything on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
TOOLS := .venv-tools
PY := $(VENV)/bin/python
PEERS := dlt airbyte-cdk singer-sdk simple-salesforce
export PYSPARK_PYTHON := $(CURDIR)/$(PY)
export PYSPARK_DRIVER_PYTHON := $(CURDIR)/$(PY)

.PHONY: demo test lint types setup java proof soak bench compat smoke lock audit clean docs

demo: setup java
	$(PY) -m lakeflow_sources.cli demo

test: setup java lint types
	$(PY) -m pytest -n 2 --dist loadfile --durations 15

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup
	$(PY) -m mypy

docs: setup
	$(PY) -m docs.generator

# Everything slow, with a table at the end: histories tried, crashes survived, rows compared, differences.
proof: setup java
	$(PY) -m pytest -m proof -n 2 --dist worksteal --durations 10

# What a long stream and thousands of partitions leave behind: memory, threads, sockets, files.
soak: setup java
	$(PY) -m benchmarks.soak $(ARGS)

# The Spark tests on every Spark and Python: `make compat COMPAT="--spark 4.0 --mode connect"` for some of them.
compat: setup java
	$(PY) tests/versions.py $(COMPAT)

# `make test` has the newest Spark; a few tests tell whether the oldest still works.
smoke: setup java
	$(PY) tests/versions.py --spark 4.0 --mode classic --first-python --smoke

lock: $(TOOLS)/.ready
	$(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra all --group dev pyproject.toml --output-file requirements.lock

audit: setup $(TOOLS)/.ready
	@$(PY) tests/audit.py $(TOOLS)/bin/pip-audit

# All works and the README's figures; `make bench ARGS="--quick"` for a look, `ARGS="engine bulk"` for some works.
bench: setup java $(PEERS:%=.venv-bench/%/.ready)
	$(PY) -m benchmarks --peers .venv-bench $(ARGS)

# A peer that cannot be installed here is left out, and the results say so.
.venv-bench/%/.ready: benchmarks/peers/%.txt
	@rm -rf .venv-bench/$*
	@$(PYTHON) -m venv .venv-bench/$*
	@if .venv-bench/$*/bin/python -m pip install --quiet --disable-pip-version-check -r $<; then touch $@; \
	  else echo "$* cannot be installed here and takes no part."; rm -rf .venv-bench/$*; fi

setup: $(VENV)/.ready

java: setup
	@$(PY) -m lakeflow_sources.java

$(VENV)/.ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it and run make PYTHON=python3.11."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS)/.ready:
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv pip-audit
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS) .venv-bench .venv-compat build dist .demo
