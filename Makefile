# Everything runs from the repository's root with the environment's interpreter: make help

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help env data fit counterfactual robustness report test campaign faults check audit sbom calibrate bench clean
MAKEFLAGS += --no-print-directory

#: PYTHON      interpreter to build the environment with   (default: the first that runs and is 3.12 or later)
#: RAW         folder with the raw files                   (default: fetch them from their public addresses)
#: PANEL       panel to fit and report on, of any format   (default: data/panels/alignment.parquet)
#: HYPOTHESES  ids to fit, as "carter-1 carter-3"          (default: every registered one)
#: CHAINS      chains per fit                              (default: 4)
#: DRAWS       draws per chain                             (default: 1000)
#: SEED        seed of all that is random but prior draws   (default: fixed in the code)
#: ENGINE      sampler: kernel, nutpie, pymc, numpyro      (default: kernel)
#: WORKERS     fits at the same time                     (default: 2)
#: SCHEDULER   Dask scheduler to fit on, tcp://host:8786 (default: the processes of this machine)
#: SCENARIO    scenario and changes, as: fragile-1992 size=1 region='West Africa' (default: fragile-1992)
#: FULL        1: robustness under every combination of codings, not only pairs
#: DRAFT       1: report what can be read, stale or not, with a watermark on every page
#: BENCHARGS   further arguments of the benchmarks         (default: none)
#: FAULTS      quick: only faults that need no command, a hundredth of them (default: all, an hour)
#: PYTESTARGS  further arguments of pytest                 (default: none)
#: SHARED      folder whose data/ has the raw files, for test (default: ../shared; without them, tests are skipped)
PYTHON ?=
RAW ?=
PANEL ?=
HYPOTHESES ?=
CHAINS ?=
DRAWS ?=
SEED ?=
ENGINE ?=
WORKERS ?=
SCHEDULER ?=
SCENARIO ?=
FULL ?=
DRAFT ?=
BENCHARGS ?=
FAULTS ?=
PYTESTARGS ?=
SHARED ?= ../shared

BANDWAGON_RAW ?= $(abspath $(SHARED))/data
export BANDWAGON_RAW

RUN := .venv/bin/python -m
STAMP := .venv/complete
# $(call flags,SEED DRAWS) is --seed '7' when only SEED is set.
lower = $(shell echo $(1) | tr A-Z a-z)
# Values reach Python as they were given: not expanded by make, and in quotes that no value can end.
quoted = '$(subst ','\'',$(value $(1)))'
flags = $(foreach name,$(1),$(if $(strip $(value $(name))),--$(call lower,$(name)) $(call quoted,$(name))))

# Candidates are run, not looked up: a shim can exist and fail, a system Python can lack ensurepip.
PYENV := "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions
CANDIDATES := python3.13 python3.12 python3 python \
    /usr/local/bin/python3 /usr/bin/python3 $(PYENV)/3.13*/bin/python $(PYENV)/3.1[2-9]*/bin/python
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))

help: ## what can be made, and with which variables
	@echo 'make <target> [VARIABLE=value ...]'
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'
	@echo
	@sed -n 's/^#: /  /p' Makefile

env: $(STAMP) ## the environment in .venv, exactly as locked (the other targets see to it themselves)

$(STAMP): requirements.lock
	@if .venv/bin/python -c '$(USABLE)' >/dev/null 2>&1 && [ -z "$(PYTHON)" ]; then :; else \
	    chosen=; \
	    for candidate in $(if $(PYTHON),"$(PYTHON)") $(filter-out $(PYTHON),$(CANDIDATES)); do \
	        if "$$candidate" -c '$(USABLE)' >/dev/null 2>&1; then chosen=$$candidate; break; fi; \
	        if [ "$$candidate" = "$(PYTHON)" ]; then \
	            echo "PYTHON=$(PYTHON) does not run, is older than 3.12 or lacks ensurepip: trying others" >&2; \
	        fi; \
	    done; \
	    if [ -z "$$chosen" ]; then \
	        echo "error: Python 3.12 or later with its venv and ensurepip modules is needed and none was found:" \
	            "install one, or point to it with: make PYTHON=/path/to/python3.13" >&2; \
	        exit 1; \
	    fi; \
	    echo "environment: .venv with $$chosen ($$("$$chosen" --version))"; \
	    "$$chosen" -m venv --clear .venv; \
	fi
	@echo 'environment: installing what requirements.lock pins (a minute or two the first time)'
	@$(RUN) pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

data: $(STAMP) ## the panels from the raw files
	@$(RUN) data $(call flags,RAW)

fit: $(STAMP) ## every posterior: prior checks, sampling, gates, archive; refits of the main claims
	@$(RUN) inference $(call flags,PANEL HYPOTHESES CHAINS DRAWS SEED ENGINE WORKERS SCHEDULER RAW)

counterfactual: $(STAMP) ## one scenario of state-building aid, from the posteriors of make fit
	@$(RUN) inference.counterfactual $(call flags,PANEL SEED) $(if $(SCENARIO),--scenario $(SCENARIO))

robustness: $(STAMP) ## every claim under other codings and with parts left out (an hour; goes on where it stopped)
	@$(RUN) inference.robustness $(call flags,RAW PANEL HYPOTHESES WORKERS SCHEDULER) $(if $(filter 1,$(FULL)),--full)

report: $(STAMP) ## figures and pages in reports/build, from the posteriors
	@$(RUN) reports $(call flags,PANEL HYPOTHESES) $(if $(filter 1,$(DRAFT)),--draft)

# Two processes on two cores: linear algebra in one thread each, which would otherwise wait for the other process.
test campaign faults: export OMP_NUM_THREADS := 1
# Where an environment forbids bytecode, each of the many processes would compile all sources.
test campaign faults: export PYTHONDONTWRITEBYTECODE :=

test: $(STAMP) ## all tests but the campaigns, two files at a time
	@$(RUN) pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTESTARGS)

campaign: $(STAMP) ## the long sweeps: all models, all codings, a whole report twice; test takes a part of each
	@$(RUN) pytest -m campaign -n 2 --dist worksteal $(PYTESTARGS)

faults: $(STAMP) ## commands killed, files damaged, disks full: what was right and wrong, in tests/faults.md (an hour)
	@$(RUN) tests.faults $(call flags,SEED) $(if $(filter quick,$(FAULTS)),--quick)

check: $(STAMP) ## lint, format, types, the fast tests, licences and known vulnerabilities
	@$(RUN) ruff check --quiet .
	@$(RUN) ruff format --quiet --check . || { echo 'format: run $(RUN) ruff format .' >&2; exit 1; }
	@$(RUN) pyright
	@$(RUN) pytest -m 'not slow' $(PYTESTARGS)
	@$(MAKE) audit

audit: $(STAMP) ## licences of what is locked, and its known vulnerabilities (offline: skipped, with the reason)
	@$(RUN) tests.supply licences
	@$(RUN) tests.supply audit

sbom: $(STAMP) ## bandwagon.cdx.json, a bill of materials in CycloneDX, for a release
	@$(RUN) tests.supply sbom

calibrate: $(STAMP) ## engine and chain beside simulated truths, planted bugs and other estimators (two hours)
	@$(RUN) inference.calibration --bugs $(call flags,SEED)
	@$(RUN) inference.calibration draws $(call flags,SEED)
	@$(RUN) inference.calibration chain $(call flags,SEED)
	@$(RUN) inference.calibration paths $(call flags,SEED)
	@$(RUN) inference.calibration timing $(call flags,SEED)
	@$(RUN) inference.calibration hidden $(call flags,SEED)
	@$(RUN) inference.calibration oracle $(call flags,SEED)

bench: $(STAMP) ## the engine beside its peers: speed, memory, growth (hours; BENCHARGS=--quick for minutes)
	@$(RUN) benchmarks $(BENCHARGS)

clean: ## remove caches and reports; the panel, the posteriors and .venv stay
	@rm -rf reports/build .cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@find data/panels -name '*.partial' -delete
	@if [ -d inference/posteriors ]; then \
	    echo 'kept: inference/posteriors, which take long to make again (to remove: rm -r inference/posteriors)'; \
	fi
