# Two commands do everything: `make demo` shows it, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
UV_VERSION := 0.13.9
# Tests start many processes, and each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
FRENCH := bot/locales/fr/LC_MESSAGES/maillon.po

.PHONY: setup demo run test fast check audit lock format translations screenshots

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet "uv==$(UV_VERSION)"
	$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $(READY)

demo: $(READY)
	$(BIN)/maillon demo

run: $(READY)
	$(BIN)/maillon migrate
	$(BIN)/maillon run

# Half as many again as there are processors: what plays whole days waits more than it computes.
WORKERS := $(shell echo $$(( $$(nproc) * 3 / 2 )))

test: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# For while one works: no drill, no browser, SQLite only.
fast: $(READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow and not browser and not postgresql"

check: $(READY)
	! git grep -nIE "^(<{7}|>{7})"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot alembic scripts
	$(BIN)/python -m pytest -q tests/test_translations.py tests/test_migrations.py

# 3 is "not audited", which is said and is no reason to stop: the service may be out of reach.
audit: $(READY)
	$(BIN)/python -m scripts.audit || test $$? -eq 3

screenshots: $(READY)
	$(BIN)/python -m scripts.screenshots
	$(BIN)/python -m scripts.moderators
	$(BIN)/python -m scripts.pages
	$(BIN)/python -m scripts.delays
	$(BIN)/python -m scripts.my_day
	$(BIN)/python -m scripts.scenes

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What the code says now, in the French catalogue. Babel adds header lines that nobody fills in.
translations: $(READY)
	$(BIN)/pybabel -q extract -F babel.cfg -k t -k tn:1,2 --no-location --sort-output -o .venv/maillon.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
	  --width 100 -i .venv/maillon.pot -o $(FRENCH) -l fr
	sed -i.bak -E -e '/^"(Report-Msgid-Bugs-To|PO-Revision-Date|Last-Translator): /d' \
	  -e 's/^("Project-Id-Version: ) +/\1/' $(FRENCH)
	rm $(FRENCH).bak

# Names, versions and hashes only: where packages come from is the reader's own affair.
lock: $(READY)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --quiet --extra dev pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --quiet -c requirements.lock pyproject.toml -o deploy/requirements.lock
