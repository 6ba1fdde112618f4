import { createHash } from "node:crypto";
import { VerificationError } from "@policy-pack/pack";
import type { BundleLogEntry, BundleVersion, InclusionProof } from "../bundle/bundle.ts";
import { isCheckpointOf, parseCheckpoint } from "./checkpoint.ts";
import { checkKeyDetails } from "../keys/key-details.ts";
import { parseLogBody } from "./log-body.ts";
import type { LoggedDigest } from "./log-body.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { rootOfProof } from "./merkle.ts";
import type { PublicKey } from "../keys/public-key.ts";
import { isSignedBy, usualHash } from "../keys/signature.ts";
import type { SignedContent } from "../bundle/signed-content.ts";
import type { LogAuthority } from "../trusted-root.ts";
import { isWithin } from "../time/window.ts";

/** What made the signature: a certificate or a bare key, in the very bytes that a log entry must repeat. */
export interface SigningKey {
  readonly kind: "certificate" | "publicKey";
  readonly der: Buffer;
  readonly publicKey: PublicKey;
}

/** An entry that is proven to stand in a trusted log and to be about this signature. */
export interface VerifiedLogEntry {
  readonly log: string;
  readonly logIndex: bigint;
  readonly kind: string;
  readonly version: string;
  /** Milliseconds since 1970; undefined when the log signed no time. */
  readonly integratedTimeMs: number | undefined;
  /** Root hash and size that the log signed; undefined for a v0.1 bundle that has only a promise. */
  readonly checkpoint: { readonly origin: string; readonly treeSize: bigint; readonly rootHash: string } | undefined;
}

/** What all entries of one bundle are held against. */
export interface LogContext {
  readonly bundleVersion: BundleVersion;
  readonly content: SignedContent;
  readonly signingKey: SigningKey;
  readonly logs: readonly LogAuthority[];
  /** Times that a timestamp authority has proven, in milliseconds. */
  readonly provenTimes: readonly number[];
}

/** A proven entry and the log of the trusted root that it stands in. */
export interface ProvenLogEntry {
  readonly entry: VerifiedLogEntry;
  readonly authority: LogAuthority;
}

/**
 * Checks the entries of a bundle, all of which must hold; the same entry twice is one.
 * @throws VerificationError LOG_ENTRY_INVALID, INCLUSION_PROOF_INVALID
 */
export function verifyLogEntries(entries: readonly BundleLogEntry[], context: LogContext): readonly ProvenLogEntry[] {
  // Copies are checked as well before they count as one: a second entry must not say unseen what the first does not.
  const proven = entries.map((entry) => ({ entry, result: verifyLogEntry(entry, context) }));
  // One with another time or place is no copy: what it proves is held against windows as well.
  const isFirst = (entry: BundleLogEntry, index: number): boolean =>
    entries.findIndex((other) => isSameEntry(other, entry)) === index;
  return proven.filter(({ entry }, index) => isFirst(entry, index)).map(({ result }) => result);
}

function isSameEntry(one: BundleLogEntry, other: BundleLogEntry): boolean {
  const isAtOnePlace = one.logIndex === other.logIndex && one.integratedTime === other.integratedTime;
  return isAtOnePlace && one.logId.equals(other.logId) && one.body.equals(other.body);
}

/**
 * Checks one log entry: that its body names the very key, signature and digest of the bundle; that the log promised or
 * proved its inclusion; and that the log's key was valid at that time. An index or time that nothing signs is refused.
 */
function verifyLogEntry(entry: BundleLogEntry, context: LogContext): ProvenLogEntry {
  return failingAs("LOG_ENTRY_INVALID", () => {
    checkBody(entry, context);
    const logs = context.logs.filter((log) => log.logId.equals(entry.logId));
    if (logs.length === 0) malformed("is from a log that the trusted root does not list");
    const valid = logs.filter((log) => isValidLog(log, entry, context.provenTimes));
    if (valid.length === 0) malformed("was made when the log's key was not valid");
    const log =
      valid.find((candidate) => isPromised(entry, candidate)) ?? malformed("has a promise that is not its log's");
    const checkpoint = verifyInclusion(entry, log, context.bundleVersion);
    return { entry: toVerified(entry, log, checkpoint), authority: log };
  });
}

function checkBody(entry: BundleLogEntry, { content, signingKey }: LogContext): void {
  const logged = parseLogBody(entry.body, entry.kind, entry.version);
  if (!logged.signature.equals(content.signature)) malformed("is about another signature");
  if (logged.signer.kind !== signingKey.kind || !logged.signer.der.equals(signingKey.der)) {
    malformed("names another signer");
  }
  if (!isDigestOf(logged.digest, content)) malformed("is about other content");
  if (logged.payload !== undefined && content.payload?.equals(logged.payload) !== true)
    malformed("holds another payload");
  if (logged.keyDetails !== undefined) checkKeyDetails(signingKey.publicKey, logged.keyDetails);
}

/** A message has the one digest that it is signed through; hashing it in other ways for each entry would cost what it likes. */
function isDigestOf(digest: LoggedDigest, content: SignedContent): boolean {
  if (digest.of === "signed bytes" && digest.hash === content.hash) return digest.value.equals(content.digest);
  if (content.kind === "message") return false;
  const bytes = digest.of === "payload" ? content.payload : content.bytes;
  return bytes !== undefined && createHash(digest.hash).update(bytes).digest().equals(digest.value);
}

/**
 * The log's own time counts where it gives one. Otherwise the key must have been valid at every proven time; with no time
 * at all only a key that has not been retired is believed, since a retired one may be in anyone's hands by now.
 */
function isValidLog(log: LogAuthority, entry: BundleLogEntry, provenTimes: readonly number[]): boolean {
  if (entry.integratedTime > 0n) return isWithin(toMilliseconds(entry.integratedTime), log.validFor);
  if (provenTimes.length === 0) return log.validFor.end === undefined;
  return provenTimes.every((time) => isWithin(time, log.validFor));
}

/** The signed entry timestamp covers time and index (Rekor v1); without it neither may say anything of its own. */
function isPromised(entry: BundleLogEntry, log: LogAuthority): boolean {
  if (entry.promise === undefined) {
    if (entry.integratedTime !== 0n) malformed("gives a time that the log has not signed");
    if (entry.proof !== undefined && entry.proof.logIndex !== entry.logIndex)
      malformed("gives an index that is not its own");
    return true;
  }
  const { integratedTime, logIndex } = entry;
  if (integratedTime === 0n) malformed("has a promise without a time");
  // The canonical JSON (RFC 8785) that Rekor v1 signs: sorted names, plain integers.
  const body = `"body":"${entry.body.toString("base64")}"`;
  const logId = `"logID":"${entry.logId.toString("hex")}"`;
  const signed = `{${body},"integratedTime":${integratedTime},${logId},"logIndex":${logIndex}}`;
  return isSignedBy(log.publicKey, Buffer.from(signed), entry.promise, usualHash(log.publicKey));
}

function verifyInclusion(
  entry: BundleLogEntry,
  log: LogAuthority,
  version: BundleVersion,
): VerifiedLogEntry["checkpoint"] {
  const { proof } = entry;
  return failingAs("INCLUSION_PROOF_INVALID", () => {
    if (proof !== undefined) return verifyProof(entry.body, proof, log);
    if (version !== "0.1" || entry.promise === undefined) malformed("has no inclusion proof");
    return undefined;
  });
}

function verifyProof(body: Buffer, proof: InclusionProof, log: LogAuthority): VerifiedLogEntry["checkpoint"] {
  const checkpoint = parseCheckpoint(proof.checkpoint);
  const { origin, treeSize, rootHash } = checkpoint;
  if (!isCheckpointOf(log, checkpoint)) malformed("has a checkpoint that its log did not sign");
  if (treeSize !== proof.treeSize || !rootHash.equals(proof.rootHash)) malformed("has a proof for another checkpoint");
  if (!rootOfProof(body, proof.logIndex, treeSize, proof.hashes).equals(rootHash)) malformed("is not in the log");
  return { origin, treeSize, rootHash: rootHash.toString("hex") };
}

function toVerified(
  entry: BundleLogEntry,
  log: LogAuthority,
  checkpoint: VerifiedLogEntry["checkpoint"],
): VerifiedLogEntry {
  return {
    log: log.name,
    logIndex: entry.logIndex,
    kind: entry.kind,
    version: entry.version,
    integratedTimeMs: entry.integratedTime === 0n ? undefined : toMilliseconds(entry.integratedTime),
    checkpoint,
  };
}

function toMilliseconds(seconds: bigint): number {
  const time = Number(seconds) * 1000;
  return Number.isNaN(new Date(time).getTime()) ? malformed("gives a time that cannot be") : time;
}

function failingAs<T>(code: "LOG_ENTRY_INVALID" | "INCLUSION_PROOF_INVALID", check: () => T): T {
  return reading(
    check,
    (reason, cause) =>
      new VerificationError(code, `A transparency log entry of the bundle ${reason}; the signature is not proven.`, {
        cause,
      }),
  );
}
