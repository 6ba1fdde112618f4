#!/usr/bin/env bash
# fetch_release.sh [DIR]: downloads the release of the revision before the manifest's into DIR (default: dist/previous) and
# verifies that it is the pack of previousDigest and that this workflow signed it. Prints the pack's id alone, or nothing
# when there is no earlier revision, or none was released. Needs gh, jq, GH_TOKEN and GH_REPO.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
dir=${1:-dist/previous}
manifest=${MANIFEST:-contracts/policy-pack/v0/manifest.json}
previous=$(jq -r '.manifest.previousDigest // "" | ltrimstr("sha256:")' "$manifest")
id=$(jq -er '.manifest.packId | select(test("^[a-z0-9-]+-v[0-9]+$"))' "$manifest")
tag=$id-r$(jq -er '.manifest.revision - 1' "$manifest")
[ -n "$previous" ] || exit 0
# A list that cannot be had ends the script here; that a tag is not in it is an answer.
tags=$(gh release list --limit 1000 --json tagName --jq '.[].tagName')
if ! grep -Fxq -- "$tag" <<<"$tags"; then
  printf '%s was never released here; nothing is compared with it\n' "$tag" >&2
  exit
fi
rm -rf "$dir" && mkdir -p "$dir"
gh release download "$tag" --pattern "$id.tar" --pattern "$id.sigstore.json" --dir "$dir"
[ "$(sha256sum <"$dir/$id.tar" | cut -d ' ' -f 1)" = "$previous" ] ||
  fail CHAIN_BROKEN "the pack of release $tag is not the one that previousDigest of $manifest names."
"$root/clients/cli/bin/policy-pack.js" verify "$dir/$id.tar" --bundle "$dir/$id.sigstore.json" \
  --certificate-identity "${GITHUB_SERVER_URL:?}/${GITHUB_WORKFLOW_REF:?}" \
  --certificate-oidc-issuer https://token.actions.githubusercontent.com \
  ${TRUSTED_ROOT:+--trusted-root "$TRUSTED_ROOT"} >&2
printf '%s\n' "$id"
