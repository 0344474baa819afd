SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
ASSETS := .venv/.assets
PIP_TOOLS := pip-tools==7.6.2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help serve demo assets test check proofs proofs-pulls fuzz format lint schema pages revision lock clean bench bench-quick

help:  ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name meaning; do \
		printf '  make %-12s %s\n' "$$name" "$$meaning"; done

serve: $(INSTALLED) $(ASSETS)  ## Start the server; with no settings: SQLite, the packaged data, http://127.0.0.1:8000
	@exec $(BIN)/fund-api serve

demo: $(INSTALLED) $(ASSETS)  ## Serve a demonstration from demo.db: fictional people and communities beside the real data
	@exec $(BIN)/fund-api demo

assets: $(INSTALLED)  ## Install GraphiQL by npm: its page needs no other network then, and the wheel ships it
	@$(BIN)/python -m fund_api.graphiql

test: $(INSTALLED)  ## Run the tests, on SQLite and PostgreSQL
	@$(BIN)/pytest -q -n auto

check: lint  ## Everything that must hold before a commit; migration drift is among the tests
	$(BIN)/python -m schema --check
	@$(MAKE) test

proofs: export PATH := $(CURDIR)/$(BIN):$(PATH)
proofs: SEED := $(or $(SEED),$(shell echo $$((RANDOM * 32768 + RANDOM))))
proofs: $(INSTALLED)  ## Kill the server under load, race for the last dollar, take random steps, ask the reference, try other clients
	@tests/clients/install.sh
	@$(MAKE) assets
	@echo "SEED=$(SEED) for all that is left to chance: make proofs SEED=$(SEED)"
	@FUND_PROOF_SEED=$(SEED) $(BIN)/pytest -q -rP -m proof -k 'not million' tests/proofs
	@FUND_PICTURES=$(or $(FUND_PICTURES),build/pictures) $(BIN)/pytest -q -m proof tests/clients
	@FUND_RANDOM_RUNS=40 FUND_RANDOM_SEED=$(SEED) FUND_LEDGER_MOVEMENTS=10000 $(BIN)/pytest -q -n 2 \
		tests/grants/test_random_steps.py tests/grants/test_ledger.py
	@FUND_ORACLE_DOCUMENTS=2000 $(BIN)/pytest -q -n auto tests/oracle
	@FUND_HTTP_DOCUMENTS=1000 FUND_HTTP_SEED=$(SEED) $(BIN)/pytest -q -rP -n 2 tests/edge/test_generated.py

proofs-pulls: $(INSTALLED)  ## Pull a million grants on both databases: takes five minutes, and much disk
	@$(BIN)/pytest -q -rP -m proof -k million tests/proofs

N ?= 20000
fuzz: SEED := $(or $(SEED),$(shell echo $$((RANDOM * 32768 + RANDOM))))
fuzz: $(INSTALLED)  ## The same on new documents: make fuzz, or make fuzz SEED=7 N=5000
	@echo "SEED=$(SEED) N=$(N)"
	@FUND_ORACLE_DOCUMENTS=$(N) FUND_ORACLE_SEED=$(SEED) $(BIN)/pytest -q -n auto tests/oracle

lint: $(INSTALLED)  ## Check format, style, types and the direction of imports
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

format: $(INSTALLED)  ## Format the code
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

schema: $(INSTALLED)  ## Write schema.graphql, the operations' manifest and the pages of lifecycles anew
	$(BIN)/python -m schema

pages: $(INSTALLED)  ## Write the answers anew in the pages of docs that tests follow; look at the difference
	@FUND_WRITE_PAGES=1 $(BIN)/pytest -q -k sqlite tests/test_campaign_pages.py tests/test_grant_story.py
	@FUND_WRITE_PAGES=1 $(BIN)/pytest -q tests/reporting/test_reporting_page.py

revision: $(INSTALLED)  ## Write the next migration from the tables: make revision M="What changes"
	@test -n "$(M)" || { echo 'Say what changes: make revision M="Grants"'; exit 1; }
	@$(BIN)/python -m fund_api.migrations "$(M)"
	@$(BIN)/ruff format --quiet fund_api/migrations/versions

bench: $(INSTALLED)  ## Time the server; with BENCH=DIR beside its peers, by the harness in DIR
	@$(BIN)/python -m tests.bench run $(BENCH) $(BENCH_OPTIONS)

bench-quick: $(INSTALLED)  ## Count statements, rows, plans and function calls of the benchmark's operations
	@$(BIN)/python -m tests.bench count

lock:  ## Pin what pyproject.toml asks for, keeping old pins; without the old file, the newest of everything
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "The lock is made with Python 3.11, the oldest allowed: make lock PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet $(PIP_TOOLS)
	@$(PYTHON) -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb")); \
		print(*p["project"]["dependencies"], *p["dependency-groups"]["dev"], *p["build-system"]["requires"], sep="\n")' \
		> build/lock/requirements.in
	@echo "Pinning; reading every file's hash takes some minutes"
	@build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras --no-header --no-annotate --no-emit-options \
		--output-file requirements.lock build/lock/requirements.in
	@sed -i '/^--/d' requirements.lock  # options of whoever made it, such as where they get packages

clean:  ## Delete what can be made again: .venv, build, caches
	@rm -rf fund_api/graphiql/assets tests/clients/node_modules
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# GraphiQL, tried once, and again when it changes: where npm or the network is not, the page loads it from a CDN.
$(ASSETS): $(INSTALLED) fund_api/graphiql/package.json fund_api/graphiql/assets.py
	@$(BIN)/python -m fund_api.graphiql --if-possible
	@touch $@

# The environment: exactly the lock, and the project itself, editable.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; say where it is: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making .venv from requirements.lock ($$(grep -c == requirements.lock) packages), a minute or two"
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --require-hashes --progress-bar off -r requirements.lock \
		| awk '/^Collecting/ && ++n % 10 == 0 { print "  " n " found"; fflush() } /^Installing/ { print "  installing"; fflush() }'
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
