#!/usr/bin/env bash
# common/test_arm.sh [CTEST ARGUMENT...]: phase 2's tests for 64-bit Arm, cross-compiled and run under
# qemu, on a machine of another kind. Needs Debian, whose archive has every package for every kind of
# machine; what is missing is installed (the compiler and qemu) or unpacked in build/arm-root (libraries).
# qemu computes NEON as Arm says, but says nothing of speed; Python tests are not run.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { printf 'test-arm: %s\n' "$*" >&2; exit 1; }

if [ "$(uname -m)" = aarch64 ]; then
  die "this machine is 64-bit Arm itself: make test runs the same tests on it"
fi
if ! grep -qx 'ID=debian' /etc/os-release 2>/dev/null; then
  die "needs Debian: its archive has the libraries for arm64 beside those of this machine"
fi
common/setup.sh need build data arm

# Architecture-independent ones too: what is looked for there is looked for nowhere else.
packages=(zlib1g zlib1g-dev libpng16-16 libpng-dev libfmt9 libfmt-dev libhwy1 libhwy-dev libgtest-dev
  nlohmann-json3-dev libcli11-dev)
root=build/arm-root
if [ ! -e "$root/complete" ]; then
  echo "unpacking ${#packages[@]} packages for arm64 in $root"
  rm -rf "$root" build/arm-packages
  mkdir -p "$root" build/arm-packages/{lists,archives}/partial
  # apt's own lists are of this machine's kind, and stay as they are.
  options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64
    -o "Dir::State::Lists=$PWD/build/arm-packages/lists" -o "Dir::State::status=/dev/null"
    -o "Dir::Cache=$PWD/build/arm-packages" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update || die "the archive's lists for arm64 could not be fetched"
  (cd build/arm-packages && apt-get "${options[@]}" download "${packages[@]}") ||
    die "not all of these packages could be fetched: ${packages[*]}"
  for package in build/arm-packages/*.deb; do dpkg -x "$package" "$root"; done
  touch "$root/complete"
fi

common/build.sh arm phase2_vectorized/all
# These start themselves again, and this machine cannot start a program for Arm but by qemu's name.
echo "left out: SimdTargetAtFirstUse, of which set of instructions a process takes at first"
GTEST_FILTER="-*SimdTargetAtFirstUse*" ctest --preset arm -R "^phase2\." -j "$(nproc)" --output-on-failure "$@"
