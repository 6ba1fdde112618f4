import { TrustError } from "@policy-pack/pack";
import { verifySignature } from "../bundle/bundle-signature.ts";
import type { SigningMaterial, SigstoreBundle } from "../bundle/bundle.ts";
import { toSignedContent } from "../bundle/signed-content.ts";
import type { About, SignedContent } from "../bundle/signed-content.ts";
import type { Statement } from "../bundle/statement.ts";
import { readSigningCertificate, verifySigningCertificate } from "../certificates/certificates.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { verifyScts } from "../certificates/scts.ts";
import { readIdentity } from "../certificates/signer-identity.ts";
import type { PublicKey } from "../keys/public-key.ts";
import { verifyLogEntries } from "../log/log-entries.ts";
import type { SigningKey, VerifiedLogEntry } from "../log/log-entries.ts";
import type { StepLog } from "../report/step-log.ts";
import { verifyTimestamps } from "../time/timestamps.ts";
import type { ProvenTimestamp, SigningTime } from "../time/timestamps.ts";
import type { TrustedRoot } from "../trusted-root.ts";
import type { Signer } from "./signer.ts";
import { checkLogCount, checkTimestampCount } from "./witnesses.ts";
import type { WitnessMinima } from "./witnesses.ts";

/** What a bundle proves, and the key and certificate that it does so with. */
export interface Proof {
  readonly signer: Signer;
  readonly publicKey: PublicKey;
  readonly certificate: Certificate | undefined;
  readonly statement: Statement | undefined;
  /** SHA-256 of the statement as it was signed, in hex. */
  readonly payloadDigest: string | undefined;
  readonly times: readonly SigningTime[];
  readonly logEntries: readonly VerifiedLogEntry[];
}

export interface ProofOptions extends WitnessMinima {
  /** The key that must have signed; without it only certificates are accepted. */
  readonly publicKey?: PublicKey | undefined;
  /** The bundle's timestamps by this trusted root, where they are proven once for many keys. */
  readonly stamps?: (() => readonly ProvenTimestamp[]) | undefined;
}

/**
 * Proves what a bundle signs and who signed it, in the order in which one thing rests on another. Whether that signer
 * should be believed is not looked at.
 * @throws VerificationError with the code of the step that failed
 * @throws TrustError KEY_MISMATCH, LOG_ENTRY_MISSING, TIMESTAMP_MISSING
 * @throws FormatError INPUT_INVALID for a message by Ed25519, or through another hash than SHA-256, of which only the digest is given
 */
export function proveBundle(
  bundle: SigstoreBundle,
  about: About,
  trustedRoot: TrustedRoot,
  options: ProofOptions,
  steps: StepLog,
): Proof {
  const content = steps.run(
    "content",
    () => toSignedContent(bundle.content, about),
    (read) => describeContent(read, about),
  );
  const key = steps.run("key", () => toKeyInUse(bundle, options.publicKey), describeKey);
  const { times, logEntries } = proveWitnesses(bundle, { content, key, trustedRoot, options }, steps);
  const signer = proveSigner(bundle.material, key, trustedRoot, times, steps);
  steps.run(
    "signature",
    () => {
      verifySignature(content, key.publicKey);
    },
    () => `the ${key.publicKey.kind} key's, over ${describeSigned(content)}`,
  );
  return {
    signer,
    publicKey: key.publicKey,
    certificate: key.certificate,
    statement: content.statement,
    payloadDigest: content.payloadDigest?.toString("hex"),
    times,
    logEntries,
  };
}

interface KeyInUse extends SigningKey {
  /** The parsed leaf, when a certificate signed. */
  readonly certificate: Certificate | undefined;
}

interface WitnessContext {
  readonly content: SignedContent;
  readonly key: KeyInUse;
  readonly trustedRoot: TrustedRoot;
  readonly options: ProofOptions;
}

function proveWitnesses(
  bundle: SigstoreBundle,
  { content, key, trustedRoot, options }: WitnessContext,
  steps: StepLog,
): Pick<Proof, "times" | "logEntries"> {
  const stamps = steps.run(
    "timestamps",
    () => {
      const { stamps: prove = () => proveStamps(bundle, trustedRoot) } = options;
      const proven = prove();
      checkTimestampCount(
        proven.map(({ authority }) => authority),
        options.minimumTimestamps ?? 0,
      );
      return proven.map(({ time }) => time);
    },
    (times) => (times.length === 0 ? "none" : times.map(describeTime).join(", ")),
  );
  const logged = steps.run(
    "log entries",
    () => {
      const provenTimes = stamps.map(({ timeMs }) => timeMs);
      const context = { bundleVersion: bundle.version, content, signingKey: key, logs: trustedRoot.logs, provenTimes };
      const proven = verifyLogEntries(bundle.logEntries, context);
      checkLogCount(
        proven.map(({ authority }) => authority),
        options.minimumLogEntries ?? (key.kind === "certificate" ? 1 : 0),
      );
      return proven.map(({ entry }) => entry);
    },
    (entries) => (entries.length === 0 ? "none" : entries.map(describeEntry).join(", ")),
  );
  return { times: [...stamps, ...logged.flatMap(toSigningTime)], logEntries: logged };
}

/** @throws VerificationError TIMESTAMP_INVALID */
export function proveStamps(
  { timestamps, content }: SigstoreBundle,
  { timestampAuthorities }: TrustedRoot,
): readonly ProvenTimestamp[] {
  return verifyTimestamps(timestamps, content.signature, timestampAuthorities);
}

function proveSigner(
  material: SigningMaterial,
  { certificate, publicKey }: KeyInUse,
  { certificateAuthorities, ctLogs }: TrustedRoot,
  times: readonly SigningTime[],
  steps: StepLog,
): Signer {
  if (certificate === undefined || material.kind === "publicKey") {
    steps.run(
      "certificate",
      () => undefined,
      () => "none: signed with a key",
    );
    steps.run(
      "certificate transparency",
      () => undefined,
      () => "none: signed with a key",
    );
    return { kind: "key", keyHint: publicKey.hint };
  }
  const moments = times.map(({ timeMs }) => timeMs);
  const { path, identity } = steps.run(
    "certificate",
    () => ({
      path: verifySigningCertificate(certificate, material.others, certificateAuthorities, moments),
      identity: readIdentity(certificate),
    }),
    (proven) => `${proven.identity.identity} (issuer ${proven.identity.issuer})`,
  );
  steps.run(
    "certificate transparency",
    () => verifyScts(certificate, path[1] ?? certificate, ctLogs),
    (logs) => (logs.length === 0 ? "none demanded by the trusted root" : logs.map(({ name }) => name).join(", ")),
  );
  return { kind: "certificate", ...identity };
}

/** A key is never taken from the bundle: it says only which one it was, and the caller holds the key. */
function toKeyInUse(bundle: SigstoreBundle, publicKey: PublicKey | undefined): KeyInUse {
  const key = toSigningKey(bundle.material, publicKey);
  checkKeyId(bundle, key);
  return key;
}

function toSigningKey(material: SigningMaterial, publicKey: PublicKey | undefined): KeyInUse {
  if (material.kind === "certificate") {
    if (publicKey !== undefined) throw keyMismatch("The bundle is signed with a certificate, not with the key given.");
    const certificate = readSigningCertificate(material.leaf);
    return { kind: "certificate", der: certificate.der, publicKey: certificate.publicKey, certificate };
  }
  if (publicKey === undefined) throw keyMismatch("The bundle is signed with a key, and it is none of those given.");
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

function keyMismatch(message: string): TrustError {
  return new TrustError("KEY_MISMATCH", `${message} Give the key or the identity that the artifact's publisher names.`);
}

function toSigningTime({ log, integratedTimeMs }: VerifiedLogEntry): readonly SigningTime[] {
  if (integratedTimeMs === undefined) return [];
  return [{ source: "transparency log", name: log, timeMs: integratedTimeMs }];
}

function describeContent({ statement }: SignedContent, about: About): string {
  if (statement === undefined) return about === "any subject" ? about : about.digest;
  // Nothing is proven of it yet, so it must not fill a report with what it likes.
  return `a statement ${statement.predicateType.slice(0, 200)}`;
}

function describeSigned({ kind, hash }: SignedContent): string {
  if (kind === "envelope") return "the statement";
  return hash === "sha256" ? "the artifact" : `the artifact's ${hash}`;
}

function describeKey({ kind, publicKey }: KeyInUse): string {
  return `${publicKey.kind} ${publicKey.hint}${kind === "certificate" ? " of a certificate" : ""}`;
}

function describeTime({ name, timeMs }: SigningTime): string {
  return `${new Date(timeMs).toISOString()} by ${name}`;
}

function describeEntry({ log, logIndex }: VerifiedLogEntry): string {
  return `${logIndex} in ${log}`;
}
