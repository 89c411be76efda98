# One name for everything people and CI do. `make serve` and `make test` install what they need into .venv first.
PYTHON ?= python3
DATA ?=
MODEL ?=
BIN := .venv/bin
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export GRPC_ENABLE_FORK_SUPPORT := 0

.PHONY: serve test check bench eval retrain generate baseline fast clean

# The build tools first, then the product in place: kernels are compiled once and rebuilt when a source changes.
.venv/installed: pyproject.toml meson.build accel/acumen_accel/meson.build clients/python/pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --group build
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pip install --quiet --no-build-isolation --editable '.[dev]'
	$(BIN)/pip install --quiet --editable 'clients/python[cli,plot]'
	touch $@

.venv/built: .venv/installed $(wildcard accel/acumen_accel/*.* accel/acumen_accel/kernels/*.py)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ninja -C $(firstword $(wildcard build/cp*)) --quiet
	touch $@

serve: .venv/built
	$(BIN)/acumend --log-format console $(ARGS)

test: .venv/built
	$(BIN)/pytest $(ARGS)

# What does not start a server or draw a thousand cases; part of `check`.
fast: .venv/built
	$(BIN)/pytest tests/unit tests/contract/test_tidy.py -m 'not slow' $(ARGS)

check: .venv/built
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy server/acumen accel/acumen_accel clients/python/acumen_client tools
	$(BIN)/python tools/lint_imports.py
	$(BIN)/buf lint
	$(BIN)/python tools/breaking.py
	$(BIN)/python tools/generate.py --check
	$(BIN)/python tools/benchmark_table.py --check
	$(BIN)/python tools/evaluation_table.py --check
	$(MAKE) fast

bench: .venv/built
	$(BIN)/pip install --quiet --group bench
	$(BIN)/python -m benchmarks $(ARGS)

# Judge every model (or MODEL), then every step of the bank, on the public sets in DATA; rewrite cards and docs/evaluation.md.
eval: .venv/built
	$(BIN)/python tools/retrain.py --judge $(if $(DATA),--data $(DATA)) $(or $(MODEL),all)
	$(if $(MODEL),,$(BIN)/python -m benchmarks.eval --data $(or $(DATA),$(error DATA is the folder of the public sets)) $(ARGS))
	$(if $(MODEL),,$(BIN)/python tools/evaluation_table.py)

# Train MODEL from its seed, then judge it.
retrain: .venv/built
	$(BIN)/python tools/retrain.py $(if $(DATA),--data $(DATA)) $(MODEL)

generate: .venv/built
	$(BIN)/python tools/generate.py

# The contract that `check` compares with before the first release; renewing it is saying that a break is meant.
baseline: .venv/built
	$(BIN)/buf build proto --exclude-source-info --output proto/baseline.binpb

clean:
	rm -rf .venv build
