import { ConfigError, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { parsePublicKey } from "../keys/public-key.ts";

/** One who may sign: an identity with the issuer that vouches for it, both compared whole, or the holder of a key. */
export type SignerRule =
  { readonly certificateIdentity: string; readonly certificateOidcIssuer: string } | { readonly publicKey: string };

/** What a verifier demands. It comes from the verifier's own side, never from the pack or its server. */
export interface VerificationPolicy {
  /** At least one; a signature by any one of them is enough. */
  readonly signers: readonly SignerRule[];
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
