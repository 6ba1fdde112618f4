import { ARCHIVE_LIMITS, ConfigError, FormatError, readPackUnsafe } from "@policy-pack/pack";
import type { ArchiveLimits, Digest, PackContents } from "@policy-pack/pack";
import { assess } from "./assessment/assess.ts";
import type { Assessment } from "./assessment/assess.ts";
import { readInputs } from "./assessment/inputs.ts";
import type { PackFacts } from "./assessment/pack-facts.ts";
import { toReport } from "./report/to-report.ts";
import type { VerificationReport } from "./report/verification-report.ts";
import { errorOf, toVerifiedArtifact } from "./verify-artifact.ts";
import type { VerifiedArtifact } from "./verify-artifact.ts";
import type { Signer } from "./verify-bundle.ts";
import type { VerifyPackOptions } from "./verify-options.ts";

interface Evidence {
  readonly tar: Uint8Array;
  readonly limits: ArchiveLimits;
  readonly facts: PackFacts;
  readonly verified: VerifiedArtifact;
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
  /** What was proven, bundle by bundle. */
  readonly evidence: VerifiedArtifact;
  readonly report: VerificationReport;

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
    this.packId = evidence.facts.packId;
    this.revision = evidence.facts.revision;
    this.signers = evidence.verified.signers;
    this.evidence = evidence.verified;
    this.report = evidence.verified.report;
    Object.freeze(this);
  }
}

/**
 * Proves that a pack is what the policy demands: all of `verifyArtifact`, signed as a pack by signers that the policy names,
 * the pack asked for, and not older than allowed. Nothing of the tar is read before its signature holds. The bytes are
 * copied first: changing them afterwards changes nothing. A statement about the pack is no signature of it: "the tests
 * failed" may be signed by the same signer.
 * @throws what `verifyArtifact` throws
 * @throws ConfigError CONFIG_INVALID for a policy without signers
 * @throws FormatError LIMIT_EXCEEDED, ARCHIVE_INVALID, MANIFEST_INVALID
 * @throws TrustError PACK_MISMATCH, REVISION_ROLLBACK
 */
export function verifyPack(options: VerifyPackOptions): VerifiedPack {
  const judged = judgePack(options);
  const failure = errorOf(judged.assessment);
  if (failure !== undefined) throw failure;
  return toVerifiedPack(judged);
}

/** What was seen of a pack, and the pack itself if every demand is met. */
export interface AssessedPack {
  readonly report: VerificationReport;
  readonly pack?: VerifiedPack;
}

/**
 * Makes the checks of `verifyPack` and tells all that they saw, whether they hold or not.
 * @throws as `assessArtifact`; ConfigError CONFIG_INVALID for a policy without signers; FormatError LIMIT_EXCEEDED for a
 *   pack that is too large to be looked at
 */
export function assessPack(options: VerifyPackOptions): AssessedPack {
  const judged = judgePack(options);
  if (errorOf(judged.assessment) !== undefined) return { report: toReport(judged.assessment) };
  const pack = toVerifiedPack(judged);
  return { report: pack.report, pack };
}

interface JudgedPack {
  readonly assessment: Assessment;
  readonly tar: Uint8Array;
  readonly limits: ArchiveLimits;
}

function judgePack(options: VerifyPackOptions): JudgedPack {
  const { pack, limits = ARCHIVE_LIMITS } = options;
  if (!((pack as unknown) instanceof Uint8Array))
    throw new TypeError("options.pack must be the bytes of the pack's tar.");
  if (pack.byteLength > limits.maxPackBytes) {
    throw new FormatError(
      "LIMIT_EXCEEDED",
      `The pack has ${pack.byteLength} bytes; at most ${limits.maxPackBytes} are read.`,
    );
  }
  const tar = Uint8Array.from(pack);
  const inputs = readInputs(options, { bytes: tar });
  if (inputs.compiled.signers === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "The policy names nobody who signs the pack itself; add signers. Attestations alone do not make a pack one to load.",
    );
  }
  return { assessment: assess(inputs, { read: () => readPackUnsafe(tar, limits) }), tar, limits };
}

function toVerifiedPack({ assessment, tar, limits }: JudgedPack): VerifiedPack {
  const { pack: facts } = assessment;
  if (facts === undefined) throw new TypeError("Nothing was proven.");
  return create({ tar, limits, facts, verified: toVerifiedArtifact(assessment) });
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
