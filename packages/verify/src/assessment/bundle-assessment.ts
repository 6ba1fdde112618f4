import { PolicyPackError, TrustError } from "@policy-pack/pack";
import { parseBundle } from "../bundle/bundle.ts";
import type { SigstoreBundle } from "../bundle/bundle.ts";
import type { About } from "../bundle/signed-content.ts";
import type { PublicKey } from "../keys/public-key.ts";
import { unmetConstraint } from "../policy/attestation-rules.ts";
import type { AttestationQuorum, Quorum } from "../policy/compiled-policy.ts";
import type { SignerMatcher } from "../policy/signer-matcher.ts";
import { proveBundle, proveStamps } from "../proof/prove-bundle.ts";
import type { Proof } from "../proof/prove-bundle.ts";
import type { WitnessMinima } from "../proof/witnesses.ts";
import { StepLog } from "../report/step-log.ts";
import type { ProvenTimestamp, SigningTime } from "../time/timestamps.ts";
import type { BundleSource } from "../verify-options.ts";
import type { NamedRoot } from "./inputs.ts";

/** One rule of one list of signers that a bundle's signer meets. */
export interface Acceptance {
  readonly quorum: Quorum;
  readonly matcher: SignerMatcher;
  readonly proof: Proof;
  readonly bundle: number;
  /** What in a statement does not satisfy the attestation rule that asks for it; undefined when all of it does. */
  readonly unmet: string | undefined;
}

/** What came of one bundle. */
export interface BundleAssessment {
  readonly index: number;
  /** Undefined when it cannot be read. */
  readonly kind: "signature" | "statement" | undefined;
  /** Every rule that its signer meets, under every trusted root; none when nothing asks for it, or it is rejected. */
  readonly acceptances: readonly Acceptance[];
  /** The attempt that got furthest: the one that the report tells. */
  readonly steps: StepLog;
  readonly proof: Proof | undefined;
  readonly trustedRoot: string | undefined;
  readonly error: PolicyPackError | undefined;
}

/** What all bundles of one kind are held against. */
export interface BundleContext {
  readonly about: About;
  readonly roots: readonly NamedRoot[];
  readonly minima: WitnessMinima;
  /** Milliseconds since 1970; undefined for no bound. */
  readonly oldestSigningTime: number | undefined;
  /** Every list of signers whose keys may have signed. */
  readonly quorums: readonly Quorum[];
  /** The lists that ask for what was proven. */
  readonly quorumsFor: (proof: Proof) => readonly (Quorum | AttestationQuorum)[];
  /** Throws when the signer is denied. */
  readonly checkAllowed: (proof: Proof) => void;
}

interface Attempt {
  readonly trustedRoot: string | undefined;
  readonly steps: StepLog;
  readonly acceptances: readonly Acceptance[];
  readonly proof: Proof | undefined;
  readonly error: PolicyPackError | undefined;
}

/** Proves a bundle under each trusted root and with each key that may have made it, and finds the rules that it meets. */
export function assessBundle(source: BundleSource, index: number, context: BundleContext): BundleAssessment {
  const steps = new StepLog();
  try {
    const bundle = steps.run(
      "parse bundle",
      () => parseBundle(source),
      ({ version }) => `a Sigstore bundle of v${version}`,
    );
    const attempts = context.roots.flatMap((root) => {
      // They do not depend on the key: proven anew for each, they would let a bundle that names none choose the time.
      const stamps = once(() => proveStamps(bundle, root.root));
      return keysFor(bundle, root, context).map((publicKey) =>
        attempt(bundle, index, { root, publicKey, stamps, steps, context }),
      );
    });
    return {
      ...attempts.reduce((best, other) => (isFurther(other, best) ? other : best)),
      index,
      kind: bundle.content.kind === "message" ? "signature" : "statement",
      acceptances: attempts.flatMap(({ acceptances }) => acceptances),
    };
  } catch (thrown) {
    if (!(thrown instanceof PolicyPackError)) throw thrown;
    const nothing = { acceptances: [], proof: undefined, trustedRoot: undefined };
    return { index, kind: undefined, steps, error: thrown, ...nothing };
  }
}

/** A bundle that names no key may be of any; one of a certificate, or of no known key, is tried without. */
function keysFor(
  { material }: SigstoreBundle,
  { name }: NamedRoot,
  { quorums }: BundleContext,
): readonly (PublicKey | undefined)[] {
  if (material.kind === "certificate") return [undefined];
  const keys = new Map<string, PublicKey>();
  for (const { publicKey, trustedRoot } of quorums.flatMap(({ signers }) => signers)) {
    const isCandidate = publicKey !== undefined && (material.hint === "" || material.hint === publicKey.hint);
    if (isCandidate && (trustedRoot === undefined || trustedRoot === name)) keys.set(publicKey.hint, publicKey);
  }
  return keys.size === 0 ? [undefined] : [...keys.values()];
}

/** The call's result, or what it throws, the same each time. */
function once<T>(call: () => T): () => T {
  let replay: (() => T) | undefined;
  return () => {
    replay ??= settle(call);
    return replay();
  };
}

function settle<T>(call: () => T): () => T {
  try {
    const result = call();
    return () => result;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}

interface Trial {
  readonly root: NamedRoot;
  readonly publicKey: PublicKey | undefined;
  readonly stamps: () => readonly ProvenTimestamp[];
  readonly steps: StepLog;
  readonly context: BundleContext;
}

function attempt(bundle: SigstoreBundle, index: number, trial: Trial): Attempt {
  const { root, publicKey, stamps, context } = trial;
  const steps = trial.steps.copy();
  const trustedRoot = root.name;
  let proof: Proof | undefined;
  try {
    proof = proveBundle(bundle, context.about, root.root, { ...context.minima, publicKey, stamps }, steps);
    const acceptances = accept(proof, trustedRoot, steps, context).map((match) => ({ ...match, bundle: index }));
    return { trustedRoot, steps, proof, acceptances, error: undefined };
  } catch (thrown) {
    if (!(thrown instanceof PolicyPackError)) throw thrown;
    return { trustedRoot, steps, proof, acceptances: [], error: thrown };
  }
}

function accept(
  proof: Proof,
  trustedRoot: string | undefined,
  steps: StepLog,
  context: BundleContext,
): readonly Omit<Acceptance, "bundle">[] {
  const quorums = context.quorumsFor(proof);
  if (quorums.length === 0) {
    steps.run(
      "signer",
      () => undefined,
      () => "no rule of the policy asks for this",
    );
    return [];
  }
  const matches = steps.run(
    "signer",
    () => {
      const found = quorums.flatMap((quorum) => {
        const matchers = quorum.signers
          .filter((matcher) => matcher.trustedRoot === undefined || matcher.trustedRoot === trustedRoot)
          .filter((matcher) => matcher.isSigner(proof.signer, proof.certificate));
        const unmet = matchers.length === 0 ? undefined : unmetBy(quorum, proof, context.about);
        return matchers.map((matcher) => ({ quorum, matcher, proof, unmet }));
      });
      if (found.length === 0) throw strangerError(proof, quorums);
      context.checkAllowed(proof);
      return found;
    },
    (found) => found.map(({ matcher, unmet }) => describeMatch(matcher.label, unmet)).join(", "),
  );
  return steps.run(
    "signing time",
    () => {
      checkOldest(proof.times, context.oldestSigningTime);
      const timely = matches.filter(({ matcher }) => matcher.isInTime(proof.times));
      return timely.length > 0
        ? timely
        : lateSigner(
            matches.map(({ matcher }) => matcher.label),
            proof.times,
          );
    },
    () => (proof.times.length === 0 ? "not proven, and not bounded" : "within what the policy accepts"),
  );
}

function unmetBy(quorum: Quorum | AttestationQuorum, { statement }: Proof, about: About): string | undefined {
  if (!("rule" in quorum)) return undefined;
  if (statement === undefined || about === "any subject") return "it is no statement about the artifact";
  return unmetConstraint(quorum.rule, statement, about.digest);
}

function describeMatch(label: string, unmet: string | undefined): string {
  return unmet === undefined ? `meets ${label}` : `is ${label}, who does not state what is demanded: ${unmet}`;
}

function strangerError({ signer }: Proof, quorums: readonly Quorum[]): TrustError {
  if (signer.kind === "key") {
    return new TrustError(
      "KEY_MISMATCH",
      `The key ${signer.keyHint} is not among the policy's signers. ${ASK_PUBLISHER}`,
    );
  }
  const who = `"${signer.identity}" (issuer "${signer.issuer}")`;
  const isKeyOnly = quorums.every(({ signers }) => signers.every(({ publicKey }) => publicKey !== undefined));
  return isKeyOnly
    ? new TrustError(
        "KEY_MISMATCH",
        `The bundle is signed by ${who} with a certificate; the policy accepts keys only. ${ASK_PUBLISHER}`,
      )
    : new TrustError(
        "IDENTITY_MISMATCH",
        `The bundle is signed by ${who}, which is not among the policy's signers. ${ASK_PUBLISHER}`,
      );
}

const ASK_PUBLISHER = "Use the key or the identity that the publisher names.";

function checkOldest(times: readonly SigningTime[], oldest: number | undefined): void {
  if (oldest === undefined || (times.length > 0 && times.every(({ timeMs }) => timeMs >= oldest))) return;
  throw new TrustError(
    "SIGNING_TIME_REJECTED",
    `The signature ${describeTimes(times)}; the policy accepts none before ${new Date(oldest).toISOString()}.`,
  );
}

function lateSigner(labels: readonly string[], times: readonly SigningTime[]): never {
  throw new TrustError(
    "SIGNING_TIME_REJECTED",
    `The signature ${describeTimes(times)}; that is not proven to be within the time in which ${labels.join(", ")} may sign.`,
  );
}

function describeTimes(times: readonly SigningTime[]): string {
  if (times.length === 0) return "has no timestamp or log entry that proves when it was made";
  return `existed at ${[...new Set(times.map(({ timeMs }) => new Date(timeMs).toISOString()))].join(" and ")}`;
}

/** What held is further than what failed, however late. */
function isFurther(one: Attempt, other: Attempt): boolean {
  const rank = ({ error, steps }: Attempt): number => (error === undefined ? Number.POSITIVE_INFINITY : steps.length);
  return rank(one) > rank(other);
}

/** The rejected bundle that got furthest; the first of several. */
export function furthestRejected(assessments: readonly BundleAssessment[]): BundleAssessment | undefined {
  return assessments
    .filter(({ error }) => error !== undefined)
    .reduce<BundleAssessment | undefined>(
      (best, other) => (best === undefined || other.steps.length > best.steps.length ? other : best),
      undefined,
    );
}
