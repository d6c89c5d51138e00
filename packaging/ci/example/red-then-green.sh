#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bad patch goes red, its fix goes green. The bad patch takes the file position too early
# (kernel-patches/mutants/04-position-at-preserve.patch); the fix takes it back and leaves a comment.
# Usage: red-then-green.sh [LUOLAB], from anywhere; LUOLAB is ./lab of this checkout unless said.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
luolab=${1:-$root/lab}
suite=$root/scenarios/contract/04-position.yaml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

expect() { # WANTED NAME SERIES...
  local wanted=$1 name=$2 code=0
  shift 2
  "$luolab" gate --suite "$suite" --no-latency --title "$name" --markdown "$folder/$name.md" "${@/#/--series=}" || code=$?
  echo "== $name: exit code $code"
  [[ $code == "$wanted" ]] || { echo "expected $wanted" >&2; exit 1; }
}

expect 1 bad "$root/kernel-patches/mutants/04-position-at-preserve.patch"
expect 0 fixed "$root/kernel-patches/mutants/04-position-at-preserve.patch" "$root/packaging/ci/example/fix.patch"
