import type { ErrorCode } from "@policy-pack/pack";
import type { IdentityKind } from "../certificates/signer-identity.ts";
import type { SigningTime } from "../time/timestamps.ts";

/** What each bundle goes through, in this order: one thing rests on another. */
export const BUNDLE_STEPS = Object.freeze([
  "parse bundle",
  "content",
  "key",
  "timestamps",
  "log entries",
  "certificate",
  "certificate transparency",
  "signature",
  "signer",
  "signing time",
] as const);

/** What is asked of all bundles together, in this order. */
export const DEMAND_STEPS = Object.freeze([
  "threshold",
  "attestations",
  "denylist",
  "pause",
  "pack id",
  "revision",
] as const);

export type BundleStep = (typeof BUNDLE_STEPS)[number];
export type DemandStep = (typeof DEMAND_STEPS)[number];

/** One check and what it saw: plain words, for people. Programs read `step`, `outcome` and `code`. */
export interface StepReport {
  readonly step: BundleStep;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly saw: string;
  readonly code?: ErrorCode;
}

/** Who signed; of a rejected bundle it is what the bundle proves so far, and absent when that is nothing. */
export interface SignerReport {
  readonly kind: "certificate" | "key";
  readonly identity?: string;
  readonly identityKind?: IdentityKind;
  readonly issuer?: string;
  /** base64 of SHA-256 of the public key's SubjectPublicKeyInfo. */
  readonly keyHint?: string;
  readonly certificate?: {
    /** Hex. */
    readonly serial: string;
    readonly notBefore: string;
    readonly notAfter: string;
    /** Hex SHA-256 of the certificate's DER. */
    readonly sha256: string;
  };
  /** What the CI system vouched for, by the names that a policy's `github` uses. */
  readonly github?: Readonly<Record<string, string>>;
}

export interface TimeReport {
  readonly source: SigningTime["source"];
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface LogEntryReport {
  readonly log: string;
  /** Decimal. */
  readonly logIndex: string;
  /** Kind and version, such as "hashedrekord 0.0.1". */
  readonly kind: string;
  readonly checkpoint: { readonly origin: string; readonly treeSize: string; readonly rootHash: string } | null;
}

export interface StatementReport {
  readonly predicateType: string;
  readonly subjects: readonly { readonly name: string | null; readonly digest: string | null }[];
}

/** One bundle of those that were given, in their order. */
export interface BundleReport {
  readonly index: number;
  /** The file that it was read from; `policy-pack` adds it, and what reads no files leaves it out. */
  readonly file?: string;
  /** Undefined when the bundle cannot be read. */
  readonly kind?: "signature" | "statement";
  /** `unused`: it holds, and nothing in the policy asks for it, or for what it states. */
  readonly outcome: "accepted" | "rejected" | "unused";
  readonly signer?: SignerReport;
  /** The rules of the policy that it met, each by the signer's name or its place: "signers[0]". */
  readonly rules: readonly string[];
  /** The name of the trusted root in the policy that it was proven against. */
  readonly trustedRoot?: string;
  readonly statement?: StatementReport;
  readonly times: readonly TimeReport[];
  readonly logEntries: readonly LogEntryReport[];
  readonly steps: readonly StepReport[];
}

/** One demand of the policy. */
export interface RuleReport {
  readonly step: DemandStep;
  /** In words: "signers (2 of 3)". */
  readonly rule: string;
  readonly outcome: "met" | "unmet" | "skipped";
  /** What met it: signers by name, or by whom their rule describes, with the index of the bundle. */
  readonly metBy: readonly { readonly signer: string; readonly bundle: number }[];
  readonly saw: string;
  readonly code?: ErrorCode;
}

/** A denylist or pause status that was believed, and the bundles that it came in. */
export interface ListReport {
  readonly version?: number;
  readonly issuedAt?: string;
  readonly expires?: string;
  readonly bundles: readonly BundleReport[];
}

export interface FailureReport {
  readonly code: ErrorCode;
  /** The step at which it was decided. */
  readonly step: BundleStep | DemandStep;
  readonly message: string;
  /** What would have to be there. */
  readonly needed: string;
}

/**
 * What verification saw, as plain JSON: docs/contracts/verification-report.schema.json. Fields are added, never renamed;
 * a change of meaning is another `reportVersion`.
 */
export interface VerificationReport {
  readonly reportVersion: 1;
  readonly verified: boolean;
  readonly artifact: { readonly digest: string };
  readonly packId?: string;
  readonly revision?: string;
  readonly bundles: readonly BundleReport[];
  readonly denylist?: ListReport;
  readonly pause?: ListReport;
  readonly rules: readonly RuleReport[];
  /** Present exactly when `verified` is false: the first demand that failed. */
  readonly failure?: FailureReport;
}
