# Everything one does with Folkmoot, as short commands; `make help` lists them.

VENV ?= .venv
BIN = $(VENV)/bin
PYTHON ?=
WORKERS ?= 2
CODE = $(wildcard bot handlers migrations tests bench)
PAPERS = pyproject.toml constraints.txt

export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test check lint fmt bench bench-quick soak screenshots messages dist pins clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.ready-to-run ## Start the service with a make-believe town
	@$(BIN)/folkmoot demo

test: $(VENV)/.ready-to-test ## Run every test, on SQLite and PostgreSQL, in Chromium too
	@.ci/chromium
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: lint ## Look for what is wrong without running the service
	$(BIN)/python -m pytest -q tests/house/test_catalogues.py tests/house/test_schema.py tests/house/test_papers.py

lint: $(VENV)/.ready-to-test ## The part of `make check` that runs no tests
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports

fmt: $(VENV)/.ready-to-test ## Put the code in order
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(VENV)/.ready-to-test ## Measure everything that was promised, beside other bots; three quarters of an hour
	@$(BIN)/python -m bench $(ARGS)

bench-quick: $(VENV)/.ready-to-test ## Measure votes a second beside other bots; a minute
	@$(BIN)/python -m bench --quick

soak: $(VENV)/.ready-to-test ## Keep half of the maximum load up for ten minutes, and see that nothing grows
	@$(BIN)/python -m bench.soak $(ARGS)

screenshots: $(VENV)/.ready-to-test ## Take the pictures of the README and the guides
	@.ci/chromium
	@fc-list | grep -qi nastaliq || .ci/debian fonts-noto-core
	@$(BIN)/python -m tests.screenshots $(ARGS)

messages: $(VENV)/.ready-to-test ## Collect the sentences and bring the catalogues up to date
	@.ci/messages $(BIN)

dist: $(VENV)/.ready-to-test ## Build the wheel and the source archive into dist/
	$(BIN)/python -m build --no-isolation

pins: ## Write constraints.txt anew from the newest fitting versions
	@.ci/pins

clean: ## Remove what was built; data/ stays
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.ready-to-run: $(PAPERS)
	@.ci/install $(VENV)
	@touch $@

$(VENV)/.ready-to-test: $(PAPERS)
	@.ci/install $(VENV) test
	@touch $@ $(VENV)/.ready-to-run
