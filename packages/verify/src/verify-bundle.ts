import { TrustError, VerificationError } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { verifySignature } from "./bundle/bundle-signature.ts";
import type { SigningMaterial, SigstoreBundle } from "./bundle/bundle.ts";
import { readSigningCertificate, verifySigningCertificate } from "./certificates/certificates.ts";
import type { Certificate } from "./certificates/certificate.ts";
import { verifyLogEntry } from "./log/log-entries.ts";
import type { SigningKey, VerifiedLogEntry } from "./log/log-entries.ts";
import type { PublicKey } from "./keys/public-key.ts";
import { verifyScts } from "./certificates/scts.ts";
import { digestOfArtifact, toSignedContent } from "./bundle/signed-content.ts";
import type { Artifact } from "./bundle/signed-content.ts";
import { readIdentity } from "./certificates/signer-identity.ts";
import type { IdentityKind } from "./certificates/signer-identity.ts";
import type { Statement } from "./bundle/statement.ts";
import { verifyTimestamps } from "./time/timestamps.ts";
import type { SigningTime } from "./time/timestamps.ts";
import type { TrustedRoot } from "./trusted-root.ts";

/** Who signed: proven, and not yet compared with anyone's wish. */
export type Signer =
  | {
      readonly kind: "certificate";
      readonly identity: string;
      readonly identityKind: IdentityKind;
      readonly issuer: string;
    }
  | { readonly kind: "key"; readonly keyHint: string };

/** What a bundle proves about an artifact. */
export interface VerifiedBundle {
  readonly digest: Digest;
  readonly signer: Signer;
  /** The in-toto statement that was signed; undefined for a signature over the artifact itself. */
  readonly statement: Statement | undefined;
  readonly times: readonly SigningTime[];
  readonly logEntries: readonly VerifiedLogEntry[];
}

export interface VerifyBundleOptions {
  /** The key that must have signed; without it only certificates are accepted. */
  readonly publicKey?: PublicKey;
}

/**
 * Proves that a bundle signs this artifact, under the trusted root, in the order in which one thing rests on another:
 * content, key, timestamps, log entries, certificate path, certificate transparency, signature. A certificate needs a log
 * entry and a proven time; a key given by the caller needs neither, but whatever the bundle brings must hold.
 *
 * It does not say whether the signer is one that should be believed: compare `signer`, or use `verifyArtifact`.
 * @throws VerificationError with the code of the step that failed; TrustError KEY_MISMATCH
 * @throws FormatError INPUT_INVALID for an Ed25519 message of which only the digest is given
 */
export function verifyBundle(
  bundle: SigstoreBundle,
  artifact: Artifact,
  trustedRoot: TrustedRoot,
  options: VerifyBundleOptions = {},
): VerifiedBundle {
  const digest = digestOfArtifact(artifact);
  const content = toSignedContent(bundle.content, artifact, digest);
  const signingKey = toSigningKey(bundle.material, options.publicKey);
  checkKeyId(bundle, signingKey);

  const stamped = verifyTimestamps(bundle.timestamps, content.signature, trustedRoot.timestampAuthorities);
  const logEntries = verifyLogEntries(bundle, {
    bundleVersion: bundle.version,
    content,
    signingKey,
    logs: trustedRoot.logs,
    provenTimes: stamped.map(({ timeMs }) => timeMs),
  });
  const times = [...stamped, ...logEntries.flatMap(toSigningTime)];
  const signer = verifySigner(bundle.material, signingKey, trustedRoot, { times, logEntries });
  verifySignature(content, signingKey.publicKey);
  return { digest, signer, statement: content.statement, times, logEntries };
}

interface KeyInUse extends SigningKey {
  /** The parsed leaf, when a certificate signed. */
  readonly certificate: Certificate | undefined;
}

/** A key is never taken from the bundle: it says only which one it was, and the caller holds the key. */
function toSigningKey(material: SigningMaterial, publicKey: PublicKey | undefined): KeyInUse {
  if (material.kind === "certificate") {
    if (publicKey !== undefined) throw keyMismatch("The bundle is signed with a certificate, not with the key given.");
    const certificate = readSigningCertificate(material.leaf);
    return { kind: "certificate", der: certificate.der, publicKey: certificate.publicKey, certificate };
  }
  if (publicKey === undefined) throw keyMismatch("The bundle is signed with a key, and no key was given to check it.");
  if (material.hint !== "" && material.hint !== publicKey.hint) {
    throw keyMismatch("The bundle is signed with another key than the one given.");
  }
  return { kind: "publicKey", der: publicKey.spki, publicKey, certificate: undefined };
}

/** `keyid` is not under the signature: it may only repeat what is proven otherwise. */
function checkKeyId({ content, material }: SigstoreBundle, { publicKey }: SigningKey): void {
  if (content.kind === "message" || content.keyid === "") return;
  if (material.kind === "publicKey" && content.keyid === publicKey.hint) return;
  throw keyMismatch("The envelope's keyid names another key than the one that signed.");
}

function verifyLogEntries(
  bundle: SigstoreBundle,
  context: Parameters<typeof verifyLogEntry>[1],
): readonly VerifiedLogEntry[] {
  const distinct = bundle.logEntries.filter(
    ({ logId, body }, index, all) =>
      all.findIndex((other) => other.logId.equals(logId) && other.body.equals(body)) === index,
  );
  return distinct.map((entry) => verifyLogEntry(entry, context));
}

function toSigningTime({ log, integratedTimeMs }: VerifiedLogEntry): readonly SigningTime[] {
  if (integratedTimeMs === undefined) return [];
  return [{ source: "transparency log", name: log, timeMs: integratedTimeMs }];
}

interface SigningEvidence {
  readonly times: readonly SigningTime[];
  readonly logEntries: readonly VerifiedLogEntry[];
}

function verifySigner(
  material: SigningMaterial,
  { certificate, publicKey }: KeyInUse,
  trustedRoot: TrustedRoot,
  { times, logEntries }: SigningEvidence,
): Signer {
  if (certificate === undefined || material.kind === "publicKey") return { kind: "key", keyHint: publicKey.hint };
  if (logEntries.length === 0) {
    throw new VerificationError(
      "LOG_ENTRY_INVALID",
      "The bundle has no transparency log entry, which a certificate needs; sign again with a log.",
    );
  }
  const moments = times.map(({ timeMs }) => timeMs);
  const path = verifySigningCertificate(certificate, material.others, trustedRoot.certificateAuthorities, moments);
  verifyScts(certificate, path[1] ?? certificate, trustedRoot.ctLogs);
  return { kind: "certificate", ...readIdentity(certificate) };
}

function keyMismatch(message: string): TrustError {
  return new TrustError("KEY_MISMATCH", `${message} Give the key or the identity that the artifact's publisher names.`);
}
