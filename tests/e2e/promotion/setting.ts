import { readConfigMap, readTemplate } from "../../support/argo/manifests.ts";
import type { AnalysisTemplate, Argument, Objects } from "../../support/argo/types.ts";
import { findTool } from "../../interop/tools.ts";
import { SERVICE } from "./answers.ts";

export const WEB = readTemplate("at-evidence-gql-web");
export const JOB = readTemplate("at-evidence-gql-job");
export const TOKEN = "a-token.of.the-gate";

/** The first of the job's programs that is not here; jq when both are. */
export const JOB_TOOL = findTool("curl") === undefined ? "curl" : "jq";

/** The namespace with the ConfigMap of the manifests and a Secret that holds the token. */
export function objectsWith(token: string = TOKEN): Objects {
  return {
    secrets: { "mc-api-token": { token } },
    configMaps: { "mc-evidence-query": readConfigMap("mc-evidence-query").data },
  };
}

export function argumentsFor(mcUrl: string, { service = SERVICE, releaseId = "r1" } = {}): readonly Argument[] {
  return [
    { name: "mcUrl", value: mcUrl },
    { name: "service", value: service },
    { name: "releaseId", value: releaseId },
  ];
}

/** The template with shorter time-outs, for tests in which a server never answers. */
export function impatient(template: AnalysisTemplate): AnalysisTemplate {
  const text = JSON.stringify(template)
    .replace('"timeoutSeconds":10', '"timeoutSeconds":1')
    .replace('{"name":"MC_TIMEOUT_SECONDS","value":"20"}', '{"name":"MC_TIMEOUT_SECONDS","value":"1"}');
  if (text === JSON.stringify(template)) throw new Error("the template has no time-out to shorten");
  return JSON.parse(text) as AnalysisTemplate;
}
