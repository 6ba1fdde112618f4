#!/usr/bin/env bash
# diff_pack.sh BASE [PACK_DIR] [OUT]: which decisions differ between the pack's source at a git commit and now, as
# decision-diff.md, .html and .json in OUT (default: dist/diff), and in GitHub's summary of the job. Writes nothing where
# the base has no such pack. The base is believed to be what git says it is; with DIFF_BUDGET, more than it is an error.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$root/scripts/notes.sh"
base=$1 pack_dir=${2:-${PACK_DIR:-contracts/policy-pack/v0}} out=${3:-dist/diff}
rm -rf "$out" && mkdir -p "$out"
if [[ "$base" =~ ^0*$ ]] || ! git cat-file -e "$base:$pack_dir" 2>/dev/null; then
  git cat-file -e "HEAD:./" # a place without git, or a base that was not fetched, is no new pack
  [[ "$base" =~ ^0*$ ]] || git cat-file -e "$base^{commit}" || fail CONFIG_INVALID "$base is not here; fetch it first."
  printf 'the base holds no %s; there is nothing to compare with\n' "$pack_dir" >&2
  exit
fi
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$base" -- "$pack_dir" | tar -x -C "$old"
status=0
"$root/clients/cli/bin/policy-pack.js" diff "$old/$pack_dir" "$pack_dir" --unsafe-unverified ${budget[@]+"${budget[@]}"} \
  --markdown "$out/decision-diff.md" --html "$out/decision-diff.html" --json >"$out/decision-diff.json" || status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/decision-diff.md" ]; then
  cat "$out/decision-diff.md" >>"$GITHUB_STEP_SUMMARY"
fi
[ "$status" = 0 ] || jq -r '.error | "error \(.code): \(.message)"' "$out/decision-diff.json" >&2
exit "$status"
