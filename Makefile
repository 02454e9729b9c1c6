# Two commands matter: `make demo` and `make test`. Both set up what they need in .venv, and do nothing twice.
# PYTHON may name another interpreter, 3.11 or newer: make test PYTHON=python3.13

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench
GRAMMY := tests/bench/peers/grammy

.DEFAULT_GOAL := help
.PHONY: help demo test check unit bench growth format lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## the whole road in one minute: no token, no network
	@$(BIN)/python -m bot demo

test: check unit ## all checks, then all tests

check: $(READY) ## ruff, format, mypy --strict, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY) ## every test; ARGS="-k words" chooses, ARGS=--regenerate writes the golden transcripts anew
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

bench: $(READY) $(BENCH)/.ready ## this bot against its peers, half an hour; ARGS=--quick for a first look
	@$(BENCH)/bin/python -m tests.bench $(ARGS)

growth: $(READY) ## what each act costs with a million reports, a quarter of an hour; ARGS=--quick
	@$(BIN)/python -m tests.bench.growth $(ARGS)

format: $(READY) ## put the code into its one shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## resolve pyproject.toml into requirements/*.txt, versions and hashes
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --quiet --output-file requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt
	$(BIN)/uv pip compile requirements/bench.in --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --output-file requirements/bench.txt

clean: ## remove what make made
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(READY): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) \
		|| { echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements/dev.txt
	@touch $@

$(BENCH)/.ready: requirements/bench.txt $(GRAMMY)/package-lock.json
	@$(PYTHON) -m venv --clear $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		--requirement requirements/bench.txt
	@if command -v npm >/dev/null; then cd $(GRAMMY) && npm ci --silent || echo "grammY is left out"; fi
	@touch $@
