# Groundwork. `make` alone tells what there is.
.POSIX:
.SUFFIXES:
.DEFAULT_GOAL = help
PY = .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## start Groundwork with its demo people (PORT=8000), Ctrl-C ends it
	@tools/venv.sh run
	@GROUNDWORK_PLAIN_HTTP=1 GROUNDWORK_DEMO=1 GROUNDWORK_CLINIC_NAME="$${GROUNDWORK_CLINIC_NAME:-Riverside Clinic}" exec $(PY) -m flask --app wsgi serve

test: ## every test, on SQLite and PostgreSQL, journeys in Chromium (ARGS="-k plan")
	@tools/venv.sh dev
	@tools/test.sh $(ARGS)

quick: ## most of them in three to four minutes: no browser, nothing long, SQLite (ARGS="-k plan")
	@tools/venv.sh dev
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist worksteal --ignore tests/journeys -m "not journey and not fuzz and not faults and not long" $(ARGS)

fuzz: ## proofs by number: thousands of inputs (`make test` tries a few of each)
	@tools/venv.sh dev
	@$(PY) -m pytest -n 2 --whole -m fuzz $(ARGS)

faults: ## proofs by number: processes killed, power cut, storms (`make test` tries a few of each)
	@tools/venv.sh dev
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --whole -m faults $(ARGS)
	@PYTHONDONTWRITEBYTECODE= $(PY) -m tests.databases -- \
		$(PY) -m pytest -n 2 --whole --database postgresql -m faults $(ARGS)
	@$(PY) -m tests.reminders.simulation
	@$(PY) -m tests.databases -- $(PY) -m tests.reminders.simulation --postgresql --hours 8 --kills 66

check: ## lint, format, types, who imports whom, and what a server runs (sbom.cdx.json)
	@tools/venv.sh dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	$(PY) tools/sbom.py

audit: ## whether an advisory names a locked library (needs a network that has them)
	@tools/venv.sh dev
	@$(PY) tools/advisories.py

format: ## put the code into its one format
	@tools/venv.sh dev
	$(PY) -m ruff check --fix-only
	$(PY) -m ruff format

bench: ## the benchmarks, as ratios
	@tools/venv.sh dev
	@$(PY) -m benchmarks $(ARGS)

load: ## whether it holds: crowds, slow clients, 1,000,000 entries, a soak (ARGS="crowds")
	@tools/venv.sh dev
	@$(PY) -m benchmarks.load $(ARGS)

lock: ## renew requirements*.lock from pyproject.toml (UPGRADE=--upgrade)
	@UPGRADE="$(UPGRADE)" tools/lock.sh

clean: ## remove .venv and caches; what people wrote (var/) stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run test quick fuzz faults check audit format bench load lock clean
