import { readDer, TAG } from "../encoding/der.ts";
import { readText } from "../encoding/der-values.ts";
import { malformed } from "../encoding/malformed.ts";
import type { Certificate } from "./certificate.ts";

const FULCIO = "1.3.6.1.4.1.57264.1.";

/** Fulcio's extensions about the build that a token was issued to: oid-info.md of the Fulcio project. */
const CLAIMS = {
  buildSigner: 9,
  runnerEnvironment: 11,
  repositoryUri: 12,
  sha: 13,
  ref: 14,
  repositoryId: 15,
  ownerId: 17,
  buildConfig: 18,
  event: 20,
  visibility: 22,
  environment: 23,
} as const;

/** The workflow's title has only the older form, whose text stands in the extension without a tag. */
const WORKFLOW_NAME = `${FULCIO}4`;

export type WorkflowClaim = keyof typeof CLAIMS | "workflowName";
export type WorkflowClaims = Readonly<Partial<Record<WorkflowClaim, string>>>;

/** What a CI system vouched for; a claim that the certificate does not make is absent. Throws MalformedError. */
export function readWorkflowClaims(certificate: Certificate): WorkflowClaims {
  const claims: Partial<Record<WorkflowClaim, string>> = {};
  for (const [claim, number] of Object.entries(CLAIMS) as [keyof typeof CLAIMS, number][]) {
    const extension = certificate.extensions.get(`${FULCIO}${number}`);
    if (extension !== undefined) claims[claim] = readText(readDer(extension.value), TAG.utf8String);
  }
  const name = certificate.extensions.get(WORKFLOW_NAME);
  if (name !== undefined) claims.workflowName = readBare(name.value);
  return claims;
}

function readBare(value: Buffer): string {
  const text = value.toString("utf8");
  return Buffer.from(text).equals(value) ? text : malformed("has a claim that is not UTF-8");
}
