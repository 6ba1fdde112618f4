#!/usr/bin/env bash
# release_folder.sh [DIR]: puts all that a verifier needs offline into one folder (default: dist/release), and verifies it
# from there as its README says. Takes PACK_TAR, BUNDLE_JSON, MANIFEST and ATTESTATIONS as the workflow names them, and
# TRUSTED_ROOT. Under GITHUB_ACTIONS=true only what this very workflow signed passes: never the development authority's.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
dir=${1:-dist/release}
dir=${dir%/}
tar=${PACK_TAR:-dist/policy-pack/v0/policy-pack-v0.tar}
name=$(basename "$tar" .tar)
next=$dir.next
policy_pack=$root/clients/cli/bin/policy-pack.js
rm -rf "$next" && mkdir -p "$next"

cp "$tar" "${tar%.tar}.bundle.tar.gz" "$next/"
cp "${MANIFEST:-contracts/policy-pack/v0/manifest.json}" "$next/manifest.json"
cp "${BUNDLE_JSON:-contracts/policy-pack/v0/signing/cosign.bundle.json}" "$next/$name.sigstore.json"
cp "${ATTESTATIONS:-${tar%.tar}.attestations.jsonl}" "$next/$name.attestations.jsonl"
if [ "${GITHUB_ACTIONS:-}" = true ]; then
  identity=$GITHUB_SERVER_URL/$GITHUB_WORKFLOW_REF issuer=https://token.actions.githubusercontent.com
  [ -n "${TRUSTED_ROOT:-}" ] || "$policy_pack" trusted-root refresh --out "$next/trusted_root.json" >/dev/null
else
  identity=dev@policy-pack.localhost issuer=https://dev-authority.policy-pack.localhost
  TRUSTED_ROOT=${TRUSTED_ROOT:-.policy-pack/dev-authority/trusted_root.json}
fi
[ -z "${TRUSTED_ROOT:-}" ] || cp "$TRUSTED_ROOT" "$next/trusted_root.json"
chmod 644 "$next/trusted_root.json"
node --disable-warning=ExperimentalWarning "$root/scripts/release/main.ts" "$next" "$name" "$identity" "$issuer"

(
  cd "$next"
  "$policy_pack" policy check verification-policy.json >/dev/null
  "$policy_pack" verify "$name.tar" --policy verification-policy.json \
    --bundle "$name.sigstore.json" --bundle "$name.attestations.jsonl"
  "$policy_pack" verify-attestation "$name.bundle.tar.gz" --type release --policy verification-policy.json \
    --bundle "$name.attestations.jsonl" >/dev/null
)
rm -rf "$dir" && mv "$next" "$dir"
printf '%s is ready: %s files, verified offline as signed by %s\n' "$dir" "$(find "$dir" -type f | wc -l | tr -d ' ')" "$identity"
