import type { ListReport, RuleReport, VerificationReport } from "@policy-pack/verify";
import { count } from "./explain.ts";
import type { ExplainContext, Explanation } from "./explain.ts";

/** What the policy's demands add to the signatures, and what it did not ask for. */
export function explainDemands(report: VerificationReport, context: ExplainContext): Explanation {
  const parts = [
    explainThreshold(report, context),
    explainAttestations(report, context),
    explainDenylist(report, context),
    explainPause(report, context),
    explainPack(report, context),
  ];
  return {
    proven: parts.flatMap(({ proven }) => proven),
    notProven: parts.flatMap(({ notProven }) => notProven),
  };
}

function signersOf(rules: readonly RuleReport[]): readonly string[] {
  return [...new Set(rules.flatMap(({ metBy }) => metBy.map(({ signer }) => signer)))];
}

function explainThreshold({ rules }: VerificationReport, { policy }: ExplainContext): Explanation {
  if (policy.signers === undefined) {
    return {
      proven: [],
      notProven: ["That anyone signed the file itself: the policy asks only for what was stated about it."],
    };
  }
  const threshold = policy.threshold ?? 1;
  const names = signersOf(rules.filter(({ step }) => step === "threshold"));
  if (threshold > 1) {
    const by = names.length === 0 ? "" : `: ${names.join(", ")}`;
    return {
      proven: [`At least ${threshold} different signers whom the policy accepts have signed${by}.`],
      notProven: ["That they are different people: the policy's names say so, and nobody else does."],
    };
  }
  return {
    proven: ["The signer is one whom the policy accepts."],
    notProven: ["That more than one has agreed: for this policy, one signer is enough."],
  };
}

function explainAttestations({ rules }: VerificationReport, { policy }: ExplainContext): Explanation {
  const { attestations = [] } = policy;
  if (attestations.length === 0) {
    return {
      proven: [],
      notProven: ["How the file was built, tested or reviewed: no attestation was asked for."],
    };
  }
  const met = rules.filter(({ step, outcome }) => step === "attestations" && outcome === "met");
  const by = signersOf(met);
  const types = attestations.map(({ predicateType }) => predicateType).join(", ");
  return {
    proven: [
      `${count(attestations.length, "attestation", "attestations")} that the policy asks for (${types}) came from whom it` +
        ` accepts${by.length === 0 ? "" : `: ${by.join(", ")}`}, and state what it wants.`,
    ],
    notProven: ["That what the attestations state is true: they prove who said it."],
  };
}

function explainDenylist({ denylist, packId }: VerificationReport, { policy, hasState }: ExplainContext): Explanation {
  if (policy.denylist === undefined) {
    return {
      proven: [],
      notProven: ["That nobody has withdrawn it: no list of what must not be used any more was looked at."],
    };
  }
  return {
    proven: [`It is not on the denylist${datesOf(denylist)}.`],
    notProven: [
      ...(packId === undefined
        ? ["That the denylist names no revision of a pack that it may be: it was not judged as a pack."]
        : []),
      `That it was not withdrawn after ${denylist?.issuedAt ?? "the list was made"}, when that list was made.`,
      ...newest("denylist", hasState),
    ],
  };
}

function explainPause({ pause }: VerificationReport, { policy, hasState }: ExplainContext): Explanation {
  if (policy.pause === undefined) {
    return { proven: [], notProven: ["That nobody has stopped its use for now: no pause status was looked at."] };
  }
  return {
    proven: [`Its use was not paused${datesOf(pause)}.`],
    notProven: [
      `That its use was not paused after ${pause?.issuedAt ?? "the status was made"}, when that status was made.`,
      ...newest("pause status", hasState),
    ],
  };
}

function datesOf(list: ListReport | undefined): string {
  if (list?.version === undefined) return "";
  return ` (version ${list.version}, made ${list.issuedAt ?? "?"}, to be believed until ${list.expires ?? "?"})`;
}

function newest(what: string, hasState: boolean): readonly string[] {
  if (hasState) return [];
  return [`That the ${what} is the newest: no --state file remembers which version was seen before.`];
}

function explainPack({ packId, revision }: VerificationReport, { policy }: ExplainContext): Explanation {
  const isFloored = policy.minimumRevision !== undefined;
  const newestNote = isFloored
    ? "That it is the newest one: a newer one may exist that you have not been shown."
    : "That it is the newest one: an older one that the same signer signed passes just as well.";
  if (packId === undefined) return { proven: [], notProven: [newestNote] };
  const floor = isFloored ? `, not older than revision ${policy.minimumRevision}` : "";
  return { proven: [`It is revision ${revision ?? "?"} of the pack ${packId}${floor}.`], notProven: [newestNote] };
}
