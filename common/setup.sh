#!/usr/bin/env bash
# Everything the project guesses about the machine is guessed here.
#
#   common/setup.sh need GROUP...   checks what each group needs; installs what is missing where it
#                                   may (Debian, Ubuntu, as root or with password-free sudo), else
#                                   prints the exact command and stops. Silent when nothing is missing.
#   common/setup.sh doctor          prints what this machine has, and what to do about a gap
#   common/setup.sh python          prints the Python the project uses
#
# Groups: build   compiler, CMake, Ninja, the libraries of common/
#         python  Python 3.11 or later in .venv, with what requirements.txt lists
#         data    the bundled MNIST and tiny files, checked against their SHA256SUMS
#         fashion Fashion-MNIST, from the distribution's package
#         clang   clang++ with its sanitizer and fuzzer runtimes
#         format  clang-format and clang-tidy
#         yardsticks  OpenBLAS, BLIS, oneDNN and PyTorch, which benches compare with
#         arm     g++ for 64-bit Arm, and qemu to run what it compiles
#         readers TensorBoard's and safetensors' own readers in .venv, which tests hold our files to
#
# GROUNDUP_INSTALL=0 never installs, only says what is missing.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { printf 'set-up: %s\n' "$*"; }
die() { printf 'set-up: %s\n' "$*" >&2; exit 1; }

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANT: compares dotted numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

first_number() { grep -oE '[0-9]+(\.[0-9]+)+|[0-9]+' | head -n 1; }

cmake_version() { cmake --version 2>/dev/null | first_number; }
compiler() { printf '%s' "${CXX:-g++}"; }
compiler_version() { "$(compiler)" -dumpfullversion -dumpversion 2>/dev/null | first_number; }

# missing_headers HEADER...: those the compiler does not find, in one run of its preprocessor.
missing_headers() {
  local header
  for header in "$@"; do
    printf '#if !__has_include(<%s>)\nmissing:%s\n#endif\n' "$header" "$header"
  done | "$(compiler)" -E -P -x c++ -std=c++20 - 2>/dev/null | sed -n 's/^missing:\(.*\)$/\1/p' | tr -d ' '
}

# ---------------------------------------------------------------- what is missing, as package names

missing_build() {
  have "$(compiler)" || echo g++
  have cmake || echo cmake
  have ninja || echo ninja-build
  have "$(compiler)" || { echo libgtest-dev libpng-dev zlib1g-dev libfmt-dev libcli11-dev nlohmann-json3-dev libhwy-dev; return; }
  local header
  for header in $(missing_headers gtest/gtest.h png.h zlib.h fmt/format.h CLI/CLI.hpp nlohmann/json.hpp hwy/highway.h); do
    case "$header" in
      gtest/*) echo libgtest-dev ;;
      png.h) echo libpng-dev ;;
      zlib.h) echo zlib1g-dev ;;
      fmt/*) echo libfmt-dev ;;
      CLI/*) echo libcli11-dev ;;
      nlohmann/*) echo nlohmann-json3-dev ;;
      hwy/*) echo libhwy-dev ;;
    esac
  done
}

# The newest Python on PATH that is 3.11 or later.
base_python() {
  local python
  for python in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
    "$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$python"; return; }
  done
}

missing_python() {
  venv_ready && return
  local python
  python=$(base_python)
  [ -n "$python" ] || { echo python3 python3-venv; return; }
  "$python" -c 'import venv, ensurepip' 2>/dev/null || echo python3-venv
}

missing_clang() {
  have clang++ || { echo clang; }
  local major
  major=$(clang++ -dumpversion 2>/dev/null | cut -d. -f1)
  [ -n "$major" ] || { say_rt_after_clang=1; return; }
  # A one-line program tells whether the runtimes are there, whatever their package is called.
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    clang++ -x c++ - -fsanitize=fuzzer,address,undefined -o /dev/null 2>/dev/null || echo "libclang-rt-$major-dev"
}

missing_format() { have clang-format || echo clang-format; have clang-tidy || echo clang-tidy; }

fashion_dir=/usr/share/datasets/fashion-mnist
missing_fashion() { [ -f $fashion_dir/train-images-idx3-ubyte.gz ] || echo dataset-fashion-mnist; }

# Benches look for these libraries when they run; no compiler has to find them.
missing_yardsticks() {
  local known
  known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
  case "$known" in *libopenblas.so.0*) ;; *) echo libopenblas0-pthread ;; esac
  case "$known" in *libblis.so.4*) ;; *) echo libblis4-openmp ;; esac
  case "$known" in *libdnnl.so.2*) ;; *) echo libdnnl2 ;; esac
  [ -e /usr/lib/python3/dist-packages/torch ] || echo python3-torch
}

missing_arm() { have aarch64-linux-gnu-g++ || echo g++-aarch64-linux-gnu; have qemu-aarch64 || echo qemu-user; }

missing_data() { :; }  # bundled; checked below
missing_readers() { missing_python; }

# ---------------------------------------------------------------- installing

install_packages() {
  local packages="$*" sudo=""
  if ! have apt-get; then
    die "this machine lacks: $packages (names of Debian's packages). Install their equivalents with your system's package manager, then run the command again."
  fi
  if [ "${GROUNDUP_INSTALL:-1}" = 0 ]; then
    die "missing: $packages. Install them with: sudo apt-get install -y $packages"
  fi
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die "missing: $packages. Install them with: sudo apt-get update && sudo apt-get install -y $packages"
    sudo="sudo"
  fi
  say "installing $packages"
  mkdir -p build
  local log=build/setup.log
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq -o Acquire::Retries=3 --no-install-recommends $packages; } >$log 2>&1 </dev/null || {
    tail -n 5 $log >&2
    die "apt-get failed (whole log: $log). With a network, try: sudo apt-get update && sudo apt-get install -y $packages"
  }
}

venv=.venv
venv_stamp() { cksum requirements.txt | cut -d' ' -f1; }
venv_ready() { [ -x $venv/bin/python ] && [ "$(cat $venv/groundup-stamp 2>/dev/null)" = "$(venv_stamp)" ]; }

make_venv() {
  venv_ready && return
  say "making $venv with $(tr '\n' ' ' <requirements.txt | sed 's/#[^#]*$//')"
  mkdir -p build
  local log=build/setup-python.log
  { "$(base_python)" -m venv --clear $venv && $venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt; } >$log 2>&1 || {
    tail -n 5 $log >&2
    die "could not set up Python (whole log: $log). With a network, try: $(base_python) -m venv $venv && $venv/bin/pip install -r requirements.txt"
  }
  venv_stamp >$venv/groundup-stamp
}

# Making .venv anew takes them away, and their stamp with them.
readers_stamp() { cksum requirements-readers.txt | cut -d' ' -f1; }
readers_ready() { venv_ready && [ "$(cat $venv/groundup-readers-stamp 2>/dev/null)" = "$(readers_stamp)" ]; }

# Without dependencies: pyproject.toml lists what reading needs.
make_readers() {
  make_venv
  readers_ready && return
  say "installing $(tr '\n' ' ' <requirements-readers.txt)in $venv"
  mkdir -p build
  local log=build/setup-readers.log
  $venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements-readers.txt >$log 2>&1 || {
    tail -n 5 $log >&2
    die "could not install the readers (whole log: $log). With a network, try: $venv/bin/pip install --no-deps -r requirements-readers.txt"
  }
  readers_stamp >$venv/groundup-readers-stamp
}

check_versions() {
  local found
  found=$(compiler_version)
  if [ "$(compiler)" = g++ ]; then
    version_at_least "${found:-0}" 12 || die "g++ is ${found:-not found}; 12 or later is needed. On Debian 12 and Ubuntu 24.04: sudo apt-get install -y g++"
  fi
  found=$(cmake_version)
  version_at_least "${found:-0}" 3.25 || die "cmake is ${found:-not found}; 3.25 or later is needed. On Debian 12 and Ubuntu 24.04: sudo apt-get install -y cmake"
}

# What CMake writes about such a place ninja cannot read, or takes for something else.
check_place() {
  case "$(pwd -P)" in
    *[\'\"\`\\\;\&\|\<\>\*\^\$\#]*) die "this folder is $(pwd -P); CMake and ninja cannot work where a name holds one of ' \" \` \\ ; & | < > * ^ \$ #. Rename or move it; letters, digits, spaces, - _ . do" ;;
  esac
}

check_data() {
  local folder
  for folder in reference/datasets/mnist reference/datasets/tiny; do
    (cd $folder 2>/dev/null && sha256sum --quiet -c SHA256SUMS) >/dev/null 2>&1 ||
      die "$folder: a file is missing or differs from its SHA256SUMS. Restore it with: git checkout -- $folder"
  done
}

need() {
  local group missing=""
  for group in "$@"; do
    case "$group" in build | python | data | fashion | clang | format | yardsticks | arm | readers) ;; *) die "unknown group '$group'; known: build python data fashion clang format yardsticks arm readers" ;; esac
    missing="$missing $("missing_$group")"
  done
  missing=$(echo $missing | tr ' ' '\n' | sort -u | tr '\n' ' ' | sed 's/ $//')
  [ -z "$missing" ] || install_packages "$missing"
  for group in "$@"; do
    case "$group" in
      build) check_place; check_versions ;;
      python) make_venv ;;
      readers) make_readers ;;
      data) check_data ;;
      clang)  # clang++ may have come just now, and only it knows its runtimes' package
        missing=$(missing_clang)
        [ -z "$missing" ] || install_packages "$missing"
        ;;
    esac
  done
}

# ---------------------------------------------------------------- doctor

row() { printf '  %s %-12s %s\n' "$1" "$2" "$3"; }
# check NAME "what was found" "missing packages" "what it is for"
check() {
  if [ -z "$3" ]; then row "ok     " "$1" "$2"; else row "missing" "$1" "$4: sudo apt-get install -y $(echo $3)"; fi
}

doctor() {
  echo "This machine:"
  local system="unknown system"
  [ -r /etc/os-release ] && system=$(. /etc/os-release && echo "$PRETTY_NAME")
  row "       " system "$system, $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo) of memory"
  row "       " processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
  check build "$(compiler) $(compiler_version), cmake $(cmake_version), ninja $(ninja --version 2>/dev/null), and the libraries" "$(missing_build)" "to build anything"
  local python
  if venv_ready; then
    # Ctrl-C ends it without a traceback of its own.
    python=$($venv/bin/python -c 'import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
import numpy
print("Python", sys.version.split()[0], "with NumPy", numpy.__version__)' 2>/dev/null)
    if [ -n "$python" ]; then row "ok     " python "$venv: $python"; else row "broken " python "$venv has no NumPy that works; rm -rf $venv, and it is made anew"; fi
  elif [ -n "$(missing_python)" ]; then
    row "missing" python "for the NumPy reference: sudo apt-get install -y $(echo $(missing_python))"
  else
    row "to come" python "$(base_python) is there; .venv is made when first needed"
  fi
  if readers_ready; then
    row "ok     " readers "TensorBoard's and safetensors' own, in $venv"
  else
    row "to come" readers "only for make test-all: common/setup.sh need readers"
  fi
  if (check_data) 2>/dev/null; then row "ok     " mnist "bundled, checksums right"; else row "missing" mnist "git checkout -- reference/datasets"; fi
  check fashion "$fashion_dir" "$(missing_fashion)" "only for --dataset fashion"
  check clang "clang++ $(clang++ -dumpversion 2>/dev/null), with sanitizers and fuzzer" "$(missing_clang)" "only for make fuzz and make test-all"
  check format "clang-format, clang-tidy" "$(missing_format)" "only for make fmt and make lint"
  check yardsticks "OpenBLAS, BLIS, oneDNN, PyTorch" "$(missing_yardsticks)" "only for make bench PHASE=2"
  if have ccache; then row "ok     " ccache "in use: rebuilding from nothing is quick"; else row "       " ccache "not there; optional: sudo apt-get install -y ccache"; fi
  if have nvidia-smi && nvidia-smi -L >/dev/null 2>&1; then
    row "ok     " GPU "$(nvidia-smi -L | head -n 1) (phase 1 does not use it)"
  else
    row "       " GPU "none found; nothing here needs one: CUDA runs in the simulator, on the processor"
  fi
  local nvcc
  nvcc=$(PATH="$PATH:/usr/local/cuda/bin:${CUDA_HOME:-}/bin:${CUDA_PATH:-}/bin" command -v nvcc)
  if [ -n "$nvcc" ]; then
    row "ok     " nvcc "$("$nvcc" --version | sed -n 's/^.*release \([0-9.]*\).*$/\1/p'), $nvcc: it compiles every .cu file too"
  else
    row "       " nvcc "none found; .cu files are compiled by common/cudasim/simcc alone"
  fi
}

case "${1:-}" in
  need) shift; need "$@" ;;
  doctor) doctor ;;
  python) if venv_ready; then echo "$venv/bin/python"; else base_python; fi ;;
  *) die "usage: common/setup.sh need GROUP... | doctor | python" ;;
esac
