#!/usr/bin/env bash
# attest_diff.sh [PACK_TAR] [BUNDLES]: states which decisions differ from the released revision before, as one more line of
# the file of attestations, and verifies it. Says so and states nothing where no revision was released before. Both packs
# must be signed by this workflow; with DIFF_BUDGET, more than it is an error.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
source "$root/scripts/notes.sh"
tar=${1:-${PACK_TAR:-dist/policy-pack/v0/policy-pack-v0.tar}}
bundles=${2:-${ATTESTATIONS:-${tar%.tar}.attestations.jsonl}}
trust=(--certificate-identity "${GITHUB_SERVER_URL:?}/${GITHUB_WORKFLOW_REF:?}"
  --certificate-oidc-issuer https://token.actions.githubusercontent.com ${TRUSTED_ROOT:+--trusted-root "$TRUSTED_ROOT"})
id=$("$root/scripts/fetch_release.sh" dist/previous)
if [ -z "$id" ]; then
  printf 'no revision was released before this one; no decision diff is stated\n'
  exit
fi
"$root/clients/cli/bin/policy-pack.js" diff "dist/previous/$id.tar" "$tar" "${trust[@]}" \
  ${SIGNING_CONFIG:+--attest-signing-config "$SIGNING_CONFIG" --attest-trusted-root "${TRUSTED_ROOT:?}"} \
  --old-bundle "dist/previous/$id.sigstore.json" --new-bundle "${BUNDLE_JSON:?}" ${budget[@]+"${budget[@]}"} --attest "$bundles"
"$root/clients/cli/bin/policy-pack.js" verify-attestation "$tar" --type decision-diff --bundle "$bundles" "${trust[@]}" >/dev/null
