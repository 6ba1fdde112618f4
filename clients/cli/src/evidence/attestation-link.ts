import { FormatError, isJsonObject, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parseBundle } from "@policy-pack/verify";

/**
 * A link that carries the bundle, under the predicate type that its statement claims. Nothing is verified: whoever judges
 * the evidence does that.
 * @throws FormatError BUNDLE_INVALID when it is no bundle of an in-toto statement; LIMIT_EXCEEDED
 */
export function toLink(bytes: Uint8Array, file: string): JsonObject {
  const bundle = parseJson(bytes, { maxBytes: LIMITS.maxBundleBytes, code: "BUNDLE_INVALID", what: file });
  const { content } = parseBundle(bytes);
  const predicateType = content.kind === "envelope" ? claimedType(content.payload, file) : undefined;
  if (predicateType !== undefined) return { predicateType, bundle };
  throw new FormatError("BUNDLE_INVALID", `${file} is no attestation; give a bundle of "policy-pack attest".`);
}

function claimedType(payload: Uint8Array, file: string): string | undefined {
  const maxBytes = LIMITS.maxBundleBytes;
  const statement: JsonValue = parseJson(payload, {
    maxBytes,
    code: "BUNDLE_INVALID",
    what: `The statement of ${file}`,
  });
  const type = isJsonObject(statement) ? statement["predicateType"] : undefined;
  return typeof type === "string" ? type : undefined;
}
