# One short command each. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# The first of these that is Python 3.11 or newer; PYTHON=… names another one.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.PHONY: help run test test-postgres bench lint format types browser pango lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## set up if needed and serve on http://127.0.0.1:8000 (PORT=… for another)
	@exec $(BIN)/python -m webapp.server

test: lint types browser pango ## set up if needed and run every check
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile --cov --cov-report term

test-postgres: $(VENV)/dev.stamp browser pango ## run the same tests on a throw-away PostgreSQL
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

bench: $(VENV)/dev.stamp browser ## measure against the budgets, about ten minutes (FULL=1: a million records)
	@$(BIN)/python -m bench

lint: $(VENV)/dev.stamp ## check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/dev.stamp ## mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev.stamp ## check the types
	$(BIN)/mypy

browser: $(VENV)/dev.stamp # a headless Chromium for the browser tests
	@$(BIN)/python -m tests.browser.chromium

pango: $(VENV)/dev.stamp # the library that PDF files need
	@$(BIN)/python -m tests.reports.pango

lock: $(VENV)/dev.stamp ## renew the locked dependencies (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: https://docs.astral.sh/uv/' >&2; exit 1; }
	uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --universal --python-version 3.11 \
		--custom-compile-command 'make lock' --output-file requirements.txt requirements.in
	uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --universal --python-version 3.11 \
		--custom-compile-command 'make lock' --output-file requirements-s3.txt requirements-s3.in
	uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-strip-extras --universal --python-version 3.11 \
		--custom-compile-command 'make lock' --output-file requirements-dev.txt requirements-dev.in

clean: ## remove what set-up made; instance/ with its data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.*

$(VENV)/run.stamp: requirements.txt
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; here is $$("$(or $(PYTHON),python3)" --version 2>&1)." \
		'Install one, or name it: make PYTHON=/path/to/python run' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments." \
		'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing the dependencies into $(VENV) …'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@echo 'Installing the tools for checks and tests …'
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@
