# Everything sets itself up: only Python 3.11 or later, make and git are needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export FIRSTHAND_MEDIA ?= ../shared/media

.PHONY: demo test check format approve bench bench-copies bench-demo bench-moments fuzz faults lock clean
.DEFAULT_GOAL := test

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)
	$(BIN)/firsthand demo demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --dist worksteal

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Writes the golden texts anew; the diff is what is reviewed.
approve: $(READY)
	FIRSTHAND_APPROVE=1 $(BIN)/python -m pytest tests/app/test_report.py -k said_before

bench: $(READY)
	$(BIN)/python -m bench

# Our own parsers, hostile files against the decoding child; faults at the calls that write. Half an hour or more each.
fuzz: $(READY)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: "atheris>=3"
	$(BIN)/python -m bench parsers
	$(BIN)/python -m bench fuzz

faults: $(READY)
	$(BIN)/python -m bench faults

bench-demo: $(READY)
	$(BIN)/python -m bench demo

bench-copies: $(READY)
	$(BIN)/python -m bench copies.queries --half reporting --rounds 4
	$(BIN)/python -m bench copies.takes --half reporting

bench-moments: $(READY)
	nice -n 10 $(BIN)/python -m bench moments.measure --half reporting

# Locks carry hashes and no addresses.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.txt --constraint requirements.txt

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .hypothesis
