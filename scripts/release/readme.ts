import { hasDecisionDiff } from "./policy.ts";
import type { Release } from "./policy.ts";

/** How to verify the folder without a network, for people who have nothing else of this project. */
export function toReadme(release: Release): string {
  const { name, manifest, identity, issuer } = release;
  return `# ${manifest.packId}, revision ${manifest.revision}

\`sha256:${manifest.digest.value}\`

Signed by \`${identity}\`
as \`${issuer}\` vouched.

| file | what |
|---|---|
| \`${name}.tar\` | the pack: Rego, data, schemas and the WASM that decides |
| \`${name}.bundle.tar.gz\` | the same policy for stock OPA |
| \`${name}.sigstore.json\` | the signature of the tar, a Sigstore bundle |
| \`${name}.attestations.jsonl\` | signed statements: ${statementsOf(release)} |
| \`manifest.json\` | revision, previous digest, and the digest of each file in the tar |
| \`trusted_root.json\` | the authorities that vouch for the signatures, as they were at the release |
| \`verification-policy.json\` | what a verifier should demand of this release |
| \`SHA256SUMS\` | to notice a broken download; it proves nothing else |

## Verify it, offline

    sha256sum --check SHA256SUMS
    policy-pack verify ${name}.tar --policy verification-policy.json \\
      --bundle ${name}.sigstore.json --bundle ${name}.attestations.jsonl

Whoever could replace the pack could replace this page, the trusted root and the policy beside it too. So compare the
identity, the issuer and the trusted root with what you know from elsewhere, once, and keep your own copy of the policy:
\`policy-pack trusted-root refresh --out trusted_root.json\` fetches the root through TUF.

cosign verifies the same signature:

    cosign verify-blob ${name}.tar --bundle ${name}.sigstore.json --trusted-root trusted_root.json \\
      --certificate-identity ${identity} \\
      --certificate-oidc-issuer ${issuer}

The OPA bundle is a subject of the signed release statement:

    policy-pack verify-attestation ${name}.bundle.tar.gz --type release --policy verification-policy.json \\
      --bundle ${name}.attestations.jsonl

## Ask it something

    policy-pack eval ${name}.tar --bundle ${name}.sigstore.json --bundle ${name}.attestations.jsonl \\
      --policy verification-policy.json --entrypoint ${manifest.entrypoints[0] ?? ""} --input input.json
`;
}

function statementsOf(release: Release): string {
  const usual = "how it was built, which tests passed, which artifacts make up the revision, what is in it";
  return hasDecisionDiff(release) ? `${usual}, which decisions differ from the revision before` : usual;
}
