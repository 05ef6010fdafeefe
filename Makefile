# `make learn`, `make demo` and `make test` need Python 3.11 or newer with pip, and nothing else:
# uv is put into .venv if it is not there, and fetches the rest.
# Who has uv can leave make out: `uv run jupyter lab notebooks/00_start/00_start.ipynb`,
# `uv run autograder demo`, `uv run pytest`.

PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.venv/bin/uv)

.PHONY: help learn demo test build check

help:
	@echo "make learn   open the first lesson in JupyterLab"
	@echo "make demo    grade a small class with nbgrader and show who got what"
	@echo "make test    run the tests"
	@echo "make build   make the notebooks from solutions/NN_name/NN_name.py"
	@echo "make check   everything that CI runs"

learn: $(UV)
	$(UV) run jupyter lab notebooks/00_start/00_start.ipynb

demo: $(UV)
	$(UV) run autograder demo

test: $(UV)
	$(UV) run pytest

build: $(UV)
	$(UV) run autograder build

check:
	bash .ci/run

.venv/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet uv
