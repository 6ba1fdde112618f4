import {
  caJson,
  certificates,
  entry,
  envelopeBundle,
  iso,
  keys,
  leaf,
  logJson,
  messageBundle,
  NOW,
} from "@policy-pack/testkit";
import {
  ARTIFACT,
  IDENTITY,
  ISSUER,
  pem,
  rekorV2Bundle,
  rootJson,
  sha256,
  spkiOf,
  STATEMENT,
  token,
  YEAR,
} from "@policy-pack/testkit";

const certificate = leaf();
export const toBytes = (json: unknown): Buffer => Buffer.from(JSON.stringify(json));

/** Honest documents, from which every input is made. */
export const BUNDLES: readonly Buffer[] = [
  messageBundle({ certificate }),
  rekorV2Bundle({ certificate }),
  envelopeBundle({ certificate }),
  messageBundle({ certificate, tokens: (signature) => [token(signature, { embedded: [certificates.tsa] })] }),
  messageBundle({
    certificate,
    tokens: () => [],
    entries: (signature, der) => [entry({ body: bodyOf(signature, der) })],
  }),
].map(toBytes);

function bodyOf(signature: Buffer, der: Buffer): Buffer {
  const publicKey = { content: Buffer.from(pem("CERTIFICATE", der)).toString("base64") };
  const hash = { algorithm: "sha256", value: sha256(ARTIFACT).toString("hex") };
  const spec = { data: { hash }, signature: { content: signature.toString("base64"), publicKey } };
  return toBytes({ apiVersion: "0.0.1", kind: "hashedrekord", spec });
}

export const ROOTS: readonly Buffer[] = [
  rootJson(),
  rootJson({ mediaType: "application/vnd.dev.sigstore.trustedroot.v0.2+json" }),
  rootJson({
    certificateAuthorities: [caJson(certificates.tsaRoot), caJson(certificates.intermediate, certificates.root)],
    tlogs: [logJson(keys.other), logJson(keys.log)],
  }),
].map(toBytes);

const publicKey = pem("PUBLIC KEY", spkiOf(keys.signer));
const signer = { certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER };

export const POLICIES: readonly Buffer[] = [
  { signers: [signer] },
  { signers: [{ publicKey }], minimumRevision: "7", packId: "access-v0" },
  {
    signers: [
      {
        name: "a",
        certificateIdentityRegexp: "^signer@[a-z]+\\.com$",
        certificateOidcIssuer: ISSUER,
        notBefore: iso(NOW - YEAR),
      },
      { name: "b", publicKey, notAfter: iso(NOW + YEAR) },
      { name: "c", github: { repository: "acme/app", ref: "refs/heads/main" } },
    ],
    threshold: 2,
    minimumTimestamps: 1,
    oldestSigningTime: iso(NOW - YEAR),
    attestations: [
      {
        predicateType: STATEMENT.predicateType,
        signers: [signer],
        constraints: [
          { pointer: "/good", equals: true },
          { pointer: "/name", pattern: "^a+$" },
          { pointer: "/n", minimum: 1 },
        ],
      },
    ],
    denylist: { signers: [{ publicKey }] },
    pause: { signers: [{ publicKey }] },
  },
].map(toBytes);

const dated = { version: 3, issuedAt: "2026-01-02T03:04:05Z", expires: "2026-02-02T03:04:05Z" };

export const DENYLISTS: readonly Buffer[] = [
  {
    ...dated,
    entries: [
      { reason: "leaked", digest: `sha256:${"ab".repeat(32)}` },
      { reason: "lost", keyHint: sha256(spkiOf(keys.other)).toString("base64") },
      { reason: "left", identity: IDENTITY, issuer: ISSUER },
      { reason: "broken", packId: "access-v0", revisionsUpTo: "41" },
      { reason: "withdrawn", packId: "access-v0", revision: "43" },
    ],
  },
].map(toBytes);

export const PAUSES: readonly Buffer[] = [{ ...dated, paused: true, packIds: ["access-v0"], reason: "incident" }].map(
  toBytes,
);

export const STATEMENTS: readonly Buffer[] = [
  STATEMENT,
  {
    ...STATEMENT,
    _type: "https://in-toto.io/Statement/v0.1",
    subject: [...STATEMENT.subject, { digest: { sha512: "ab" } }],
  },
].map(toBytes);

export const CERTIFICATES: readonly Buffer[] = [certificate];
