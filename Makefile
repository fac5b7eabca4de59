# Everything one does with the book. `make help` lists it.
# Overridable: PYTHON (3.11 or newer), JOBS, PORT, and the environment variable PIP_EXTRA_INDEX_URL, a second package
# index; with an index of CPU builds there, Linux gets the small torch instead of the one for CUDA.
# COURSE=NAME makes book, notebooks and serve mean the course of the folder courses/NAME in place of the full book;
# SOLUTIONS=yes or no shows or hides its solutions, whatever its own settings say.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
JOBS ?= 2
PORT ?= 8000
COURSE ?=
SOLUTIONS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
PRESS := $(VENV)/press-installed
PYTEST := $(BIN)/python -m pytest
NBVAL := $(PYTEST) -o addopts= -o filterwarnings= -p tools.patient_kernels --nbval-current-env \
  -n $(JOBS) --dist loadscope book
TOO_OLD = import sys; sys.exit(sys.version_info < (3, 11) and f"wanted Python 3.11 or newer, got {sys.version.split()[0]}; try make PYTHON=python3.11")

SITE := _build$(addprefix /courses/,$(COURSE))/html
NOTEBOOKS := dist$(addprefix /courses/,$(COURSE))/notebooks

# Workers share the cores: with threads of their own on top they would spin against each other, ten times slower.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

.PHONY: help book serve execute notebooks assignments pdf slides release chapter test test-unit test-press test-newest \
  test-oldest test-colab lint outputs browser bench clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

# Installs again only when what is asked for has changed.
$(STAMP): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c '$(TOO_OLD)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt -c constraints.txt
	$(BIN)/python -m pip install --quiet -e . --no-deps
	@touch $@

execute: $(STAMP) ## run the chapters whose stored outputs are stale
	$(BIN)/python -m tools.execute

book: execute ## build the site: _build/html/index.html; with COURSE=NAME, a course
ifneq ($(COURSE),)
	$(BIN)/python -m tools.courses '$(COURSE)' --solutions='$(SOLUTIONS)'
else
	@[ -z '$(SOLUTIONS)' ] || { echo "SOLUTIONS is for a course: give COURSE=NAME as well; thirteen-weeks is the whole book"; exit 2; }
	rm -rf _build # Sphinx does not write pages anew when only the extension has changed
	$(BIN)/jupyter-book build . -W --keep-going --quiet
	$(BIN)/python -m tools.publish
	@echo "the book: $(CURDIR)/_build/html/index.html"
endif

notebooks: book ## the notebooks that Colab opens: dist/notebooks
	@echo "the notebooks: $(CURDIR)/$(NOTEBOOKS)"

assignments: $(STAMP) ## the homeworks without their answers: dist/assignments
	$(BIN)/python -m tools.assignments

$(PRESS): $(STAMP) requirements-press.txt
	$(BIN)/python -m pip install --quiet -r requirements-press.txt -c constraints.txt
	@touch $@

pdf: book browser $(PRESS) ## the book as one PDF: dist/dlmath.pdf
	$(BIN)/python -m tools.pdf

slides: book $(PRESS) ## a deck of each chapter: dist/slides
	$(BIN)/python -m tools.slides

release: pdf slides ## the files of an edition: dist/release (TAG=v1.0.0 checks the version)
	$(BIN)/python -m tools.release $(if $(TAG),--tag $(TAG))

serve: book ## build the site and serve it on this machine
	$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

lint: $(STAMP) ## the form of the code, its types, its imports, the workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache --no-logo
	@shopt -s nullglob; flows=(.github/workflows/*.yml .github/workflows/*.yaml); \
	if (( $${#flows[@]} )); then \
	  $(BIN)/zizmor --offline --no-progress .github; \
	  $(BIN)/check-jsonschema --builtin-schema vendor.github-workflows "$${flows[@]}"; \
	else echo "no workflows to check"; fi

outputs: $(STAMP) ## compare what the notebooks store with what they give now
	$(BIN)/python -m tools.execute --check
	$(NBVAL) --nbval --nbval-sanitize-with tests/sanitize.cfg

test: lint outputs book browser ## everything: lint, stored outputs, units, claims, the site in a browser
	$(PYTEST) -n $(JOBS) --dist loadgroup

test-unit: $(STAMP) ## units and claims: no notebooks, no browser
	$(PYTEST) -n $(JOBS) --dist loadgroup --ignore tests/book

test-press: browser $(PRESS) ## the PDF, the decks, an edition's files, on a small scale
	$(PYTEST) -n 0 tests/book/test_pdf.py tests/book/test_slides.py tests/test_release.py

test-newest: ## units, claims and every notebook, with the newest versions of everything
	$(PYTHON) -m venv $(VENV)-newest
	$(VENV)-newest/bin/python -m pip install --quiet --upgrade -r requirements.txt
	$(VENV)-newest/bin/python -m pip install --quiet -e . --no-deps
	$(MAKE) VENV=$(VENV)-newest other-versions

test-oldest: ## the same with the oldest versions of what a chapter imports
	$(PYTHON) -m venv $(VENV)-oldest
	$(VENV)-oldest/bin/python tools/floors.py > $(VENV)-oldest/floors.txt
	$(VENV)-oldest/bin/python -m pip install --quiet -r requirements.txt -c $(VENV)-oldest/floors.txt
	$(VENV)-oldest/bin/python -m pip install --quiet -e . --no-deps
	$(MAKE) VENV=$(VENV)-oldest other-versions

.PHONY: other-versions
other-versions:
	DLMATH_OTHER_VERSIONS=1 $(PYTEST) -n $(JOBS) --dist loadgroup --ignore tests/book -o filterwarnings=
	$(NBVAL) --nbval-lax

test-colab: $(STAMP) browser ## every published notebook, alone, with Colab's old widgets
	$(PYTEST) tests/book/test_colab.py

browser:
	@bash tools/browser.sh

chapter: $(STAMP) ## the five rooms of a new chapter: NAME=part/name, TITLE="..."
	$(BIN)/python -m tools.chapter "$(NAME)" "$(TITLE)"

bench: $(STAMP) ## measure speed: paired ratios, written for this machine
	$(BIN)/python -m benchmarks

clean: ## remove what was built; the installed packages stay
	rm -rf _build dist .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
