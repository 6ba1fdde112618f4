import { PolicyPackError } from "@policy-pack/pack";
import { toAbout } from "../bundle/signed-content.ts";
import { checkDenylist } from "../policy/denylist.ts";
import type { DeniablePrincipal, Denylist } from "../policy/denylist.ts";
import { checkPause } from "../policy/pause.ts";
import type { Pause } from "../policy/pause.ts";
import type { Proof } from "../proof/prove-bundle.ts";
import { assessBundle } from "./bundle-assessment.ts";
import type { BundleAssessment } from "./bundle-assessment.ts";
import { judgeAttestation, judgeThreshold, met, namesOf, skipped, unmet } from "./demands.ts";
import type { Judgement } from "./demands.ts";
import { checkBundleLimits } from "./inputs.ts";
import type { Inputs } from "./inputs.ts";
import { assessDenylist, assessPause } from "./list-assessment.ts";
import type { ListAssessment } from "./list-assessment.ts";
import { checkPackId, checkRevision } from "./pack-facts.ts";
import type { PackFacts } from "./pack-facts.ts";

/** Everything that was found out, and what the policy says to it. */
export interface Assessment {
  readonly inputs: Inputs;
  readonly bundles: readonly BundleAssessment[];
  readonly denylist: ListAssessment<Denylist> | undefined;
  readonly pause: ListAssessment<Pause> | undefined;
  readonly judgements: readonly Judgement[];
  readonly pack: PackFacts | undefined;
}

/** What a pack is judged by besides: reads the tar, which is done only once its signature holds. */
export interface PackReader {
  read(): PackFacts;
}

/** Proves all bundles and judges every demand of the policy, in the order of `DEMAND_STEPS`. */
export function assess(inputs: Inputs, reader: PackReader | undefined): Assessment {
  const denylist = assessDenylist(inputs);
  const checkAllowed = signerCheck(denylist, inputs);
  const pause = assessPause(inputs, checkAllowed);
  const acceptStatements = reader === undefined && inputs.compiled.policy.acceptStatements === true;
  const found = { inputs, denylist, pause, acceptStatements };
  const overLimit = attempt(() => {
    checkBundleLimits(inputs.bundles);
  });
  if (overLimit !== undefined) {
    const demand = { step: "threshold", rule: "bundles within the limits" } as const;
    return { ...found, bundles: [], judgements: [unmet(demand, overLimit, "parse bundle")], pack: undefined };
  }
  const bundles = assessBundles(inputs, acceptStatements, checkAllowed);
  const assessed = { ...found, bundles };
  return reader === undefined ? judgeArtifact(assessed) : judgePack(assessed, reader);
}

/** Holds a signer against the entries that name signers; what is denied by digest or pack is denied as a whole. */
function signerCheck(denylist: ListAssessment<Denylist> | undefined, { digest }: Inputs): (proof: Proof) => void {
  const lists = (denylist?.documents ?? []).map((list) => ({
    ...list,
    entries: list.entries.filter((entry) => "keyHint" in entry || "identity" in entry),
  }));
  return (proof) => {
    for (const list of lists) checkDenylist(list, { digest, principals: [toPrincipal(proof)] });
  };
}

type Assessed = Omit<Assessment, "judgements" | "pack"> & { readonly acceptStatements: boolean };

function assessBundles(
  { artifact, digest, compiled, roots, bundles }: Inputs,
  acceptStatements: boolean,
  checkAllowed: (proof: Proof) => void,
): readonly BundleAssessment[] {
  const { signers, attestations, policy, oldestSigningTime } = compiled;
  const signing = signers === undefined ? [] : [signers];
  const context = {
    about: toAbout(artifact, digest),
    roots,
    minima: policy,
    oldestSigningTime,
    quorums: [...signing, ...attestations],
    quorumsFor: ({ statement }: Proof) => [
      ...(statement === undefined || acceptStatements ? signing : []),
      ...attestations.filter(({ rule }) => rule.predicateType === statement?.predicateType),
    ],
    checkAllowed,
  };
  return bundles.map((source, index) => assessBundle(source, index, context));
}

function judgeArtifact(assessed: Assessed): Assessment {
  // What pack it is nobody has proven, whatever the policy wants it to be.
  const lists = [...judgeDenylist(assessed, undefined), ...judgePause(assessed, undefined)];
  const judgements = [...judgeSigned(assessed), ...lists];
  return { ...assessed, judgements, pack: undefined };
}

/** Nothing of the tar is read before its signature holds and its digest is known not to be denied. */
function judgePack(assessed: Assessed, reader: PackReader): Assessment {
  const { policy } = assessed.inputs.compiled;
  const signed = judgeSigned(assessed);
  const denied = judgeDenylist(assessed, undefined);
  const packDemand = { step: "pack id", rule: policy.packId ?? "any pack" } as const;
  const revisionDemand = {
    step: "revision",
    rule: policy.minimumRevision === undefined ? "any revision" : `${policy.minimumRevision} or newer`,
  } as const;
  const later = [
    ...(assessed.pause === undefined ? [] : [skipped(PAUSE_DEMAND)]),
    skipped(packDemand),
    skipped(revisionDemand),
  ];
  if ([...signed, ...denied].some(({ error }) => error !== undefined)) {
    return { ...assessed, judgements: [...signed, ...denied, ...later], pack: undefined };
  }
  let pack: PackFacts | undefined;
  const unreadable = attempt(() => {
    pack = reader.read();
  });
  if (unreadable !== undefined || pack === undefined) {
    const failed = unreadable === undefined ? skipped(packDemand) : unmet(packDemand, unreadable);
    const others = later.filter(({ report }) => report.step !== "pack id");
    return { ...assessed, judgements: [...signed, ...denied, failed, ...others], pack: undefined };
  }
  const facts = pack;
  const judgements = [
    ...signed,
    ...judgeDenylist(assessed, facts),
    ...judgePause(assessed, facts.packId),
    judge(packDemand, () => {
      checkPackId(facts, policy);
      return facts.packId;
    }),
    judge(revisionDemand, () => {
      checkRevision(facts, policy);
      return facts.revision;
    }),
  ];
  return { ...assessed, judgements, pack: facts };
}

function judgeSigned({ inputs, bundles, acceptStatements }: Assessed): readonly Judgement[] {
  const { signers, attestations } = inputs.compiled;
  return [
    ...(signers === undefined ? [] : [judgeThreshold(signers, bundles, acceptStatements)]),
    ...attestations.map((quorum) => judgeAttestation(quorum, bundles)),
  ];
}

const DENYLIST_DEMAND = { step: "denylist", rule: "not on the denylist" } as const;
const PAUSE_DEMAND = { step: "pause", rule: "not paused" } as const;

/** Signers were held against the list one by one; here it is the artifact, and the pack once that is known. */
function judgeDenylist({ inputs, denylist }: Assessed, pack: PackFacts | undefined): readonly Judgement[] {
  if (denylist === undefined) return [];
  if (denylist.error !== undefined) return [unmet(DENYLIST_DEMAND, denylist.error)];
  const judged = judge(DENYLIST_DEMAND, () => {
    for (const list of denylist.documents) checkDenylist(list, { digest: inputs.digest, principals: [], ...pack });
    return describeList(denylist);
  });
  return [{ ...judged, report: { ...judged.report, metBy: denylist.signers } }];
}

function judgePause({ pause }: Assessed, packId: string | undefined): readonly Judgement[] {
  if (pause === undefined) return [];
  if (pause.error !== undefined) return [unmet(PAUSE_DEMAND, pause.error)];
  const judged = judge(PAUSE_DEMAND, () => {
    for (const status of pause.documents) checkPause(status, { packId });
    return describeList(pause);
  });
  return [{ ...judged, report: { ...judged.report, metBy: pause.signers } }];
}

function describeList({ documents, signers }: ListAssessment<Denylist | Pause>): string {
  const [first] = documents;
  return `version ${first?.version ?? 0}, valid until ${first?.expires ?? "never"}, signed by ${namesOf(signers)}`;
}

function judge(demand: Parameters<typeof met>[0], check: () => string): Judgement {
  let saw = "";
  const error = attempt(() => {
    saw = check();
  });
  return error === undefined ? met(demand, [], saw) : unmet(demand, error);
}

/** The coded error that the call throws; anything else is thrown on. */
function attempt(call: () => void): PolicyPackError | undefined {
  try {
    call();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return thrown;
    throw thrown;
  }
}

/** As a denylist can name a signer: by its identity and by its key, which a certificate has too. */
function toPrincipal({ signer, publicKey }: Proof): DeniablePrincipal {
  const keyHint = publicKey.hint;
  return signer.kind === "key" ? { keyHint } : { identity: signer.identity, issuer: signer.issuer, keyHint };
}
