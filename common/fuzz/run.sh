#!/usr/bin/env bash
# common/fuzz/run.sh SECONDS: runs every fuzzer for that long, one after the other. A fuzzer is
# found by its folder of first inputs: X_fuzz_corpus stands beside X_fuzz.cc. What it learns is
# kept under build/, so the next run goes on from there. Stops at the first finding and says how
# to repeat it.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${1:-60}
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "seconds is '$seconds'; it must be a number from 1 up" >&2
  exit 2
fi

found=0
while IFS= read -r seeds; do
  found=$((found + 1))
  source=${seeds%_corpus}
  program=build/fuzz/$source
  if [ ! -x "$program" ]; then
    echo "$program is not built: cmake --preset fuzz && cmake --build --preset fuzz" >&2
    exit 1
  fi
  learned=build/fuzz/learned/$(basename "$source")
  log=$program.log
  mkdir -p "$learned"
  # 10 s for one input is a hang, 2 GiB a bomb.
  if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$program." "$learned" "$seeds" >"$log" 2>&1; then
    grep -v '^#' "$log" | tail -n 40 >&2
    echo "✗ $source.cc: the input is in the file named above; repeat it with: $program FILE" >&2
    exit 1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  echo "✓ $source  $runs inputs in $seconds s, nothing found"
done < <(find common phase* -type d -name '*_fuzz_corpus' | sort)

[ "$found" -gt 0 ] || { echo "no folder *_fuzz_corpus was found" >&2; exit 1; }
