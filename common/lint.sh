#!/usr/bin/env bash
# common/lint.sh: clang-format and clang-tidy over every C++ file. A file that passed clang-tidy is
# not looked at again until it, a header or the settings change: build/lint holds a mark for each.
set -eu -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.h' '*.cc' '*.cu' '*.cuh')
clang-format --dry-run -Werror "${files[@]}"
[ "${TIDY:-1}" = 1 ] || { echo "clang-format: ${#files[@]} files are clean; clang-tidy was left out"; exit 0; }

# Tests are formatted, and compiled without a warning; clang-tidy reads what they test.
mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep '\.cc$' | grep -vE '(_test|_fuzz)\.cc$')
headers=$(cat .clang-tidy $(printf '%s\n' "${files[@]}" | grep '\.h$') | sha256sum)
mkdir -p build/lint
todo=()
for source in "${sources[@]}"; do
  mark=build/lint/$( (echo "$headers"; cat "$source") | sha256sum | cut -c1-32)
  [ -e "$mark" ] || todo+=("$source" "$mark")
done
[ ${#todo[@]} -eq 0 ] && { echo "clang-tidy: nothing new in ${#sources[@]} files"; exit 0; }
echo "clang-tidy: $((${#todo[@]} / 2)) of ${#sources[@]} files"
printf '%s\n' "${todo[@]}" | xargs -P "$(nproc)" -n 2 bash -c \
  'clang-tidy --quiet -p build/clang "$0" 2>/dev/null && touch "$1"'
