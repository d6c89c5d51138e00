#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How much slower is `luolab kernel build --series PATCH` than bare make after the same edit, and how
# long does a build take that is in the cache?
#   LUOLAB=path/of/luolab tests/bench/build.sh [--pairs N] [--json FILE]
# The machine's speed drifts, so both are measured in turns and compared pair by pair.
set -euo pipefail

LUOLAB=${LUOLAB:?is the path of the luolab executable}
PAIRS=7
JSON=
while (($#)); do
  case $1 in
    --pairs) PAIRS=$2; shift 2 ;;
    --json) JSON=$2; shift 2 ;;
    *) echo "build.sh: unknown argument $1 (known: --pairs N, --json FILE)" >&2; exit 64 ;;
  esac
done

CACHE=${LUOLAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/luolab}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
JOBS=$(nproc)
BUILD=("$LUOLAB" kernel build --base linux-7.3 --series phase-stamps)

say() { echo "$*" >&2; }
now() { echo $((${EPOCHREALTIME/./})); }  # microseconds

# Seconds that a command takes; its output goes to a log that is shown when it fails.
seconds_of() {
  local begin end
  begin=$(now)
  "$@" >"$WORK/log" 2>&1 || { cat "$WORK/log" >&2; say "failed: $*"; exit 1; }
  end=$(now)
  awk -v us=$((end - begin)) 'BEGIN { printf "%.3f", us / 1e6 }'
}

say "building the starting point (once)"
IMAGE=$("${BUILD[@]}" --print path)
ENTRY=$(dirname "$IMAGE")
CONTENT=$(sed -n 's/.*"content": "\(.*\)".*/\1/p' "$ENTRY/metadata.json")
TREE=$(dirname "$(grep -l "\"digest\": \"$CONTENT\"" "$CACHE"/bases/*/base.json | head -1)")/tree
BARE=$CACHE/bench/bare-$(basename "$ENTRY" | cut -c1-16)

# A tree as a developer has it: built once in place, with the same source and configuration.
if [[ ! -e $BARE/done ]]; then
  say "building the bare tree (once)"
  rm -rf "$BARE"
  mkdir -p "$BARE/obj"
  cp -a "$TREE" "$BARE/src"
  data=${LUOLAB_DATA:-$(cd "$(dirname "$0")/../.." && pwd)}
  for patch in "$data"/kernel-patches/series/phase-stamps/*.patch; do
    patch -d "$BARE/src" -p1 -F0 -s <"$patch"
  done
  cp "$ENTRY/config" "$BARE/obj/.config"
  PATH=/usr/lib/ccache:$PATH CCACHE_DIR=$CACHE/ccache make -s -C "$BARE/src" O="$BARE/obj" ARCH=x86_64 -j"$JOBS" bzImage >&2
  cp "$BARE/src/mm/memfd_luo.c" "$BARE/original.c"
  touch "$BARE/done"
fi

edit_into() {  # FILE SALT: the original with one more line of code
  cp "$BARE/original.c" "$1"
  echo "static const char luolab_bench[] __used = \"$2\";" >>"$1"
}

bare_build() {
  edit_into "$BARE/src/mm/memfd_luo.c" "$1"
  make -C "$BARE/src" O="$BARE/obj" ARCH=x86_64 -j"$JOBS" bzImage
}

write_patch() {
  mkdir -p "$WORK/a/mm" "$WORK/b/mm"
  cp "$BARE/original.c" "$WORK/a/mm/memfd_luo.c"
  edit_into "$WORK/b/mm/memfd_luo.c" "$1"
  (cd "$WORK" && diff -u a/mm/memfd_luo.c b/mm/memfd_luo.c >"$WORK/edit.patch") || true
}

luolab_build() { "${BUILD[@]}" --series "$WORK/edit.patch" --print path; }

ratios=()
ours=()
say "pair    bare make      luolab    ratio"
for ((pair = 1; pair <= PAIRS; pair++)); do
  salt=$(now)
  write_patch "$salt"
  if ((pair % 2)); then
    bare=$(seconds_of bare_build "$salt")
    own=$(seconds_of luolab_build)
  else
    own=$(seconds_of luolab_build)
    bare=$(seconds_of bare_build "$salt")
  fi
  ratio=$(awk -v own="$own" -v bare="$bare" 'BEGIN { printf "%.3f", own / bare }')
  ratios+=("$ratio")
  ours+=("$own")
  say "$(printf '%4d  %9.2f s  %9.2f s  %7.2f' "$pair" "$bare" "$own" "$ratio")"
done

cached=()
for ((run = 1; run <= 9; run++)); do cached+=("$(seconds_of "${BUILD[@]}" --print path)"); done

# "median min max n" of the numbers given.
summary() {
  printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 }
    END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; print m, v[1], v[NR], NR }'
}
read -r ratio_median ratio_min ratio_max ratio_n <<<"$(summary "${ratios[@]}")"
read -r own_median _ _ _ <<<"$(summary "${ours[@]}")"
read -r cached_median cached_min cached_max cached_n <<<"$(summary "${cached[@]}")"
at_most() { awk -v value="$1" -v bar="$2" 'BEGIN { print (value <= bar) ? "true" : "false" }'; }
build_met=$(at_most "$ratio_median" 1.25)
cached_met=$(at_most "$cached_median" 0.2)

printf 'incremental build   %6.2f s   %.2f x bare make (%.2f to %.2f, n=%d)   bar 1.25   met: %s\n' \
  "$own_median" "$ratio_median" "$ratio_min" "$ratio_max" "$ratio_n" "$build_met"
printf 'build in the cache  %6.3f s   (%.3f to %.3f, n=%d)   bar 0.2 s   met: %s\n' \
  "$cached_median" "$cached_min" "$cached_max" "$cached_n" "$cached_met"

if [[ -n $JSON ]]; then
  against=$(awk -v value="$cached_median" 'BEGIN { printf "%.4f", value / 0.2 }')
  low=$(awk -v value="$cached_min" 'BEGIN { printf "%.4f", value / 0.2 }')
  high=$(awk -v value="$cached_max" 'BEGIN { printf "%.4f", value / 0.2 }')
  cat >"$JSON" <<JSON
[
  {"name": "build.incremental", "figure": $own_median, "unit": "s", "against": "bare make after the same edit",
   "ratio": {"median": $ratio_median, "min": $ratio_min, "max": $ratio_max, "n": $ratio_n}, "bar": "median ratio at most 1.25", "met": $build_met},
  {"name": "build.cached", "figure": $cached_median, "unit": "s", "against": "0.2 s",
   "ratio": {"median": $against, "min": $low, "max": $high, "n": $cached_n}, "bar": "at most 0.2 s", "met": $cached_met}
]
JSON
fi
[[ $build_met == true && $cached_met == true ]]
