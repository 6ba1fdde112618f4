#!/usr/bin/env bash
# diff_pack.sh BASE [PACK_DIR] [OUT]: which decisions differ between the pack's source at a git commit and now, as
# decision-diff.md, .html and .json in OUT (default: dist/diff), and in GitHub's summary of the job. Writes nothing where
# the base has no such pack. The base is believed to be what git says it is; with DIFF_BUDGET, more than it is an error.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$root/scripts/notes.sh"
base=$1 pack_dir=${2:-${PACK_DIR:-contracts/policy-pack/v0}} out=${3:-dist/diff}
rm -rf "$out" && mkdir -p "$out"
# As git names it, however PACK_DIR is spelled: a name that git does not know would pass for a new pack. A source that looks
# like a bare repository brings settings of its own, which git must not take.
in_pack=(git -c safe.bareRepository=explicit -C "$pack_dir")
top=$("${in_pack[@]}" rev-parse --show-toplevel)
place=$("${in_pack[@]}" rev-parse --show-prefix)
above=$(CDPATH='' cd -- "$pack_dir" && pwd)
above=$(CDPATH='' cd -P -- "${above%"/${place%/}"}" && pwd)
[ "$above" = "$top" ] || fail CONFIG_INVALID "$pack_dir is or lies behind a symbolic link; in git it is $place. Name the folder itself."
if [[ "$base" =~ ^0*$ ]] || ! git cat-file -e "$base:$place" 2>/dev/null; then
  [[ "$base" =~ ^0*$ ]] || git cat-file -e "$base^{commit}" || fail CONFIG_INVALID "$base is not here; fetch it first."
  printf 'the base holds no %s; there is nothing to compare with\n' "$pack_dir" >&2
  exit
fi
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git -C "$top" archive "$base" -- "$place" | tar -x -C "$old"
status=0
"$root/clients/cli/bin/policy-pack.js" diff "$old/$place" "$pack_dir" --unsafe-unverified ${budget[@]+"${budget[@]}"} \
  --markdown "$out/decision-diff.md" --html "$out/decision-diff.html" --json >"$out/decision-diff.json" || status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$out/decision-diff.md" ]; then
  cat "$out/decision-diff.md" >>"$GITHUB_STEP_SUMMARY"
fi
"$root/scripts/say_error.sh" <"$out/decision-diff.json"
exit "$status"
