# Two commands: `make brief` writes the page, `make test` passes the tests.
# Each sets up what it needs from Python >= 3.11 and make alone.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes

.PHONY: brief test lint types unit wheel format lock embedded bench bench-models clean

brief: $(VENV)/.runtime
	$(BIN)/khorgos brief --out out

# The tests come last, so that their count is the last line.
test: lint types wheel unit

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "khorgos needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt requirements/build.txt pyproject.toml
	$(PIP) -r requirements/runtime.txt -r requirements/build.txt
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(PIP) -r requirements/dev.txt
	@touch $@

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/ruff format --check src tests tools benchmarks

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# The built wheel, installed without development packages and used outside the checkout.
wheel: $(VENV)/.dev
	$(BIN)/python tools/check_wheel.py

format: $(VENV)/.dev
	$(BIN)/ruff format src tests tools benchmarks
	$(BIN)/ruff check --fix src tests tools benchmarks

# New pins with hashes and without addresses; needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:build --constraint requirements/runtime.txt --output-file requirements/build.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:dev --constraint requirements/runtime.txt --output-file requirements/dev.txt

# The embedded release, from the publishers' files in SHARED (default: ../shared).
SHARED ?= ../shared
embedded: $(VENV)/.runtime
	$(BIN)/python tools/build_embedded.py $(SHARED)

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/scale.py

bench-models: $(VENV)/.dev
	$(BIN)/python benchmarks/models.py
	$(BIN)/python benchmarks/partial.py

clean:
	rm -rf out dist build .mypy_cache .ruff_cache .hypothesis
