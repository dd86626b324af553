# Opsportal. `make help` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run test check bench faults lock
SHELL := /bin/sh
PY := .venv/bin/python

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT=8000  OPSPORTAL_VAR=var  DEMO=1 (DEMO=0 starts empty)  OPSPORTAL_DATABASE_URL  OPSPORTAL_TEST_DATABASE_URL"

run:  ## start the portal and its worker (PORT=, DEMO=0, OPSPORTAL_VAR=)
	@sh tools/environment.sh run
	@OPSPORTAL_DEMO=$${OPSPORTAL_DEMO:-$${DEMO:-1}}; export OPSPORTAL_DEMO; exec $(PY) manage.py serve

test:  ## run the tests on SQLite, and on OPSPORTAL_TEST_DATABASE_URL where it is set
	@sh tools/environment.sh test
	@$(PY) -m tools.suite

check:  ## formatting, lint, types, layers, templates, migrations, deployment, docs, tests
	@sh tools/environment.sh dev
	@$(PY) -m tools.check

bench:  ## measure the portal (benchmarks/)
	@sh tools/environment.sh test
	@$(PY) -m benchmarks

faults:  ## kill and break the portal at random and look at what is lost (faults/)
	@sh tools/environment.sh test
	@$(PY) -m faults

lock:  ## make the hashed locks again from pyproject.toml (needs uv)
	@sh tools/lock.sh
