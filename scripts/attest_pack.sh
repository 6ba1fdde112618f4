#!/usr/bin/env bash
# attest_pack.sh [PACK_TAR] [BUNDLES]: states how a pack was built, tested, released and what it holds, into one file of
# bundles, then verifies each. Signs as cosign_sign.sh does; builds the pack again, which must give the same bytes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
tar=${1:-${PACK_TAR:-dist/policy-pack/v0/policy-pack-v0.tar}}
bundles=${2:-${ATTESTATIONS:-${tar%.tar}.attestations.jsonl}}
if [ "${GITHUB_ACTIONS:-}" = true ]; then
  builder=$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF
  signer=(${SIGNING_CONFIG:+--signing-config "$SIGNING_CONFIG" --trusted-root "${TRUSTED_ROOT:?}"})
  trust=(--certificate-identity "$builder" --certificate-oidc-issuer https://token.actions.githubusercontent.com)
  trust+=(${TRUSTED_ROOT:+--trusted-root "$TRUSTED_ROOT"})
  provenance=(--builder-id "$builder" --source-repository "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY" --source-ref "$GITHUB_REF")
else
  # By name: a token that lies in the environment must not publish anything.
  signer=(--dev-authority)
  trust=(--dev-authority)
  provenance=(--builder-id urn:policy-pack:builder:local:v1)
fi
case $bundles in *.jsonl) ;; *) fail CONFIG_INVALID "$bundles is no .jsonl file, which alone holds several bundles." ;; esac
# What was stated before stands until all of this does.
next=${bundles%.jsonl}.next.jsonl
mkdir -p "$(dirname "$next")"
rm -f "$next"
for type in slsaprovenance1 test-result release cyclonedx; do
  npx --no-install policy-pack attest "$tar" --type "$type" --bundle "$next" ${signer[@]+"${signer[@]}"}
  demands=()
  if [ "$type" = slsaprovenance1 ]; then demands=("${provenance[@]}"); fi
  # What it says was printed above; this checks what was written, and that the signer is the one expected.
  npx --no-install policy-pack verify-attestation "$tar" --type "$type" --bundle "$next" \
    ${demands[@]+"${demands[@]}"} "${trust[@]}" >/dev/null
done
mv "$next" "$bundles"
