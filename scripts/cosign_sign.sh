#!/usr/bin/env bash
# cosign_sign.sh [BLOB] [BUNDLE]: signs a file, then verifies what it signed. Keyless under GITHUB_ACTIONS=true (an error
# without OIDC; SIGNING_CONFIG and TRUSTED_ROOT name an instance of one's own), otherwise with the development authority,
# whose signatures prove nothing to others.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
blob=${1:-${PACK_TAR:-dist/policy-pack/v0/policy-pack-v0.tar}}
bundle=${2:-${BUNDLE_JSON:-contracts/policy-pack/v0/signing/cosign.bundle.json}}
mkdir -p "$(dirname "$bundle")"
if [ "${GITHUB_ACTIONS:-}" = true ]; then
  signer=(${SIGNING_CONFIG:+--signing-config "$SIGNING_CONFIG" --trusted-root "${TRUSTED_ROOT:?}"})
  trust=(--certificate-identity "$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF" --certificate-oidc-issuer https://token.actions.githubusercontent.com)
  trust+=(${TRUSTED_ROOT:+--trusted-root "$TRUSTED_ROOT"})
else
  # By name: a token that lies in the environment must not publish anything.
  signer=(--dev-authority)
  trust=(--dev-authority)
fi
npx --no-install policy-pack sign "$blob" --bundle "$bundle" ${signer[@]+"${signer[@]}"}
# What it proves was printed above; this checks the file that was written, and that the signer is the one expected.
npx --no-install policy-pack verify "$blob" --bundle "$bundle" "${trust[@]}" >/dev/null
