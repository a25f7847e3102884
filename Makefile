# Kewei: `make demo` to look at it, `make test` to check it. Needs Python 3.11 or newer; everything else comes by itself.
# Each target is one or two plain commands, so that it can also be run by hand where there is no make.

.DELETE_ON_ERROR:
.PHONY: help setup setup-dev setup-spark demo check test test-sqlite test-postgres test-browser test-nightly bench screenshots \
        reference messages format lock clean

VENV := .venv
BIN := $(VENV)/bin
# Companies put their own certificates among the system's; a bare machine without any uses the ones inside uv.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem /etc/pki/tls/certs/ca-bundle.crt)
export UV_SYSTEM_CERTS ?= $(if $(CERTIFICATES),1,0)
UV := $(BIN)/uv --no-progress
STAMP := $(VENV)/.kewei
VENDOR := src/kewei/assets/.installed
PO_FILES = $(shell find src -name '*.po')
TALLY := $(VENV)/.tally
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start hundreds of processes; where compiled modules may not be kept, each of them would compile the house anew.
export PYTHONDONTWRITEBYTECODE :=
# A clone on another disk than the cache is no reason for a warning.
export UV_LINK_MODE ?= copy

# The newest Python here that really runs and can make a virtual environment; `make PYTHON=…` chooses another.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

help:
	@echo 'make demo          set up, fill a demo company and serve it at 127.0.0.1:8000'
	@echo 'make setup         prepare $(VENV) with the command kewei in it'
	@echo 'make setup-spark   add Spark as the other engine for sell-through (460 MB to fetch; needs Java 17 or newer)'
	@echo 'make check         lint, format, types, import contracts, templates, architecture (under a minute)'
	@echo 'make test          check, then all tests on SQLite, PostgreSQL and in a browser'
	@echo 'make test-nightly  the long profiles'
	@echo 'make bench         the speed table'
	@echo 'make screenshots   pictures of every main page'
	@echo 'make reference     write docs/reference again from the code'
	@echo 'make format        put the code in order'
	@echo 'make lock          pin the newest dependencies that fit'
	@echo 'make clean         remove what set-up and tests made; keeps ./var'

# --- set-up ---------------------------------------------------------------------------------------------------------

setup: $(STAMP).kewei $(VENDOR) $(STAMP).messages
	@:
setup-dev: setup $(STAMP).dev
	@:

$(STAMP).venv: requirements/setup.txt
	@test -n "$(PYTHON)" || { echo 'Kewei needs Python 3.11 or newer with venv: install python3 and python3-venv (Debian), or say make PYTHON=…'; exit 1; }
	@echo '· virtual environment ($(PYTHON))'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/setup.txt
	@touch $@

$(STAMP).base: requirements/base.txt $(STAMP).venv
	@echo '· packages'
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/base.txt
	@touch $@

$(STAMP).kewei: pyproject.toml $(STAMP).base
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMP).dev: requirements/dev.txt $(STAMP).kewei
	@echo '· packages for checking'
	@$(UV) pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.txt
	@touch $@

# pyspark comes as source: it is packed, not compiled, here.
setup-spark: $(STAMP).kewei
	@java -version >/dev/null 2>&1 || { echo 'Spark needs Java 17 or newer: install openjdk-17-jre-headless (Debian)'; exit 1; }
	@echo '· Spark'
	@$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --require-hashes -r requirements/spark.txt

$(VENDOR): frontend.toml tools/frontend.py $(STAMP).venv
	@echo '· front-end parts'
	@$(BIN)/python tools/frontend.py
	@touch $@

$(STAMP).messages: $(PO_FILES) tools/compile_messages.py $(STAMP).base
	@echo '· translations'
	@$(BIN)/python tools/compile_messages.py
	@touch $@

# --- running --------------------------------------------------------------------------------------------------------

demo: setup
	@$(BIN)/kewei demo --serve

# --- checking -------------------------------------------------------------------------------------------------------

check: setup-dev
	$(BIN)/ruff check --quiet --output-format concise .
	$(BIN)/ruff format --check --quiet --output-format concise .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet src
	$(BIN)/pytest -q tests/architecture

# The last line adds up the three runs, each of which has said its own before.
test: check
	@rm -f $(TALLY)
	@KEWEI_TALLY=$(TALLY) $(MAKE) --no-print-directory test-sqlite test-postgres test-browser
	@awk '{ p += $$1; f += $$2; s += $$3 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' $(TALLY)

# The slowest are named, so that whoever makes the suite slower sees it.
SLOWEST := --durations=15 --durations-min=3
test-sqlite: setup-dev
	$(BIN)/pytest -q -n $(WORKERS) -m 'not browser and not nightly' $(SLOWEST)

# Only what touches the database is worth running a second time; conftest.py leaves the rest out.
test-postgres: setup-dev
	$(BIN)/python tools/with_postgres.py $(BIN)/pytest -q -n $(WORKERS) -m 'not browser and not nightly' $(SLOWEST)

# Only the files that open a browser are read; two at a time, since a browser mostly waits.
BROWSED = $(shell grep -rl --include='test_*.py' 'mark\.browser' src tests)
test-browser: setup-dev
	-@$(BIN)/python tools/chromium.py --install
	$(BIN)/pytest -q -n $(WORKERS) -m 'browser and not nightly' $(SLOWEST) $(BROWSED)

test-nightly: setup-dev
	-@$(MAKE) --no-print-directory setup-spark
	KEWEI_NIGHTLY=1 $(BIN)/pytest -q -n $(WORKERS) -m nightly
	KEWEI_NIGHTLY=1 $(BIN)/python tools/with_postgres.py $(BIN)/pytest -q -n $(WORKERS) -m nightly

bench: setup-dev
	$(BIN)/python -m bench $(ARGS)

screenshots: setup-dev
	-@$(BIN)/python tools/chromium.py --install
	$(BIN)/python tools/screenshots.py

# --- keeping --------------------------------------------------------------------------------------------------------

reference: setup-dev
	$(BIN)/python tools/reference.py

messages: setup-dev
	$(BIN)/python tools/messages.py

format: setup-dev
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

COMPILE := $(UV) pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --universal
lock: $(STAMP).venv
	$(COMPILE) requirements/setup.in -o requirements/setup.txt
	$(COMPILE) requirements/node.in -o requirements/node.txt
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) -c requirements/base.txt requirements/dev.in -o requirements/dev.txt
	$(COMPILE) requirements/spark.in -o requirements/spark.txt

clean:
	rm -rf $(VENV) $(VENDOR) src/kewei/static/vendor src/kewei/assets/fonts src/kewei/assets/divisions build dist src/*.egg-info \
	       .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find src tests bench tools -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
