# groundup's front door. `make` lists what there is. Each target sets up what it needs first
# (common/setup.sh), does nothing twice, and works without a GPU.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ARGS    ?=
PHASE   ?= 1
CASE    ?=
UPDATE  ?=
SECONDS_EACH ?= 60

# A command line of make is also an environment for the recipes; the build must not inherit it.
unexport ARGS CASE UPDATE

PHASES := 1
ifeq ($(filter $(PHASE),$(PHASES)),)
$(error PHASE is '$(PHASE)'; it may be one of: $(PHASES))
endif

SETUP  := common/setup.sh need
PYTHON  = $$(common/setup.sh python)
BUILD  := common/build.sh

.PHONY: help
help: ## this list
	@echo "groundup: neural networks from the ground up. Targets:"
	@sed -n 's/^\([a-z0-9-]*\)[a-z ]*:[^#]*## \(.*\)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "Start with: make train"

##@ The course
.PHONY: train test start check solution phase1 diff
train: ## train a network on MNIST; ARGS="--epochs 3 --dataset fashion" passes options
	@$(SETUP) build data $(if $(findstring fashion,$(ARGS)),fashion)
	@$(BUILD) release train
	@build/release/bin/train $(ARGS)

test: ## build everything and run every quick test (C++ and Python)
	@$(SETUP) build data fashion python
	@$(BUILD) release all
	@ctest --preset release -j "$$(nproc)" --output-on-failure
	@$(PYTHON) -m pytest

start check solution: ## start, check EX=transpose: write an exercise; solution EX=... brings the course's back
	@$(SETUP) build
	@$(BUILD) release
	@python3 -m common.learn.work $@ "$(EX)"

phase1: ## phase 1: build, test, diff against the reference, run the checkpoint
	@$(SETUP) build data python
	@$(PYTHON) -m common.learn.phase 1

diff: ## compare a phase's outputs with the reference; PHASE=1 CASE=softmax shows both arrays
	@$(SETUP) build
	@$(BUILD) release groundup_diff phase$(PHASE)_outputs
	@build/release/bin/phase$(PHASE)_outputs --out build/out/phase$(PHASE)
	@build/release/bin/groundup_diff --got build/out/phase$(PHASE) --phase $(PHASE) $(if $(CASE),--case $(CASE))

##@ Keeping it right
.PHONY: test-all test-clang check-course reference bench sanitize fuzz fmt lint doctor clean
test-all: lint test-clang sanitize check-course ## everything, as before a release: both compilers, sanitizers, fuzzers, MNIST
	@$(MAKE) fuzz SECONDS_EACH=20
	@$(MAKE) test
	@$(PYTHON) -m pytest --run-slow

test-clang: ## the C++ tests, built by clang++
	@$(SETUP) build data fashion clang
	@$(BUILD) clang all
	@ctest --preset clang -j "$$(nproc)" --output-on-failure

check-course: ## are the exercises honest? ONLY=week02 for one week, ONLY=softmax for one
	@$(SETUP) build python
	@$(BUILD) release all
	@$(PYTHON) -m pytest -q --run-course common/learn/test_documents.py
	@$(PYTHON) -m common.learn.check_course $(if $(ONLY),--only $(ONLY))

reference: ## recompute the golden arrays with NumPy and compare; UPDATE=1 rewrites them
	@$(SETUP) build python
	@$(BUILD) release groundup_diff
	@$(PYTHON) -m reference.generate --out build/reference
	@build/release/bin/groundup_diff --got build/reference --regenerated --brief $(if $(filter 1,$(UPDATE)),|| echo "rewriting reference/golden")
	@$(if $(filter 1,$(UPDATE)),$(PYTHON) -m reference.generate --out reference/golden)

bench: ## measure PHASE=1 and rewrite the tables in its lessons
	@$(SETUP) build python
	@$(BUILD) release phase$(PHASE)_benches
	@$(PYTHON) -m common.learn.bench $(PHASE)

sanitize: ## the tests under AddressSanitizer, leak and undefined-behaviour checks
	@$(SETUP) build data fashion clang
	@$(BUILD) sanitize all
	@ctest --preset sanitize -j "$$(nproc)" --output-on-failure

fuzz: ## fuzz every parser for SECONDS_EACH=60
	@$(SETUP) build clang
	@$(BUILD) fuzz fuzzers
	@common/fuzz/run.sh $(SECONDS_EACH)

fmt: ## format every C++ file
	@$(SETUP) format
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format -i

lint: ## check the format, and clang-tidy; TIDY=0 for the format alone
	@$(SETUP) build format clang
	@$(BUILD) clang
	@common/lint.sh

doctor: ## what this machine has, and what to do about a gap
	@common/setup.sh doctor

clean: ## remove everything built; runs/ and .venv/ stay
	@rm -rf build
