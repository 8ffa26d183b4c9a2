# Tidegate. `make run` and `make test` do all the set-up that they need.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
DASHBOARD_SOURCES := $(shell find frontend -type d \( -name node_modules -o -name .next -o -name out \) -prune -o -type f -print 2>/dev/null)
PARITY := .parity/venv
VECTORBT := .parity/vectorbt
export NEXT_TELEMETRY_DISABLED := 1

.PHONY: help run live test check bench bench-backtest e2e parity parity-cases doctor clean format

help: ## Show this list.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/.run frontend/out/.built ## Run the whole system on simulated venues (RECORDING=path: on recorded frames).
	@$(BIN)/tidegate up $(if $(RECORDING),--recording "$(RECORDING)") $(ARGS)

live: $(VENV)/.run frontend/out/.built ## Run it on the real venues' public data; orders stay on paper.
	@$(BIN)/tidegate up --live $(ARGS)

test: $(VENV)/.dev frontend/out/.built ## Run every test, the end-to-end ones last.
	@$(BIN)/python -m pytest -m "not e2e and not crash" --numprocesses 3 --dist loadscope $(ARGS)
	@cd frontend && npm run --silent test
	@$(BIN)/python -m pytest -m "e2e or crash" $(ARGS)

e2e: $(VENV)/.dev frontend/out/.built ## Run only the tests that start the whole system.
	@$(BIN)/python -m pytest -m "e2e or crash" $(ARGS)

parity: $(VENV)/.dev $(PARITY)/.installed ## Compare backtests with the real freqtrade (RUNS=2000 SEED=0 KIND=roi,trailing).
	@$(BIN)/python -m tests.parity --runs $(or $(RUNS),2000) --seed $(or $(SEED),0) $(if $(KIND),--kind $(KIND)) $(ARGS)

parity-cases: $(VENV)/.dev ## Run recorded backtest cases (CASES=file): one line a case.
	@$(if $(CASES),,echo "Say which: make parity-cases CASES=path/to/backtest_cases.json" >&2; exit 2)
	@$(BIN)/python -m tests.parity.cases_file $(CASES) $(ARGS)

check: $(VENV)/.dev frontend/out/.built ## Check style, types, layers, dependencies and deploy files.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry .
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python deploy/check.py
	@cd frontend && npm run --silent check

bench: $(VENV)/.dev ## Measure throughput and latency; prints what docs/measured.md quotes.
	@$(BIN)/python -m benchmarks.parse
	@$(BIN)/python -m benchmarks.dataplane $(ARGS)

bench-backtest: $(VENV)/.dev $(PARITY)/.installed $(VECTORBT)/.installed ## Time a backtest beside freqtrade and vectorbt (ARGS="--timeframe 1m").
	@$(BIN)/python -m benchmarks.backtest $(ARGS)

doctor: $(VENV)/.run ## Say what this machine lacks, and what to install.
	@$(BIN)/tidegate doctor

format: $(VENV)/.dev ## Format the code.
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## Remove the environments and builds (not the data in .tidegate).
	rm -rf $(VENV) .parity build *.egg-info frontend/node_modules frontend/.next frontend/out
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --- Environments: each stamp says that an install has finished. ---

# Asked first, so that a missing system tool is named before minutes of installing.
.PHONY: machine
machine:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null \
	  || { echo "Node.js 20 or newer is missing: install it from https://nodejs.org (Debian: apt install nodejs npm)" >&2; exit 1; }

$(VENV)/bin/pip: | machine
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null \
	  || { echo "Tidegate needs Python 3.11 or 3.12: install it and call make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Python's venv module is missing: install it (Debian: apt install python3-venv)" >&2; exit 1; }
	@$(PIP) install --upgrade "pip>=25.1"

$(VENV)/.run: $(VENV)/bin/pip pyproject.toml constraints.txt
	@echo "Installing Tidegate's Python packages (once, a few minutes) …"
	@$(PIP) install torch==2.13.0 $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@$(PIP) install --editable ".[all]" --constraint constraints.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing the development tools …"
	@$(PIP) install --group dev --constraint constraints.txt
	@touch $@

# The real freqtrade keeps to an environment of its own: it is GPL, and its names are ours to lend.
$(PARITY)/.installed: Makefile
	@echo "Installing the real freqtrade to compare with (once, about a minute) …"
	@$(PYTHON) -m venv $(PARITY)
	@$(PARITY)/bin/python -m pip --disable-pip-version-check -qq install freqtrade==2026.9 ta scikit-learn
	@touch $@

$(VECTORBT)/.installed: Makefile
	@$(PYTHON) -m venv $(VECTORBT)
	@$(VECTORBT)/bin/python -m pip --disable-pip-version-check -qq install vectorbt==1.2.0 pyarrow
	@touch $@

frontend/node_modules/.installed: frontend/package.json | machine
	@echo "Installing the dashboard's packages …"
	@cd frontend && npm install --no-audit --no-fund --silent
	@touch $@

frontend/out/.built: frontend/node_modules/.installed $(DASHBOARD_SOURCES)
	@echo "Building the dashboard …"
	@cd frontend && { npm run --silent build > .build.log 2>&1 || { cat .build.log >&2; exit 1; }; }
	@touch $@
