import { PREDICATE_TYPES, PolicyPackError, TrustError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import type { Quorum } from "../policy/compiled-policy.ts";
import { parseDenylist } from "../policy/denylist.ts";
import type { Denylist } from "../policy/denylist.ts";
import { checkFresh } from "../policy/freshness.ts";
import type { DatedDocument } from "../policy/freshness.ts";
import { parsePause } from "../policy/pause.ts";
import type { Pause } from "../policy/pause.ts";
import type { Proof } from "../proof/prove-bundle.ts";
import type { BundleSource } from "../verify-options.ts";
import { assessBundle, furthestRejected } from "./bundle-assessment.ts";
import type { Acceptance, BundleAssessment } from "./bundle-assessment.ts";
import { absentOf, namesOf } from "./demands.ts";
import { checkBundleLimits } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";
import { acceptancesOf, countSigners } from "./signer-count.ts";
import type { CountedSigner } from "./signer-count.ts";

/** A kind of signed list: how it is told from others, and read. */
interface ListKind<Document extends DatedDocument> {
  readonly what: string;
  readonly predicateType: string;
  parse(predicate: JsonValue): Document;
}

const DENYLIST: ListKind<Denylist> = {
  what: "denylist",
  predicateType: PREDICATE_TYPES.denylist,
  parse: parseDenylist,
};
const PAUSE: ListKind<Pause> = { what: "pause status", predicateType: PREDICATE_TYPES.pause, parse: parsePause };

/** A list that the policy demands, and whether it can be believed. */
export interface ListAssessment<Document extends DatedDocument> {
  readonly bundles: readonly BundleAssessment[];
  /** The newest that enough signers signed and that is current; several only if they signed two of one version. */
  readonly documents: readonly Document[];
  readonly signers: readonly CountedSigner[];
  /** Why there is none to believe. */
  readonly error: PolicyPackError | undefined;
}

interface ListInputs {
  readonly inputs: Inputs;
  readonly quorum: Quorum;
  readonly sources: readonly BundleSource[] | undefined;
  readonly seen: number | undefined;
  readonly checkAllowed: (proof: Proof) => void;
}

/** Undefined when the policy demands none. */
export function assessDenylist(inputs: Inputs): ListAssessment<Denylist> | undefined {
  const { compiled, denylist: sources, seen } = inputs;
  if (compiled.denylist === undefined) return undefined;
  const allowAll = (): void => undefined;
  const list = { inputs, quorum: compiled.denylist, sources, seen: seen.denylistVersion, checkAllowed: allowAll };
  return assessList(DENYLIST, list);
}

/** Undefined when the policy demands none. A pause status of a denied signer is none. */
export function assessPause(inputs: Inputs, checkAllowed: (proof: Proof) => void): ListAssessment<Pause> | undefined {
  const { compiled, pause: sources, seen } = inputs;
  if (compiled.pause === undefined) return undefined;
  return assessList(PAUSE, { inputs, quorum: compiled.pause, sources, seen: seen.pauseVersion, checkAllowed });
}

function assessList<Document extends DatedDocument>(
  kind: ListKind<Document>,
  list: ListInputs,
): ListAssessment<Document> {
  let bundles: readonly BundleAssessment[] = [];
  try {
    const { sources, inputs } = list;
    if (sources === undefined || sources.length === 0) throw missing(kind, "none is given");
    checkBundleLimits(sources);
    bundles = sources.map((source, index) => assessBundle(source, index, toContext(kind, list)));
    const believed = believe(kind, list.quorum, bundles);
    const newest = Math.max(...believed.map(({ document }) => document.version));
    const current = believed.filter(({ document }) => document.version === newest);
    for (const { document } of current) checkFresh(document, { now: timeOf(inputs), seen: list.seen, what: kind.what });
    const documents = current.map(({ document }) => document);
    return { bundles, documents, signers: current[0]?.signers ?? [], error: undefined };
  } catch (thrown) {
    if (!(thrown instanceof PolicyPackError)) throw thrown;
    return { bundles, documents: [], signers: [], error: thrown };
  }
}

function toContext(
  { predicateType }: ListKind<DatedDocument>,
  { inputs, quorum, checkAllowed }: ListInputs,
): Parameters<typeof assessBundle>[2] {
  const { policy } = inputs.compiled;
  return {
    about: "any subject",
    roots: inputs.roots,
    minima: policy,
    // A list has dates of its own, which say until when it may be believed.
    oldestSigningTime: undefined,
    quorums: [quorum],
    quorumsFor: ({ statement }) => (statement?.predicateType === predicateType ? [quorum] : []),
    checkAllowed,
  };
}

interface Believed<Document> {
  readonly document: Document;
  readonly signers: readonly CountedSigner[];
}

/** Signers agree on a list when they signed the very same bytes. */
function believe<Document extends DatedDocument>(
  kind: ListKind<Document>,
  quorum: Quorum,
  bundles: readonly BundleAssessment[],
): readonly Believed<Document>[] {
  const byPayload = new Map<string, Acceptance[]>();
  const accepted = acceptancesOf(bundles, quorum);
  for (const acceptance of accepted) {
    const { payloadDigest = "" } = acceptance.proof;
    byPayload.set(payloadDigest, [...(byPayload.get(payloadDigest) ?? []), acceptance]);
  }
  const believed = [...byPayload.values()].flatMap((acceptances) => {
    const signers = countSigners(acceptances);
    const predicate = acceptances[0]?.proof.statement?.predicate;
    if (signers.length < quorum.threshold || predicate === undefined) return [];
    return [{ document: kind.parse(predicate), signers }];
  });
  if (believed.length > 0) return believed;
  if (accepted.length > 0) throw tooFew(kind, quorum, [...byPayload.values()].map(countSigners));
  throw furthestRejected(bundles)?.error ?? missing(kind, "what is given is something else");
}

/** Said of the list that most have signed. */
function tooFew(
  { what }: ListKind<DatedDocument>,
  quorum: Quorum,
  counts: readonly (readonly CountedSigner[])[],
): TrustError {
  const most = counts.reduce((best, other) => (other.length > best.length ? other : best), []);
  return new TrustError(
    "THRESHOLD_NOT_MET",
    `${namesOf(most)} signed the ${what}: ${most.length} of ${quorum.threshold} distinct signers that the policy demands;` +
      ` no signature counts for ${absentOf(quorum, most)}. Get the one that they have signed too.`,
  );
}

function missing({ what }: ListKind<DatedDocument>, why: string): TrustError {
  return new TrustError(
    "METADATA_MISSING",
    `The policy demands a signed ${what}, and ${why}; get the current one from whoever issues it.`,
  );
}

function timeOf({ now }: Inputs): Date {
  if (now === undefined) throw new TypeError("now is required where a list must be current.");
  return now;
}
