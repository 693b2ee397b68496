# Everything a newcomer types. Needs Python >= 3.11, a Rust toolchain >= 1.89 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= reproduction
PRESET ?= quick
DIST ?= dist
WHEEL_PROFILE ?= wheel
LOWEST ?= $(CURDIR)/.venv-lowest

RUST_SOURCES := $(shell find rust Cargo.toml Cargo.lock -name '*.rs' -o -name 'Cargo.*')

.DEFAULT_GOAL := help
.PHONY: help reproduce test test-rust test-python test-slow lint format bench notices wheel test-lowest clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

reproduce: $(BIN)/.built ## set up, then run every experiment and write reproduction/report.html
	$(BIN)/typicality reproduce --preset $(PRESET) --out $(OUT)

test: test-rust test-python ## set up, then run all Rust and Python tests

test-rust: ## run the tests of the Rust core; needs no Python
	cargo test --release --locked
	cargo bench --locked -- --test

test-python: $(BIN)/.built ## run the Python tests and the examples of the docstrings
	# Two workers, each with as many BLAS threads as cores, would fight for the cores.
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 2

test-slow: $(BIN)/.built ## run the audits and hostile runs that take too long for every change
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n 2 -m slow --timeout 3600

lint: $(BIN)/.built ## formatting, types, floors, licences; what a reviewer should not have to say
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/stubtest typicality._core --mypy-config-file pyproject.toml
	$(BIN)/typos
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --release --locked -- -D warnings
	$(BIN)/python rust/notices.py --check

format: $(BIN)/.dependencies ## format Python and Rust in place
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	cargo fmt --all

bench: $(BIN)/.built ## criterion benches of the kernels, then the same work by other libraries
	cargo bench --locked
	$(BIN)/uv pip install --quiet --group bench
	for peers in benches/peers/*.py; do \
	  case $$peers in */comparison.py) ;; *) $(BIN)/python $$peers || exit 1 ;; esac; \
	done

notices: $(BIN)/.dependencies ## rewrite THIRD-PARTY-NOTICES.txt from what is linked in
	$(BIN)/python rust/notices.py

wheel: $(BIN)/.dependencies ## build the wheel that is published, for any Linux since 2018, and audit it
	$(BIN)/uv pip install --quiet --group wheel
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python rust/wheel.py --profile $(WHEEL_PROFILE) --out $(DIST)

test-lowest: ## run the Python tests of a wheel in DIST with the lowest versions that pyproject.toml allows
	rm -rf $(LOWEST) && $(PYTHON) -m venv $(LOWEST)
	env -u UV_CONSTRAINT $(BIN)/uv pip compile --quiet --no-header --no-annotate --resolution lowest-direct \
	  --extra report --group test --output-file $(LOWEST)/versions.txt pyproject.toml
	env -u UV_CONSTRAINT VIRTUAL_ENV=$(LOWEST) $(BIN)/uv pip install --quiet --requirement $(LOWEST)/versions.txt \
	  "$$(ls -t $(DIST)/*.whl | head -n 1)"
	# Their warnings are about their own newer dependencies. Docstrings show today's output.
	OPENBLAS_NUM_THREADS=1 $(LOWEST)/bin/pytest -n 2 -W default tests/python

clean: ## remove what was built; keeps the results in reproduction/
	rm -rf $(VENV) $(LOWEST) target dist python/typicality/_core.abi3.so

# The environment: names and versions come from pyproject.toml and constraints.txt alone.
export UV_CONSTRAINT := constraints.txt
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

$(BIN)/.dependencies: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --group dev
	touch $@

# The extension in release mode, and the package with what the report needs, editable.
$(BIN)/.built: $(BIN)/.dependencies $(RUST_SOURCES)
	@command -v cargo > /dev/null || { echo "A Rust toolchain (1.89 or later) is needed: cargo is not on the PATH."; exit 1; }
	PATH="$(CURDIR)/$(BIN):$$PATH" maturin develop --release --locked --uv --extras report
	touch $@
