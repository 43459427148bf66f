# Run `make` to see what there is to do. Needs Python 3.11 or newer; installs into .venv only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
.DEFAULT_GOAL := help
.PHONY: help install demo serve test test-long browser check mutants transcripts chaos faults fuzz bench soak topics lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.run ## Make .venv with what the bot needs to run

demo: $(VENV)/.run ## Try the bot in the browser: no token, no network
	@$(BIN)/lindung demo

serve: $(VENV)/.run ## Serve the real bot (BOT_TOKEN in .env)
	@$(BIN)/lindung serve

test: $(VENV)/.test ## Run the tests, on real PostgreSQL and SQLite; not the browser's
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto
	@echo "Left out: the browser tests. Run them with: make browser (needs chromium)"

test-long: $(VENV)/.test ## Run what make test leaves out: the other database, many more random cases
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto -m long

fuzz: $(VENV)/.test ## Look for new random cases that break a property (ten times as many)
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -n auto -m "hypothesis and not browser"

faults: $(VENV)/.test ## Databases, Redis, disks and Telegram fail under load: what must hold (half an hour)
	@$(BIN)/python -W ignore -m tests.faults

browser: $(VENV)/.check ## Drive the demo page in headless Chromium
	@$(BIN)/python -m pytest -m browser

check: $(VENV)/.check ## Lint, format, types, imports, words, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/python -m pytest tests/test_imports.py tests/test_words.py tests/storage/test_migrations.py

mutants: $(VENV)/.check ## Break the rules in thousands of places: the tests must notice 9 of 10
	@rm -rf mutants
	@$(BIN)/mutmut run
	@$(BIN)/mutmut results
	@$(BIN)/mutmut export-cicd-stats
	@$(BIN)/python -c 'import json; s = json.load(open("mutants/mutmut-cicd-stats.json")); \
	  noticed = s["killed"] + s["timeout"]; print(noticed, "of", s["total"], "noticed"); \
	  raise SystemExit(noticed < 0.9 * s["total"])'

transcripts: $(VENV)/.test ## Write the golden conversations of tests/transcripts anew
	@$(BIN)/python -m pytest tests/test_transcripts.py --rewrite-transcripts

chaos: $(VENV)/.test ## Kill the bot at 1000 random moments, restart it, copy its files (KILLS, RESTARTS, SEED)
	@$(BIN)/python -m tests.chaos

bench: $(VENV)/.test ## Measure how fast updates are served, questions understood, sheets made
	@$(BIN)/python -m tests.bench.speed
	@$(BIN)/python -m tests.bench.topics
	@$(BIN)/python -m tests.bench.sheets --rows 35000
	@$(BIN)/python -m tests.bench.imports --rows 4000

soak: $(VENV)/.test ## Random people through the real bot (UPDATES=n SEED=s PEOPLE=p): nothing may break
	@$(BIN)/python -m tests.soak $(if $(UPDATES),--updates $(UPDATES)) $(if $(SEED),--seed $(SEED)) $(if $(PEOPLE),--people $(PEOPLE))

topics: $(VENV)/.topics ## Learn the topics anew from bot/topics/examples
	@$(BIN)/python -m bot.topics.train

lock: ## Pin the requirements anew (needs uv)
	@for extra in "" test check topics; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-header pyproject.toml $${extra:+--extra $$extra} \
	    -o requirements$${extra:+-$$extra}.txt; done

clean: ## Remove .venv and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants *.egg-info build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Lindung needs Python 3.11 or newer. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python came without venv. On Debian: sudo apt install python3-venv"; exit 1; }

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the bot needs (about a minute) ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements-test.txt $(VENV)/.run
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements-test.txt
	@touch $@

$(VENV)/.check: requirements-check.txt $(VENV)/.test
	@$(PIP) --require-hashes -r requirements-check.txt
	@touch $@

$(VENV)/.topics: requirements-topics.txt $(VENV)/.run
	@$(PIP) --require-hashes -r requirements-topics.txt
	@touch $@
