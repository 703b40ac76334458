# One environment for everything but bench-peers: .venv, made by whichever target comes first.
PYTHON ?= python3
ARGS ?=
# Two processes of one thread each: tests are small, and a second thread makes most of them slower. Those of two threads
# sleep while they wait, for spinning would take the core that the other process needs.
TEST = OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive $(BIN)/python -m pytest --numprocesses 2 --dist worksteal
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
# Flair's own, for bench-peers alone: it would change the versions of ours.
PEERS = .venv-peers
PEERS_READY = $(PEERS)/.ready
PEERS_PINS = scripts/peers/constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup train test test-unit test-slow faults bench bench-peers results check format clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  ARGS="..." passes words on: make train ARGS="task=pos_tagging device=cpu", make test ARGS="-k dates"'

setup: $(READY)  ## make .venv and install the package into it, pinned

$(READY): setup.cfg pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "seqmodels needs Python 3.10 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1); try make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $(READY)

train: setup  ## train a model; the default task reads dates (3 minutes at most)
	@$(BIN)/seqmodels train $(ARGS)

test: setup  ## run all tests but the slow ones
	@$(TEST) $(ARGS)

# The folders of parts, without those in which whole runs, sweeps and every config are tried.
test-unit: setup  ## run the tests of the parts by themselves (3 minutes at most)
	@$(TEST) --ignore=tests/run --ignore=tests/contracts --ignore=tests/sweeps --ignore=tests/callbacks \
	  --ignore-glob='tests/test_*.py' $(ARGS)

test-slow: setup  ## train tasks for real and hold them against their figures; two processes broken and resumed
	@$(BIN)/python -m pytest -m slow --timeout 1800 $(ARGS)

faults: setup  ## break runs in every way thought of and count what was lost (8 minutes; writes faults.json)
	@$(BIN)/python scripts/faults.py $(ARGS)

bench: setup  ## our recurrences and training loop against torch's, in ratios (12 minutes; writes bench.json)
	@$(BIN)/python scripts/benchmark.py $(ARGS)

bench-peers: setup $(PEERS_READY)  ## our tagger against Flair's: epoch for epoch (up to 15 minutes; makes .venv-peers)
	@$(BIN)/python scripts/benchmark_peers.py $(ARGS)

# torch first and by itself: with it in place, nothing that Flair needs asks for another build.
$(PEERS_READY): $(PEERS_PINS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "bench-peers needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version 2>&1); try make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(PEERS)
	{ PIP_CONSTRAINT=$(PEERS_PINS) $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check torch && \
	  PIP_CONSTRAINT=$(PEERS_PINS) $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check flair; } || \
	  { echo "bench-peers: pip could not install what $(PEERS_PINS) names into $(PEERS); is there a network?"; exit 2; }
	@touch $(PEERS_READY)

results: setup  ## put finished runs into results.json and RESULTS.md: make results ARGS="runs/dates/multirun/..."
	@$(BIN)/python scripts/results.py $(ARGS)

check: setup  ## format, lint, types, tests: what must pass before a commit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(TEST) $(ARGS)

format: setup  ## rewrite the code as ruff wants it
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## remove the environment and caches; runs stay
	rm -rf $(VENV) $(PEERS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
