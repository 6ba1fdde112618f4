import type { VerificationPolicy, VerificationReport } from "@policy-pack/verify";
import { explainBundle } from "./explain-bundle.ts";
import { explainDemands } from "./explain-demands.ts";
import { explainFailure } from "./explain-failure.ts";
import { basisOf, KEY_ALONE } from "./trust-basis.ts";

/** A verification in plain words: one sentence or two a point. */
export interface Explanation {
  readonly proven: readonly string[];
  readonly notProven: readonly string[];
}

/** What the report itself does not say. */
export interface ExplainContext {
  readonly policy: VerificationPolicy;
  /** Where the trusted root comes from. */
  readonly source: string;
  /** Whether versions of lists seen before were given: without them an old list passes for the newest. */
  readonly hasState: boolean;
}

/**
 * What a verification proved and what it did not, for someone who does not know Sigstore. It says nothing that the report
 * does not hold; of a rejected file nothing is called proven, whatever single steps held.
 */
export function explainReport(report: VerificationReport, context: ExplainContext): Explanation {
  if (!report.verified) return explainFailure(report);
  const accepted = report.bundles.filter(({ outcome }) => outcome === "accepted");
  const what = context.policy.signers === undefined ? "the statements are about" : "was signed";
  const parts = [...accepted.map((bundle) => explainBundle(bundle)), explainDemands(report, context)];
  return {
    proven: unique([
      `The file is exactly the one that ${what} (${report.artifact.digest}): not one bit has changed since.`,
      ...parts.flatMap(({ proven }) => proven),
    ]),
    notProven: unique([
      ...parts.flatMap(({ notProven }) => notProven),
      ...explainOthers(report),
      "That what the file does is right or harmless: a signature says who, never what.",
      explainBasis(basisOf(report, context.source)),
    ]),
  };
}

function explainBasis(basis: string): string {
  return basis === KEY_ALONE
    ? "That the key is the right one. All of this rests on the key alone: whoever gave it to you decided who is believed."
    : `That the trusted root is the right one. All of this rests on ${basis}: whoever chose it decided who is believed.`;
}

/** Bundles that were given and did not count. */
function explainOthers({ bundles }: VerificationReport): readonly string[] {
  const rejected = bundles.filter(({ outcome }) => outcome === "rejected").length;
  const unused = bundles.filter(({ outcome }) => outcome === "unused").length;
  return [
    ...(rejected === 0 ? [] : [`Anything by the ${count(rejected, "bundle that was", "bundles that were")} rejected.`]),
    ...(unused === 0
      ? []
      : [`Anything by the ${count(unused, "bundle", "bundles")} that nothing in the policy asks for.`]),
  ];
}

/** "1 bundle", "2 bundles". */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
