import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { attestationRule } from "./attestation-rules.ts";
import { nonEmpty, positive, withoutNull } from "./exact-fields.ts";
import { ruleName, signerRule, utcTime, withoutUndefined } from "./signer-fields.ts";
import type { RolePolicy, TrustedRootDocument, VerificationPolicy } from "./verification-policy.ts";

/** As `opa/.manifest` writes a revision. */
const DECIMAL = /^[1-9][0-9]{0,15}$/;

const filled: Field<string> = (value) => {
  const said = text(value);
  return said === "" ? malformed("must not be empty") : said;
};

const revision: Field<number | string> = (value) => {
  if (typeof value === "string") return DECIMAL.test(value) ? value : malformed("must be a whole number");
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return malformed("must be a whole number");
  return value >= 1 ? value : malformed("must be 1 or more");
};

const flag: Field<boolean> = (value) => (typeof value === "boolean" ? value : malformed("must be true or false"));

/** More than a bundle may carry can never be met. */
function countUpTo(max: number): Field<number> {
  return (value) => {
    const isCount = typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max;
    return isCount ? value : malformed(`must be a whole number from 0 to ${max}`);
  };
}

const signers = nonEmpty(array(signerRule, VERIFY_LIMITS.maxSignerRules));

const roleFields = withoutNull(object({ signers, threshold: optional(positive) }));

const role: Field<RolePolicy> = (value) => withoutUndefined(roleFields(value));

const trustedRoots: Field<Readonly<Record<string, TrustedRootDocument>>> = (value) => {
  if (!isJsonObject(value)) return malformed("must be an object of trusted roots by name");
  const entries = Object.entries(value);
  if (entries.length === 0) malformed("names no trusted root");
  if (entries.length > VERIFY_LIMITS.maxTrustedRoots) malformed(`names more than ${VERIFY_LIMITS.maxTrustedRoots}`);
  return Object.fromEntries(entries.map(([name, root]) => [ruleName(name), rootDocument(root)]));
};

const rootDocument: Field<JsonObject> = (value) => {
  return isJsonObject(value) ? value : malformed("holds a trusted root that is not a JSON object");
};

const policyFields = withoutNull(
  object({
    $schema: optional(text),
    signers: optional(signers),
    threshold: optional(positive),
    acceptStatements: optional(flag),
    trustedRoots: optional(trustedRoots),
    minimumLogEntries: optional(countUpTo(VERIFY_LIMITS.maxLogEntries)),
    minimumTimestamps: optional(countUpTo(VERIFY_LIMITS.maxTimestamps)),
    oldestSigningTime: optional(utcTime),
    attestations: optional(nonEmpty(array(attestationRule(signerRule), VERIFY_LIMITS.maxAttestationRules))),
    denylist: optional(role),
    pause: optional(role),
    minimumRevision: optional(revision),
    packId: optional(filled),
  }),
);

/** Reads each field by itself; what fields say together is for `checkConsistency`. Throws MalformedError. */
export function toPolicyFields(json: JsonValue): VerificationPolicy {
  return withoutUndefined({ ...policyFields(json), $schema: undefined });
}
