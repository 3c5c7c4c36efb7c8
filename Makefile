# dartslab: every target works alone on a fresh clone; the first one sets up .venv.
#   make lab [ARGS="--no-browser --port 8899"]   install and open the course in JupyterLab
#   make test [ARGS="tests/test_cell.py"]         run the short tests: minutes
#   make test-long                                run all the others: tests in a browser, long searches, kills
#   make test-views                               every view at two sizes and in both themes: six minutes
#   make test-install                             run what needs an environment of its own: lowest versions, built package
#   make check                                    lint, types, spelling, links, and are the built notebooks up to date
#   make notebooks | make figures | make screenshots   rebuild what is generated
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
FLOORS := build/floors
FLOOR_PYTHON ?= $(PYTHON)
FLOOR_TESTS ?= tests --ignore=tests/browser
FIRST := /lab/tree/notebooks/00_first_search.ipynb
ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test test-long test-views test-install test-floors check notebooks figures screenshots clean chromium

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $(READY)

# Quiet but for the address, which is then the last thing printed. Jupyter wants to be told that root is meant.
lab: $(READY)
	$(BIN)/jupyter lab --log-level=ERROR --LabApp.default_url=$(FIRST) $(ROOT) $(ARGS)

# Two processes, and a file's tests in one of them, so that what they share is made once.
test: $(READY) chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not long and not install" $(ARGS)

test-long: $(READY) chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "long and not views and not install" $(ARGS)

# Presses every control of every view and compares pictures.
test-views: $(READY) chromium
	$(BIN)/python -m pytest -m views $(ARGS)

test-install: $(READY) test-floors
	$(BIN)/python -m pytest -m install $(ARGS)

# The short tests, but for those in a browser, with exactly the lowest versions that pyproject.toml allows. Not all of
# these have wheels for the newest Pythons: make test-floors FLOOR_PYTHON=python3.10
test-floors:
	test -x $(FLOORS)/bin/python || $(FLOOR_PYTHON) -m venv $(FLOORS)
	$(FLOORS)/bin/python -m pip install --quiet --disable-pip-version-check \
	  $$($(FLOORS)/bin/python tools/lowest_versions.py)
	$(FLOORS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(FLOORS)/bin/python -m pytest -n 2 --dist loadfile -m "not long and not install" $(FLOOR_TESTS)

# For tests/browser. Only where apt may: as root on Debian and its kin; elsewhere those tests are left out and say so.
chromium:
	@command -v chromium chromium-browser >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1; } || true

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md docs notebooks/_source dartslab tests benchmarks
	$(BIN)/python -m dartslab.teach.build.links
	$(BIN)/python -m dartslab.teach.build --check

notebooks: $(READY)
	$(BIN)/python -m dartslab.teach.build

figures: $(READY)
	$(BIN)/python tools/make_figures.py

screenshots: $(READY) chromium
	$(BIN)/python tools/make_screenshots.py $(ARGS)

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache
