# Every target is one line that can be typed by hand; `python3 run.py` does the work.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint messages lock wheel bench coverage
PYTHON := .venv/bin/python
PYBABEL := .venv/bin/pybabel --quiet
COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

install: ## the environment in .venv, with the tests' tools
	python3 run.py install --test

demo: ## a demo instance on http://127.0.0.1:8000
	python3 run.py demo

test: ## the whole test suite
	python3 run.py test

lint: install ## ruff and mypy (the test suite runs both, too)
	$(PYTHON) -m ruff check . && $(PYTHON) -m mypy

messages: install ## texts of pages and code into the translators' catalogue
	$(PYBABEL) extract --mapping=survey/translations/babel.cfg --add-location=file --sort-output --omit-header \
		--width=100 --output-file=survey/translations/messages.pot .
	$(PYBABEL) update --input-file=survey/translations/messages.pot --output-dir=survey/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=100

lock: ## newest versions of everything into the two lock files (needs uv)
	$(COMPILE) --extra test --output-file requirements-test.lock setup.cfg
	printf 'setuptools\nwheel\n' | $(COMPILE) --constraints requirements-test.lock --output-file requirements.lock setup.cfg -

wheel: install ## a wheel in dist/, from a clean build
	rm -rf build dist && $(PYTHON) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: install ## the benchmarks and their budgets
	$(PYTHON) -m benchmarks

coverage: install ## do the intervals hold what they promise? writes docs/coverage.md
	$(PYTHON) -m benchmarks.coverage
