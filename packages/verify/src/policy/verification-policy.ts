import { ConfigError, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { parsePublicKey } from "../keys/public-key.ts";
import type { SignerRule } from "./signer-rule.ts";

export type { GitHubClaims, GitHubRule, IdentityRule, KeyRule, SignerRule } from "./signer-rule.ts";

/** Who signs a list that overrules signatures: at least `threshold` distinct ones (default 1). */
export interface RolePolicy {
  readonly signers: readonly SignerRule[];
  readonly threshold?: number;
}

/** What must have been stated about the artifact. */
export interface AttestationRule {
  readonly predicateType: string;
  readonly signers?: readonly SignerRule[];
  readonly threshold?: number;
  readonly constraints?: readonly JsonObject[];
  readonly provenance?: JsonObject;
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

const MAX_SIGNERS = 100;
/** As `opa/.manifest` writes a revision. */
const DECIMAL = /^[1-9][0-9]{0,15}$/;

const nonEmpty: Field<string> = (value) => {
  const said = text(value);
  return said === "" ? malformed("must not be empty") : said;
};

const revision: Field<number | string> = (value) => {
  if (typeof value === "string") return DECIMAL.test(value) ? value : malformed("must be a whole number");
  if (typeof value !== "number" || !Number.isSafeInteger(value)) return malformed("must be a whole number");
  return value >= 1 ? value : malformed("must be 1 or more");
};

const ruleFields = object({
  certificateIdentity: optional(nonEmpty),
  certificateOidcIssuer: optional(nonEmpty),
  publicKey: optional(nonEmpty),
});

const signerRule: Field<SignerRule> = (value) => {
  const { certificateIdentity, certificateOidcIssuer, publicKey } = ruleFields(value);
  if (publicKey !== undefined) {
    if (certificateIdentity !== undefined || certificateOidcIssuer !== undefined) {
      return malformed("names both a key and an identity; they are two signers");
    }
    parsePublicKey(publicKey);
    return { publicKey };
  }
  if (certificateIdentity === undefined) return malformed("needs certificateIdentity or publicKey");
  if (certificateOidcIssuer === undefined) return malformed("needs certificateOidcIssuer beside certificateIdentity");
  return { certificateIdentity, certificateOidcIssuer };
};

const policyFields = object({
  signers: array(signerRule, MAX_SIGNERS),
  minimumRevision: optional(revision),
  packId: optional(nonEmpty),
});

/**
 * Reads a verification policy from JSON text or an already parsed value. Unknown fields, an empty list of signers and
 * half-named signers are refused, and so is null: what is not demanded is left out. Identities are plain strings:
 * nothing in them is a pattern.
 * @throws ConfigError CONFIG_INVALID
 */
export function parseVerificationPolicy(source: unknown): VerificationPolicy {
  return failingAsConfig(() => {
    const options = {
      maxBytes: LIMITS.maxPolicyBytes,
      code: "CONFIG_INVALID",
      what: "The verification policy",
    } as const;
    const value = typeof source === "string" ? parseJson(source, options) : source;
    return toPolicy(parseJson(JSON.stringify(value, refuseLoss), options));
  });
}

/** A floor that is NaN or null must not become no floor: JSON leaves out, or turns into null, what it cannot carry. */
function refuseLoss(name: string, value: unknown): unknown {
  const isLost = typeof value === "function" || typeof value === "symbol" || value === null;
  if (isLost || (typeof value === "number" && !Number.isFinite(value))) {
    malformed(`has ${String(value).slice(0, 60)} at "${name.slice(0, 60)}"; leave out what is not wanted`);
  }
  return value;
}

export interface SignerFlags {
  readonly certificateIdentity?: string | undefined;
  readonly certificateOidcIssuer?: string | undefined;
  /** PEM text of a public key. */
  readonly key?: string | undefined;
}

/**
 * The policy that cosign's flags mean: an identity with its issuer, or a key.
 * @throws ConfigError CONFIG_INVALID when neither, both or half of an identity is given
 */
export function toVerificationPolicy(flags: SignerFlags): VerificationPolicy {
  const { certificateIdentity, certificateOidcIssuer, key } = flags;
  const identity = [certificateIdentity, certificateOidcIssuer];
  const isOneSigner = identity.every((flag) => (flag === undefined) === (key !== undefined));
  if (!isOneSigner) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the one who may have signed: --certificate-identity with --certificate-oidc-issuer, or --key alone.",
    );
  }
  const given = { certificateIdentity, certificateOidcIssuer, publicKey: key };
  const rule = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as JsonValue;
  return failingAsConfig(() => toPolicy({ signers: [rule] }));
}

function toPolicy(json: JsonValue): VerificationPolicy {
  const { signers, minimumRevision, packId } = policyFields(json);
  if (signers.length === 0) malformed("names no signer, and so would accept anyone");
  return {
    signers,
    ...(minimumRevision === undefined ? {} : { minimumRevision }),
    ...(packId === undefined ? {} : { packId }),
  };
}

function failingAsConfig<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof ConfigError) throw thrown;
    return reading(
      () => {
        throw thrown instanceof Error ? new Error(thrown.message, { cause: thrown }) : thrown;
      },
      (reason, cause) =>
        new ConfigError(
          "CONFIG_INVALID",
          `The verification policy cannot be used: ${reason}. Each signer is an identity with its issuer, or a public key.`,
          { cause },
        ),
    );
  }
}
