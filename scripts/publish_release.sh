#!/usr/bin/env bash
# publish_release.sh DIR SHA256: makes the folder of release_folder.sh a GitHub release, once for each revision. SHA256 is
# that of the pack that the workflow built. A revision that is published with other bytes already is an error. Needs gh, jq,
# GH_TOKEN and GH_REPO, and nothing of this checkout: the job that may write runs no code that it built.
set -euo pipefail
dir=$1 expected=${2:?is the SHA-256 of the pack that was built}
fail() { printf 'error %s: %s\n' "$1" "$2" >&2; exit 2; }

id=$(jq -er '.manifest.packId | select(test("^[a-z0-9-]+-v[0-9]+$"))' "$dir/manifest.json")
revision=$(jq -er '.manifest.revision | select(. > 0 and . == floor)' "$dir/manifest.json")
stated=$(jq -er '.manifest.digest.value' "$dir/manifest.json")
tag=$id-r$revision
(cd "$dir" && sha256sum --quiet --check --strict SHA256SUMS)
digest=$(sha256sum <"$dir/$id.tar" | cut -d ' ' -f 1)
[ "$digest" = "$stated" ] && [ "$digest" = "$expected" ] ||
  fail DIGEST_MISMATCH "$id.tar has the SHA-256 $digest; the manifest says $stated, the workflow $expected."

# A list that cannot be had ends the script here; that a tag is not in it is an answer.
tags=$(gh release list --limit 1000 --json tagName --jq '.[].tagName')
if ! grep -Fxq -- "$tag" <<<"$tags"; then
  gh release create "$tag" --target "${GITHUB_SHA:?}" --title "$id revision $revision" --notes-file "$dir/README.md" "$dir"/*
  printf '%s is published: sha256:%s\n' "$tag" "$digest"
  exit
fi
published=$(mktemp -d)
trap 'rm -rf "$published"' EXIT
gh release download "$tag" --pattern "$id.tar" --dir "$published"
cmp -s "$published/$id.tar" "$dir/$id.tar" ||
  fail CONTRACT_ALTERED "$tag is published with other bytes; release the change as a new revision (policy-pack release)."
printf '%s was published before, with the same bytes\n' "$tag"
