#!/usr/bin/env bash
# common/build.sh PRESET [TARGET...]: configures the preset once and builds the targets, if any.
# Prints one line when there is something to do, nothing when all is up to date, and the
# compiler's own words when a build fails. $DEVICE, where it is set, is CMake's setting of that name:
# what .cu files are built for (sim, cuda, or empty to take what the machine has).
set -eu -o pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."  # CMake and ./learn must name the files alike: without links

preset=$1
shift
folder=build/$preset
mkdir -p "$folder"
log=$folder/build.log

# ninja is not made to run twice at once in one folder; ./learn holds the same lock.
exec 9>"$folder/ninja.lock"
flock -n 9 || { echo "waiting for another build in $folder to end ..."; flock 9; }

# Configured elsewhere, before the repository was moved or copied, it would build the files there.
if [ ! -f "$folder/build.ninja" ] || ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt"; then
  echo "configuring $folder"
  cmake --fresh --preset "$preset" ${DEVICE+"-DDEVICE:STRING=$DEVICE"} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
elif [ -n "${DEVICE+set}" ] && ! grep -qxF "DEVICE:STRING=$DEVICE" "$folder/CMakeCache.txt"; then
  echo "configuring $folder for ${DEVICE:-what this machine has}"
  cmake --preset "$preset" "-DDEVICE:STRING=$DEVICE" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi

[ $# = 0 ] && exit 0

# `ninja -n` says whether anything is out of date without doing it.
# Where it fails, building says why.
if plan=$(ninja -C "$folder" -n "$@"); then
  steps=$(grep -c '^\[' <<<"$plan" || true)
  [ "$steps" = 0 ] && exit 0
else
  steps="not known how many"
fi
echo "building $* in $folder ($steps steps)"
# On a terminal ninja keeps one moving line; elsewhere, and where a failure is to be explained, only
# that is worth reading.
if [ -t 1 ] && [ "$preset" != mine ]; then
  (cd "$folder" && exec ninja "$@")  # with -C it would first say where it goes
elif ! ninja -C "$folder" --quiet "$@" >"$log" 2>&1; then
  if [ "$preset" != mine ] || ! "$(common/setup.sh python)" -m common.learn.mine --explain "$log" >&2; then
    grep -v '^ninja: Entering' "$log" >&2
  fi
  exit 1
fi
