import type { Assessment } from "../assessment/assess.ts";
import type { Judgement } from "../assessment/demands.ts";
import type { ListAssessment } from "../assessment/list-assessment.ts";
import type { DatedDocument } from "../policy/freshness.ts";
import { toBundleReport } from "./bundle-report.ts";
import { neededFor } from "./needed.ts";
import type { FailureReport, ListReport, VerificationReport } from "./verification-report.ts";

/** The first demand that is not met; undefined when all are. */
export function firstFailure({ judgements }: Assessment): Judgement | undefined {
  return judgements.find(({ error }) => error !== undefined);
}

/** Everything that was seen, as plain JSON. */
export function toReport(assessment: Assessment): VerificationReport {
  const { inputs, bundles, denylist, pause, judgements, pack } = assessment;
  const failure = firstFailure(assessment);
  return {
    reportVersion: 1,
    verified: failure === undefined,
    artifact: { digest: inputs.digest },
    ...(pack === undefined ? {} : { packId: pack.packId, revision: pack.revision }),
    bundles: bundles.map(toBundleReport),
    ...(denylist === undefined ? {} : { denylist: toListReport(denylist) }),
    ...(pause === undefined ? {} : { pause: toListReport(pause) }),
    rules: judgements.map(({ report }) => report),
    ...(failure?.error === undefined ? {} : { failure: toFailureReport(failure.error, failure.at) }),
  };
}

function toFailureReport(error: NonNullable<Judgement["error"]>, step: Judgement["at"]): FailureReport {
  const { code, message } = error;
  return { code, step, message, needed: neededFor(code) };
}

function toListReport({ documents: [document], bundles }: ListAssessment<DatedDocument>): ListReport {
  const dates =
    document === undefined ? {} : { version: document.version, issuedAt: document.issuedAt, expires: document.expires };
  return { ...dates, bundles: bundles.map(toBundleReport) };
}
