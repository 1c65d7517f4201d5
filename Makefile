# groundup's front door. `make` lists what there is. Each target sets up what it needs first
# (common/setup.sh), does nothing twice, and works without a GPU.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ARGS    ?=
# The trainer, unless PHASE names one. With a GPU it will be a later phase's.
TRAINER := $(if $(filter undefined,$(origin PHASE)),2,$(PHASE))
PHASE   ?= 1
CASE    ?=
AGAINST ?=
UPDATE  ?=
MINE    ?=
DEVICE  ?=
ALL     ?=
SECONDS_EACH ?= 60

# A command line of make is also an environment for the recipes; the build must not inherit it.
unexport ARGS CASE AGAINST UPDATE MINE ALL

# make bench also measures the simulator.
PHASES := 1 2 $(if $(filter bench,$(MAKECMDGOALS)),sim)
ifeq ($(filter $(PHASE),$(PHASES)),)
$(error PHASE is '$(PHASE)'; it may be one of: $(strip $(PHASES)))
endif

# make diff compares a phase with the reference, or with an earlier phase.
EARLIER := $(if $(filter 2,$(PHASE)),1)
ifneq ($(filter-out $(EARLIER),$(AGAINST)),)
$(error AGAINST is '$(AGAINST)'; for PHASE=$(PHASE) it may be empty (the reference)$(if $(EARLIER), or an earlier phase: $(EARLIER)))
endif

# What predict and evaluate read, phase 2's trainer wrote.
ifneq ($(filter predict evaluate,$(MAKECMDGOALS)),)
ifneq ($(TRAINER),2)
$(error PHASE is '$(PHASE)'; for $(firstword $(filter predict evaluate,$(MAKECMDGOALS))) it may be 2, or left out)
endif
endif

# MINE=1: every file of work/ that passes stands in for the course's, and the first line says how many.
ifeq ($(filter-out 0 1,$(MINE)),)
PRESET := $(if $(filter 1,$(MINE)),mine,release)
WHOSE   = $(if $(filter 1,$(MINE)),$(PYTHON) -m common.learn.mine,:)
else
$(error MINE is '$(MINE)'; it may be 1 (your files where they pass) or 0 (the course's))
endif
ifeq ($(PHASE)$(filter 1,$(MINE)),sim1)
$(error MINE is 1 and PHASE is sim; the simulator has no files of yours)
endif

# What .cu files are built for, which common/build.sh passes on to CMake.
ifneq ($(filter-out sim cuda,$(DEVICE))$(word 2,$(DEVICE)),)
$(error DEVICE is '$(DEVICE)'; it may be cuda (nvcc and a GPU), sim (the simulator, on the CPU), or empty to take what this machine has)
endif
export DEVICE

SETUP  := common/setup.sh need
PYTHON  = $$(common/setup.sh python)
BUILD  := common/build.sh

# The tests of one file share what they build, so a file's tests stay together. More processes than these
# gain nothing.
PYTEST  = $(PYTHON) -m pytest -n auto --maxprocesses=8 --dist=loadfile

.PHONY: help
help: ## this list
	@echo "groundup: neural networks from the ground up. Targets:"
	@sed -n 's/^\([a-z0-9-]*\)[a-z ]*:[^#]*## \(.*\)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20
	@echo "Start with: make train"

##@ The course
.PHONY: train predict evaluate test phase1 phase2 diff docs
# Fashion-MNIST is asked for by name; a resumed run found it when it began.
FASHION = $(if $(filter fashion --dataset=fashion,$(subst ',,$(subst ",,$(ARGS)))),fashion)

train: ## train a network on MNIST; ARGS="--dataset fashion" passes options; MINE=1 with your code; PHASE=1 with phase 1's
	@$(SETUP) build data $(FASHION)
	@$(WHOSE)
	@$(BUILD) $(PRESET) phase$(TRAINER)_train
	@build/$(PRESET)/bin/phase$(TRAINER)_train $(ARGS)

predict: ## what the last trained network takes pictures for: ARGS="digit.png"
	@$(SETUP) build
	@$(WHOSE)
	@$(BUILD) $(PRESET) phase2_predict
	@build/$(PRESET)/bin/phase2_predict $(ARGS)

evaluate: ## judge the last trained network class by class, with a confusion matrix
	@$(SETUP) build data $(FASHION)
	@$(WHOSE)
	@$(BUILD) $(PRESET) phase2_evaluate
	@build/$(PRESET)/bin/phase2_evaluate $(ARGS)

test: ## build everything and run every quick test (C++ and Python)
	@$(SETUP) build data fashion python
	@$(BUILD) release all
	@ctest --preset release -j "$$(nproc)" --output-on-failure
	@$(PYTEST)

phase1: ## phase 1: build, test, diff against the reference, run the checkpoint; MINE=1 with your code
	@$(SETUP) build data python
	@$(WHOSE)
	@$(PYTHON) -m common.learn.phase 1 $(if $(filter 1,$(MINE)),--mine)

phase2: ## phase 2, likewise
	@$(SETUP) build data fashion python
	@$(WHOSE)
	@$(PYTHON) -m common.learn.phase 2 $(if $(filter 1,$(MINE)),--mine)

diff: ## compare a phase's outputs with the reference; PHASE=2 AGAINST=1 with phase 1's; CASE=softmax shows both arrays
	@$(SETUP) build
	@$(WHOSE)
	@$(BUILD) $(PRESET) groundup_diff $(foreach phase,$(PHASE) $(AGAINST),phase$(phase)_outputs)
	@for phase in $(PHASE) $(AGAINST); do build/$(PRESET)/bin/phase$${phase}_outputs --out build/out/phase$$phase; done
	@build/$(PRESET)/bin/groundup_diff --got build/out/phase$(PHASE) --phase $(PHASE) $(if $(CASE),--case $(CASE)) \
	  $(if $(AGAINST),--against build/out/phase$(AGAINST) --against-phase $(AGAINST))

docs: ## rewrite docs/EXERCISES.md, and what programs print where pages show it
	@$(SETUP) build
	@$(BUILD) release all
	@$(PYTHON) -m common.learn.exercises_page
	@$(PYTHON) -m common.learn.sample_outputs --update

##@ Keeping it right
.PHONY: test-all test-clang test-sim test-arm gpu-check check-course reference bench sanitize test-threads fuzz fmt lint doctor clean
test-all: lint test-clang sanitize test-sim check-course ## everything, as before a release: both compilers, sanitizers, fuzzers, MNIST
	@$(MAKE) test-threads ALL=1
	@$(MAKE) fuzz SECONDS_EACH=20
	@$(SETUP) python readers
	@$(MAKE) test
	@$(PYTHON) -m pytest --run-slow
	@$(PYTHON) -m pytest --run-slow --run-course common/learn/test_scripted_learner.py
	@$(PYTHON) -m pytest --run-slow --run-sim -m slow common/cudasim

# The simulator's libraries, held to clang++'s warnings too where there are any: they switch stacks by
# this processor's own instructions.
SIMULATOR := $(if $(filter x86_64,$(shell uname -m)),cudasim cudasim_cublas cudasim_curand)
test-clang: ## the C++ tests, built by clang++
	@$(SETUP) build data fashion clang
	@$(BUILD) clang all $(SIMULATOR)
	@ctest --preset clang -j "$$(nproc)" --output-on-failure

# The simulator is what these tests are of, so it is what they run on unless a GPU is asked for.
test-sim: export DEVICE := $(or $(DEVICE),sim)
test-sim: ## the CUDA simulator's tests; nvcc, where it is, compiles everything too; DEVICE=cuda runs them on a GPU
	@$(SETUP) build python clang
	@$(BUILD) $(DEVICE) common/cudasim/all
	@ctest --preset $(DEVICE) -R '^cudasim\.' -j "$$(nproc)" --output-on-failure
	@$(if $(filter sim,$(DEVICE)),$(PYTEST) --run-sim common/cudasim)

# The machine with the GPU may be bare, so nothing is set up first.
gpu-check: ## the simulator's promises, results and error codes, on a GPU; DEVICE=sim: how it is done; UPDATE=1 keeps the codes
	@$(PYTHON) common/cudasim/gpu_check.py --device $(or $(DEVICE),cuda) $(if $(filter 1,$(UPDATE)),--update)

# Gate 6 runs the documents' tests. The longest of the others comes first, as they are in order.
LOOP_TESTS = common/learn --ignore common/learn/test_documents.py
check-course: ## are the exercises honest? ONLY=week02 for one week, ONLY=softmax for one
	@$(SETUP) build python clang data
	@$(BUILD) release all
	@$(BUILD) sanitize
	@$(PYTHON) -m common.learn.check_course $(if $(ONLY),--only "$(ONLY)")
	@$(if $(ONLY),,$(PYTEST) --no-loadscope-reorder -q --run-course -m course $(LOOP_TESTS))

reference: ## recompute the golden arrays with NumPy and compare; UPDATE=1 rewrites them
	@$(SETUP) build python
	@$(BUILD) release groundup_diff
	@$(PYTHON) -m reference.generate --out build/reference
	@build/release/bin/groundup_diff --got build/reference --regenerated --brief $(if $(filter 1,$(UPDATE)),|| echo "rewriting reference/golden")
	@$(if $(filter 1,$(UPDATE)),$(PYTHON) -m reference.generate --out reference/golden)

bench: ## measure PHASE=1 or 2 and rewrite the tables in its lessons; MINE=1 measures your code, and only prints; PHASE=sim the simulator
	@$(SETUP) build python $(if $(filter 2,$(PHASE)),yardsticks)
	@$(WHOSE)
	@$(if $(filter sim,$(PHASE)),$(BUILD) sim cudasim_benches,$(BUILD) $(PRESET) phase$(PHASE)_benches)
	@$(PYTHON) -m common.learn.bench $(PHASE) $(if $(filter 1,$(MINE)),--mine)

sanitize: ## the tests under AddressSanitizer, leak and undefined-behaviour checks
	@$(SETUP) build data fashion clang
	@$(BUILD) sanitize all
	@ctest --preset sanitize -j "$$(nproc)" --output-on-failure

# What starts threads: phase 2's pool and prefetching, all that stands on them, and a few of common's tests.
THREADED := $(addprefix common.,bench_test file_test run_folder_test) \
  $(addprefix phase2.week04.,thread_pool_test matmul_06_threads_test matmul_test matmul_rungs_test dense_layer_test) \
  $(addprefix phase2.week05.,prefetch_test loader_test batch_source_test callbacks_test model_train_test model_file_test)
test-threads: export NN_THREADS := 4
test-threads: ## what uses threads, under ThreadSanitizer; ALL=1 every test of phase 2, and its train stopped and resumed
	@$(SETUP) build data clang $(if $(ALL),fashion python)
	@$(BUILD) thread $(THREADED) $(if $(ALL),phase2_vectorized/all)
	@ctest --preset thread -j "$$(nproc)" --output-on-failure -R '^($(if $(ALL),phase2\.|)$(subst $(subst ,, ),|,$(strip $(THREADED))))'
	@$(if $(ALL),GROUNDUP_BIN_DIR=build/thread/bin $(PYTHON) -m pytest -q phase2_vectorized/checkpoint/test_model_programs.py)

test-arm: ## phase 2's tests for 64-bit Arm, cross-compiled and run under qemu (on Debian)
	@common/test_arm.sh

fuzz: ## fuzz every parser for SECONDS_EACH=60
	@$(SETUP) build clang
	@$(BUILD) fuzz fuzzers
	@common/fuzz/run.sh $(SECONDS_EACH)

fmt: ## format every C++ file
	@$(SETUP) format
	@git ls-files -z '*.h' '*.cc' '*.cu' '*.cuh' | xargs -0 clang-format -i

lint: ## check the format, and clang-tidy; TIDY=0 for the format alone
	@$(SETUP) build format clang
	@$(BUILD) clang
	@common/lint.sh

doctor: ## what this machine has, and what to do about a gap
	@common/setup.sh doctor

clean: ## remove everything built; runs/ and .venv/ stay
	@rm -rf build
