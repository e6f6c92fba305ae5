# Everything runs through dev.py, which needs Python alone: `python3 dev.py demo` is `make demo`.
PYTHON ?= python3
COMPILE = .venv/bin/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --quiet \
          --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test quick lint fix env lock bench faults clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## The whole of Checkback on this machine, with invented people (ARGS="--port 9000")
	@$(PYTHON) dev.py demo $(ARGS)

test: ## All that must hold: lint, types, contracts, tests (ARGS="-k ladder" for pytest)
	@$(PYTHON) dev.py test $(ARGS)

quick: ## The inner loop: lint, types and the fast tests
	@$(PYTHON) dev.py quick $(ARGS)

lint: ## Lint, types and contracts, without the tests
	@$(PYTHON) dev.py lint $(ARGS)

fix: ## Format, and mend what the linter can mend
	@$(PYTHON) dev.py fix $(ARGS)

env: ## Make or refresh .venv with the tools of a developer
	@$(PYTHON) dev.py env

lock: env ## Compile both lock files from pyproject.toml (ARGS=--upgrade for newer releases)
	$(COMPILE) $(ARGS) --output-file requirements.lock
	$(COMPILE) $(ARGS) --group dev --constraint requirements.lock --output-file requirements-dev.lock

bench: ## Measure, and print the figures
	@$(PYTHON) dev.py bench $(ARGS)

faults: ## The fault tests at full size, with their figures; takes an hour (ARGS="-k kill")
	@$(PYTHON) dev.py faults $(ARGS)

clean: ## Remove .venv, caches and builds; ./data stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
