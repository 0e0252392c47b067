# Everything a person does with Wafa. `make` alone says what there is.
PYTHON ?= python3
BIN := .venv/bin
KAFKA := .cache/kafka/libs

.PHONY: help demo up down test check unit bench kafka lock schemas install clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: install ## Install, start everything, play 5,000 real baskets through it, leave it running
	$(BIN)/wafa up --detach
	$(BIN)/wafa demo

up: install ## Install and start everything; Ctrl-C stops it
	$(BIN)/wafa up

down: ## Stop what was left running
	$(BIN)/wafa down

test: install kafka check ## Everything a change must pass
	$(BIN)/python -m pytest -n 2 -m "not system"
	$(BIN)/python -m pytest -m system

check: install ## Style, types, import rules, the compose file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install ## Measure, as ratios in one run, half an hour; ROWS="P1 P4" measures some of the rows
	$(BIN)/python -m bench $(ROWS)

kafka: ## Fetch Apache Kafka from Maven for the event tests; says why where it cannot
	@if [ -d $(KAFKA) ]; then :; \
	elif command -v mvn >/dev/null && command -v java >/dev/null; then \
		mvn --quiet --batch-mode -f deploy/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/$(KAFKA); \
	else echo "no Java or Maven here: the tests against Apache Kafka are skipped"; fi

schemas: install ## Write the event schemas and the AsyncAPI document anew
	$(BIN)/python -m contracts.asyncapi

install: .venv/installed ## Install everything into .venv, and nothing else

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		--all-extras pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
		pyproject.toml -o deploy/requirements.lock

clean: ## Remove what was installed; the data in .wafa stays
	rm -rf .venv .cache build *.egg-info
