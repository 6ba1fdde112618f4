import { ConfigError, LIMITS, messageOf, parseJson } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { MalformedError } from "../encoding/malformed.ts";
import type { AttestationRule } from "./attestation-rules.ts";
import { compilePolicy } from "./compiled-policy.ts";
import type { CompiledPolicy } from "./compiled-policy.ts";
import { checkConsistency } from "./policy-consistency.ts";
import { toPolicyFields } from "./policy-fields.ts";
import type { SignerRule } from "./signer-rule.ts";

export type { AttestationRule } from "./attestation-rules.ts";
export type { GitHubClaims, GitHubRule, IdentityRule, KeyRule, SignerRule } from "./signer-rule.ts";

/** Who signs a list that overrules signatures: at least `threshold` distinct ones (default 1). */
export interface RolePolicy {
  readonly signers: readonly SignerRule[];
  readonly threshold?: number;
}

/** A Sigstore `trusted_root.json`, as parsed JSON. */
export type TrustedRootDocument = JsonObject;

/**
 * What a verifier demands. It comes from the verifier's own side, never from the pack or its server.
 * docs/contracts/verification-policy.schema.json is its schema.
 */
export interface VerificationPolicy {
  /** Where the schema stands, for editors; not looked at. */
  readonly $schema?: string;
  /** Who may sign the artifact. Left out only when attestations are demanded; a pack is always signed. */
  readonly signers?: readonly SignerRule[];
  /** How many distinct signers must have signed; default 1. More than one needs named signers. */
  readonly threshold?: number;
  /** Whether a signed statement about the artifact counts as a signature of it; default false. Never for packs. */
  readonly acceptStatements?: boolean;
  /** Trusted roots by name, in place of the one given beside the policy. With several, each signer names its own. */
  readonly trustedRoots?: Readonly<Record<string, TrustedRootDocument>>;
  /** In how many distinct transparency logs a signature must stand; default 1 with a certificate, 0 with a key. */
  readonly minimumLogEntries?: number;
  /** How many distinct timestamp authorities must have stamped a signature; default 0. */
  readonly minimumTimestamps?: number;
  /** RFC 3339, UTC: what was signed earlier, or at no proven time, is refused. */
  readonly oldestSigningTime?: string;
  /** What must have been stated about the artifact: all of it. */
  readonly attestations?: readonly AttestationRule[];
  /** Who signs the denylist. When named, a list that is current and signed must be given. */
  readonly denylist?: RolePolicy;
  /** Who signs the pause status. When named, a status that is current and signed must be given. */
  readonly pause?: RolePolicy;
  /**
   * The oldest revision accepted, so that a signed but outdated pack cannot be put back: a whole number from 1, or the
   * decimal text in which a verified pack tells its own.
   */
  readonly minimumRevision?: number | string;
  /** The pack this must be, so that another pack of the same signer is not taken for it. */
  readonly packId?: string;
}

/**
 * Reads a verification policy from JSON text or an already parsed value. Unknown fields and null are refused: what is not
 * demanded is left out. So is a policy that demands nothing, or what nothing can satisfy. The result is frozen, and handing
 * it in again costs no second reading.
 * @throws ConfigError CONFIG_INVALID
 */
export function parseVerificationPolicy(source: unknown): VerificationPolicy {
  return readPolicy(source).policy;
}

/** What was compiled of the policies that this module made: they are frozen, so it stays true. */
const compiledPolicies = new WeakMap<object, CompiledPolicy>();

/**
 * As `parseVerificationPolicy`, made ready to judge by.
 * @throws ConfigError CONFIG_INVALID
 */
export function readPolicy(source: unknown): CompiledPolicy {
  const known = typeof source === "object" && source !== null ? compiledPolicies.get(source) : undefined;
  if (known !== undefined) return known;
  return failingAsConfig(() => {
    const options = {
      maxBytes: LIMITS.maxPolicyBytes,
      code: "CONFIG_INVALID",
      what: "The verification policy",
    } as const;
    const value = typeof source === "string" ? parseJson(source, options) : source;
    const policy = toPolicyFields(parseJson(JSON.stringify(value, lossRefuser()), options));
    const compiled = compilePolicy(freezeDeeply(policy));
    checkConsistency(compiled);
    compiledPolicies.set(compiled.policy, compiled);
    return compiled;
  });
}

/**
 * For `JSON.stringify`. A floor that is NaN or null must not become no floor: JSON leaves out, or turns into null, what it
 * cannot carry.
 */
function lossRefuser(): (this: unknown, name: string, value: unknown) => unknown {
  const paths = new WeakMap<object, readonly string[]>();
  return function refuseLoss(name, value) {
    const above = typeof this === "object" && this !== null ? paths.get(this) : undefined;
    const path = above === undefined ? [] : [...above, name];
    const isLost =
      value === null ||
      ["function", "symbol", "bigint"].includes(typeof value) ||
      (value === undefined && Array.isArray(this));
    if (isLost || (typeof value === "number" && !Number.isFinite(value))) {
      const place = path.map((step) => `.${step.slice(0, 60)}`).join("");
      throw new MalformedError(`${place} is ${String(value).slice(0, 60)}; leave out what is not wanted`, { path });
    }
    if (typeof value === "object") paths.set(value, path);
    return value;
  };
}

function freezeDeeply<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freezeDeeply);
  return Object.freeze(value);
}

function failingAsConfig<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(
      "CONFIG_INVALID",
      `The verification policy cannot be used: ${messageOf(cause).replace(/\.$/, "")}. See docs/verification.md for what may stand in one.`,
      { cause },
    );
  }
}
