# The same few words everywhere. `make run` starts the studio; `make test` passes every test.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
# A third of their time tests wait for the programs that they start, so three processes keep two cores busy. In the
# browser's a process is a browser, a studio and what it draws with.
TEST_PROCESSES ?= 3
BROWSER_PROCESSES ?= 2
# Two at a time, the output of each kept together where make can do so.
TOGETHER := -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# uv does not read pip's own setting, so it is handed over when there is one.
LINKS := $(if $(PIP_FIND_LINKS),--find-links "$(PIP_FIND_LINKS)")
SOURCES := $(shell find frontend/src -type f 2>/dev/null)
PAGES := frontend/webpack.config.js frontend/tsconfig.json $(SOURCES)

.PHONY: run test install check bench soak screenshots clean lock build wire
.PHONY: check-python check-pages page-tests unit-tests browser-tests

run: frontend/dist/.built .venv/.installed  ## set up, then start the studio with its demo project
	@exec $(BIN)/python manage.py run

install: .venv/.installed .venv/.tests frontend/node_modules/.installed

build: frontend/dist/.built

test: install build  ## every test, the browser's included
	scripts/test_needs.sh
	$(MAKE) $(TOGETHER) check page-tests
	$(MAKE) unit-tests
	$(MAKE) browser-tests

# Tests start hundreds of short programs, each of which would compile what it imports anew.
unit-tests browser-tests soak: export PYTHONDONTWRITEBYTECODE :=

unit-tests: .venv/.tests
	$(BIN)/python -m pytest -q -m "not browser and not soak" -n $(TEST_PROCESSES) --dist worksteal

# Playwright's loop and pytest-asyncio's cannot share a process. The tests of a file are one walk; each process has a
# browser and a studio of its own.
browser-tests: .venv/.tests build
	$(BIN)/python -m pytest -q -m "browser and not soak" -n $(BROWSER_PROCESSES) --dist loadfile tests/end_to_end

page-tests: frontend/node_modules/.installed
	cd frontend && npm test

check: check-python check-pages

check-python: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-pages: frontend/node_modules/.installed
	cd frontend && npm run check

bench: install build
	$(BIN)/python bench/report.py

soak: install build
	$(BIN)/python -m pytest -q -m soak --timeout 3600

screenshots: install build
	scripts/test_needs.sh
	$(BIN)/python scripts/screenshots.py

wire: install  ## the API's schema, and the front end's types from it
	$(BIN)/python manage.py openapi > docs/openapi.json
	cd frontend && npm run wire

lock:
	scripts/lock.sh

clean:
	rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis bench/out

.venv/bin/uv:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; it was not found as '$(PYTHON)'. Set PYTHON=."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Set PYTHON= to one."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv

.venv/.installed: requirements.lock | .venv/bin/uv
	$(BIN)/uv pip install --quiet -p .venv -r requirements.lock $(LINKS)
	@touch $@

.venv/.tests: requirements-test.lock requirements-no-deps.txt | .venv/.installed
	$(BIN)/uv pip install --quiet -p .venv -r requirements-test.lock $(LINKS)
	$(BIN)/uv pip install --quiet -p .venv --no-deps -r requirements-no-deps.txt $(LINKS)
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer is needed to build the pages; npm was not found."; exit 1; }
	cd frontend && npm ci --no-progress --loglevel=error
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(PAGES)
	cd frontend && npm run --silent build
	@touch $@
