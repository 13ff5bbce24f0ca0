# What people and CI type. `make` alone says what there is.
#
# Everything runs with the Python of .venv, which is made from the locks when it is missing or older
# than they are. Paths are relative and programs are run as modules, so that a checkout may live in any
# folder: make can't quote blanks in targets, and the kernel cuts the first line of long scripts.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON_IN := .venv/bin/python
RUNTIME := .venv/.ready-runtime
DEVELOPMENT := .venv/.ready-development
LOCKS := requirements.lock requirements-build.lock requirements-dev.lock tests/node/package-lock.json

# More words for the command behind a target: make up ARGS="--port 9000"
ARGS ?=

export PYTHON

# Some machines forbid Python to keep what it compiled. Tests start processes by the hundred, and each
# would compile thousands of modules again.
unexport PYTHONDONTWRITEBYTECODE

##@ Use it

.PHONY: up
up: $(RUNTIME) ## Start Taskly with a PostgreSQL and a Redis of its own; Ctrl-C stops it
	@exec $(PYTHON_IN) -m taskly up $(ARGS)

.PHONY: demo
demo: $(RUNTIME) ## The same with example boards and a fake GitHub to play with
	@exec $(PYTHON_IN) -m taskly demo $(ARGS)

##@ Change it

# mypy says nothing before it ends, and keeps one processor busy.
define GATES
@$(PYTHON_IN) -m ruff check .
@$(PYTHON_IN) -m ruff format --check .
@$(PYTHON_IN) -m mypy & \
    { $(PYTHON_IN) -m tools.layers && $(PYTHON_IN) -m tools.lint && $(PYTHON_IN) -m tools.docs_check; }; \
    others=$$?; wait $$! && exit $$others
endef

.PHONY: check
check: $(DEVELOPMENT) ## Lints, types and all quick tests: before every commit
	$(GATES)
	@$(PYTHON_IN) -m pytest -n auto -m "not slow" $(ARGS)

.PHONY: test
test: $(DEVELOPMENT) ## The same with the slow tests: what CI runs
	$(GATES)
	@$(PYTHON_IN) -m pytest -n auto --dist loadgroup $(ARGS)

.PHONY: format
format: $(DEVELOPMENT) ## Sort imports and lay out the code
	@$(PYTHON_IN) -m ruff check --fix-only --quiet .
	@$(PYTHON_IN) -m ruff format .

.PHONY: bench
bench: $(DEVELOPMENT) ## Measure the budgets of benchmarks/README.md
	@$(PYTHON_IN) -m benchmarks $(ARGS)

.PHONY: queries
queries: $(DEVELOPMENT) ## See how searches fare among 100 000 cards, and what PostgreSQL reads
	@$(PYTHON_IN) -m benchmarks.queries $(ARGS)

.PHONY: insights
insights: $(DEVELOPMENT) ## Measure charts of a board with 100 000 cards and two million changes
	@$(PYTHON_IN) -m benchmarks.insights $(ARGS)

.PHONY: docs
docs: $(DEVELOPMENT) ## Check that links, headings, paths and commands in the documents exist
	@$(PYTHON_IN) -m tools.docs_check

##@ Ship it

.PHONY: lock
lock: $(DEVELOPMENT) ## Pin the dependencies again; ARGS=--upgrade takes the newest
	@sh tools/lock.sh $(ARGS)

.PHONY: dist
dist: $(DEVELOPMENT) ## Build the wheel into dist/
	@rm -rf dist
	@$(PYTHON_IN) -m hatchling build -t wheel -d dist

.PHONY: clean
clean: ## Remove the environment and what was built; your boards in .taskly/ stay
	@rm -rf .venv dist .coverage .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	@find src tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this
	@awk 'BEGIN { FS = ":.*## " } \
	    /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	    /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@printf '\nMore words for a command: make up ARGS="--port 9000"\n'

# The environment. A checkout that was moved or copied brings one that points at the old place.

ifneq ($(shell test -x $(PYTHON_IN) && cat $(RUNTIME) 2>/dev/null),$(CURDIR))
$(RUNTIME) $(DEVELOPMENT): moved
endif
ifneq ($(shell cat $(DEVELOPMENT) 2>/dev/null),$(CURDIR))
$(DEVELOPMENT): moved
endif

.PHONY: moved
moved:

$(RUNTIME): requirements.lock requirements-build.lock pyproject.toml
	@sh tools/environment.sh runtime

$(DEVELOPMENT): $(LOCKS) pyproject.toml
	@sh tools/environment.sh development
