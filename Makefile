# Thin on purpose: makes .venv, installs what pyproject.toml and the pins say, calls the package's own commands.
# PYTHON=python3.12 chooses the interpreter of a new .venv ("make clean" takes the old one away).
# ARGS="..." is passed on to pytest or the benchmarks.

# What "make fast" runs: rules and services. Pages and stories are most of the rest: TESTS="tests/web tests/journeys".
TESTS := tests/domain tests/mail tests/documents tests/services tests/worker

# Three rings, each around the one before (tests/README.md). "make check" runs the tests of the code itself.
FAST := not slow and not slow_on_postgresql and not postgresql and not browser and not install
DEFAULT := not slow and not install
SLOW := slow and not install
PYTEST = .venv/bin/pytest -n auto

# Without it every program and every process of the tests compiles the whole package anew.
unexport PYTHONDONTWRITEBYTECODE

UV := uv==0.13.9
BACKEND := hatchling>=1.27 editables>=0.5

.DEFAULT_GOAL := help
.PHONY: help run dev test fast test-slow test-all check bench drills words migration tables pins clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' Makefile

run: .venv/runtime.stamp ## start web and worker with the example letter (PORT, CAMPAIGN_INSTANCE)
	@exec .venv/bin/campaign run --example

# The whole starts anew: web and worker hold templates, catalogues and code for as long as they live.
dev: .venv/dev.stamp ## the same, started anew whenever code, a template or a catalogue changes
	@exec env CAMPAIGN_DEBUG=1 .venv/bin/watchfiles --sigint-timeout 15 '.venv/bin/campaign run --example' campaign templates static

fast: .venv/dev.stamp ## run the quickest tests, of rules and services on SQLite alone, while you work (TESTS="tests/web" for pages)
	@$(PYTEST) --dist worksteal -m "$(FAST)" $(TESTS) $(ARGS)

test: .venv/dev.stamp ## run the quick tests, on both databases and in a browser (ARGS="-k confirm")
	@scripts/install-browser
	@$(PYTEST) --dist loadscope --ignore tests/house -m "$(DEFAULT)" $(ARGS)

test-slow: .venv/dev.stamp ## run the others, which take seconds by their nature
	@scripts/install-browser
	@$(PYTEST) --dist loadscope --ignore tests/house -m "$(SLOW)" $(ARGS)

test-all: .venv/dev.stamp ## run all tests, the web's on PostgreSQL too, and an installation by the guide
	@scripts/install-browser
	@$(PYTEST) --dist loadscope --every-database $(ARGS)

check: .venv/dev.stamp ## run the static checks
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/pytest -q tests/house

bench: .venv/dev.stamp ## run the benchmarks, one "name value unit" per line
	@.venv/bin/python -m tests.bench $(ARGS)

drills: .venv/dev.stamp ## fault drills against real servers, minutes each, "mixed" two hours (ARGS="rest slow")
	@.venv/bin/python -m tests.drills $(ARGS)

words: .venv/dev.stamp ## bring every translation catalogue in step with the words in code and templates
	@.venv/bin/python -m scripts.catalogues

migration: .venv/dev.stamp ## draft a migration from the models (NAME="why")
	@NAME='$(NAME)' .venv/bin/python -m scripts.new_migration

tables: .venv/dev.stamp ## write docs/tables.md anew from the models
	@.venv/bin/python -m scripts.tables

pins: ## choose new versions for both requirements files
	@UV='$(UV)' BACKEND='$(BACKEND)' PYTHON='$(PYTHON)' scripts/make-pins

clean: ## remove .venv and every cache; data under instance/ stays
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/runtime.stamp: pyproject.toml requirements.txt
	@PYTHON='$(PYTHON)' scripts/install-packages requirements.txt $@

.venv/dev.stamp: pyproject.toml requirements-dev.txt
	@PYTHON='$(PYTHON)' scripts/install-packages requirements-dev.txt $@
