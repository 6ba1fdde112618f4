import { isJsonObject, parseJson, TransportError } from "@policy-pack/pack";
import { MAX_PROBLEM_BYTES } from "./limits.ts";

/** Which of the two resources of a pack is fetched. */
export type Resource = "pack" | "attestation";

/** Whether the body of this answer tells more than its status does. */
export function hasProblem(resource: Resource, status: number): boolean {
  return resource === "pack" && status === 503;
}

/**
 * What a status other than 200 means. A redirect is not followed and counts as any other. A 503 for the pack comes from
 * a server without the pack (its problem document says PACK_NOT_BUILT) or from a proxy in trouble.
 */
export function statusError(resource: Resource, status: number, problem: string, where: string): TransportError {
  if (status === 404) {
    return new TransportError("PACK_NOT_FOUND", `${where} is not there (404); check the packId in the url.`);
  }
  if (status === 503 && resource === "attestation") {
    return new TransportError("ATTESTATION_UNAVAILABLE", `${where} is not available (503); sign the pack first.`);
  }
  if (status === 503 && problemCode(problem) === "PACK_NOT_BUILT") {
    return new TransportError("PACK_NOT_BUILT", `${where} is not built yet (503); build it, or try again later.`);
  }
  const retryable = status === 429 || status >= 500;
  const next = retryable ? "try again later" : "200 was wanted, and redirects are not followed: check the url";
  return new TransportError("FETCH_STATUS", `${where} answered with status ${status}; ${next}.`, { retryable });
}

/** The `code` of a problem document (RFC 9457), if that is what the text is. */
function problemCode(text: string): unknown {
  try {
    const what = "The problem document";
    const problem = parseJson(text, { maxBytes: MAX_PROBLEM_BYTES, code: "INPUT_INVALID", what });
    return isJsonObject(problem) ? problem["code"] : undefined;
  } catch {
    return undefined;
  }
}
