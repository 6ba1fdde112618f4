import { ARCHIVE_LIMITS, FormatError, readPackUnsafe, TrustError, VerificationError } from "@policy-pack/pack";
import type { ArchiveLimits, Digest, PackContents } from "@policy-pack/pack";
import type { TrustedRoot } from "./trusted-root.ts";
import { verifyArtifact } from "./verify-artifact.ts";
import type { VerificationPolicy } from "./policy/verification-policy.ts";
import type { Signer, VerifiedBundle } from "./verify-bundle.ts";

export interface VerifyPackOptions {
  /** The pack's tar. */
  readonly pack: Uint8Array;
  /** JSON of the Sigstore bundle: a message signature over the tar. */
  readonly bundle: string | Uint8Array;
  readonly trustedRoot: string | Uint8Array | TrustedRoot;
  readonly policy: VerificationPolicy;
  /** Caps on what the tar may hold; those of `@policy-pack/pack` unless said. */
  readonly limits?: ArchiveLimits;
}

interface Evidence {
  readonly tar: Uint8Array;
  readonly limits: ArchiveLimits;
  readonly contents: Pick<PackContents, "packId" | "revision">;
  readonly verified: VerifiedBundle;
}

/** Filled by the class below; nothing outside this module can reach the constructor or the private field. */
let create: (evidence: Evidence) => VerifiedPack;
let evidenceOf: (pack: unknown) => Evidence;

/** Known to this module alone: a private constructor is private only until someone casts it. */
const MAKER = Symbol("verifyPack");

/**
 * A pack that a signer of the policy has signed. Only `verifyPack` makes one, and `extractPack` looks for the private
 * field itself, so neither a look-alike nor a borrowed prototype passes for it.
 */
export class VerifiedPack {
  readonly #verified: Evidence;
  readonly digest: Digest;
  readonly packId: string;
  /** Decimal. */
  readonly revision: string;
  readonly signers: readonly Signer[];
  /** The times and log entries that were proven. */
  readonly evidence: VerifiedBundle;

  static {
    create = (evidence) => new VerifiedPack(MAKER, evidence);
    evidenceOf = (pack) => {
      if (typeof pack === "object" && pack !== null && #verified in pack) return pack.#verified;
      throw new TypeError("extractPack takes what verifyPack returned, and nothing that looks like it.");
    };
  }

  private constructor(maker: symbol, evidence: Evidence) {
    if (maker !== MAKER) throw new TypeError("A VerifiedPack comes from verifyPack alone.");
    this.#verified = evidence;
    this.digest = evidence.verified.digest;
    this.packId = evidence.contents.packId;
    this.revision = evidence.contents.revision;
    this.signers = Object.freeze([evidence.verified.signer]);
    this.evidence = evidence.verified;
    Object.freeze(this);
  }
}

/**
 * Proves that a signer of the policy signed this pack, that it is the pack asked for and that it is not older than allowed.
 * Nothing of the tar is read before its signature holds. The bytes are copied first: changing them afterwards changes
 * nothing. A statement about the pack is no signature of it: "the tests failed" may be signed by the same signer.
 * @throws ConfigError CONFIG_INVALID
 * @throws FormatError BUNDLE_INVALID, TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED, ARCHIVE_INVALID, MANIFEST_INVALID
 * @throws VerificationError with the code of the step that failed
 * @throws TrustError IDENTITY_MISMATCH, KEY_MISMATCH, PACK_MISMATCH, REVISION_ROLLBACK
 */
export function verifyPack(options: VerifyPackOptions): VerifiedPack {
  const { pack, bundle, trustedRoot, policy, limits = ARCHIVE_LIMITS } = options;
  if (pack.byteLength > limits.maxPackBytes) {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `The pack has ${pack.byteLength} bytes; at most ${limits.maxPackBytes} are read.`,
    );
  }
  const tar = Uint8Array.from(pack);
  const verified = verifyArtifact({ artifact: { bytes: tar }, bundle, trustedRoot, policy });
  checkSignsPack(verified);
  const contents = readPackUnsafe(tar, limits);
  checkPackId(contents, policy);
  checkRevision(contents, policy);
  return create({ tar, limits, contents, verified });
}

/**
 * The contents of a verified pack, in memory, made anew at each call: whoever changes what one call returned changes
 * nothing for the next. Without limits those of `verifyPack` hold again. Its Rego and data are what the signer signed; that they are wise is not checked.
 * @throws TypeError for anything that `verifyPack` did not return
 * @throws FormatError LIMIT_EXCEEDED
 */
export function extractPack(verified: VerifiedPack, limits?: ArchiveLimits): PackContents {
  const evidence = evidenceOf(verified);
  return readPackUnsafe(Uint8Array.from(evidence.tar), limits ?? evidence.limits);
}

function checkSignsPack({ statement }: VerifiedBundle): void {
  if (statement === undefined) return;
  throw new VerificationError(
    "STATEMENT_INVALID",
    "The bundle is a statement about the pack, not a signature of it; use the bundle that signing the tar made.",
  );
}

function checkPackId({ packId }: PackContents, policy: VerificationPolicy): void {
  if (policy.packId === undefined || policy.packId === packId) return;
  throw new TrustError(
    "PACK_MISMATCH",
    `The signed pack is "${packId}", not "${policy.packId}"; it is genuine, but not the one that was asked for.`,
  );
}

/** Revisions are decimal numbers of any length, so they are compared as such. */
function checkRevision({ revision }: PackContents, policy: VerificationPolicy): void {
  if (policy.minimumRevision === undefined || BigInt(revision) >= BigInt(policy.minimumRevision)) return;
  throw new TrustError(
    "REVISION_ROLLBACK",
    `The signed pack has revision ${revision}, older than ${policy.minimumRevision}; an outdated pack was served.`,
  );
}
