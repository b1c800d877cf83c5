# Two commands do everything on a fresh machine with Python 3.11 or newer: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PEERS := dlt airbyte-cdk singer-sdk simple-salesforce
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

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: install it and run make PYTHON=python3.11."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) .venv-bench build dist .demo
