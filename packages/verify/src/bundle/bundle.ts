import { digestFromHex, FormatError, LIMITS, parseJson } from "@policy-pack/pack";
import type { Digest } from "@policy-pack/pack";
import { toBundle } from "./bundle-fields.ts";
import { reading } from "../encoding/malformed.ts";
import type { HashOutput } from "../keys/hash-output.ts";
import { parseStatement } from "./statement.ts";

export type BundleVersion = "0.1" | "0.2" | "0.3";

/** What the bundle says it was signed with. */
export type SigningMaterial =
  | { readonly kind: "certificate"; readonly leaf: Buffer; readonly others: readonly Buffer[] }
  | { readonly kind: "publicKey"; readonly hint: string };

export type BundleContent =
  | { readonly kind: "message"; readonly digest: HashOutput; readonly signature: Buffer }
  | {
      readonly kind: "envelope";
      readonly payloadType: string;
      readonly payload: Buffer;
      readonly signature: Buffer;
      readonly keyid: string;
    };

export interface InclusionProof {
  readonly logIndex: bigint;
  readonly treeSize: bigint;
  readonly rootHash: Buffer;
  readonly hashes: readonly Buffer[];
  readonly checkpoint: string;
}

export interface BundleLogEntry {
  readonly logIndex: bigint;
  readonly logId: Buffer;
  readonly kind: string;
  readonly version: string;
  /** Seconds since 1970; 0 when the log gives none. Proven only by the promise. */
  readonly integratedTime: bigint;
  readonly promise: Buffer | undefined;
  readonly proof: InclusionProof | undefined;
  readonly body: Buffer;
}

/** A Sigstore bundle as it was read: well formed, and nothing in it proven. */
export interface SigstoreBundle {
  readonly version: BundleVersion;
  readonly material: SigningMaterial;
  readonly content: BundleContent;
  readonly logEntries: readonly BundleLogEntry[];
  /** RFC 3161 TimeStampResp in DER. */
  readonly timestamps: readonly Buffer[];
}

/**
 * Reads a Sigstore bundle, v0.1 to v0.3, of at most 1 MiB. Refuses what another reader might see differently: unknown
 * or duplicate fields, base64 and integers in a second spelling, and fields that the bundle's version does not have.
 * @throws FormatError BUNDLE_INVALID, LIMIT_EXCEEDED
 */
export function parseBundle(source: string | Uint8Array): SigstoreBundle {
  const json = parseJson(source, { maxBytes: LIMITS.maxBundleBytes, code: "BUNDLE_INVALID", what: "The bundle" });
  return reading(
    () => toBundle(json),
    (reason, cause) =>
      new FormatError("BUNDLE_INVALID", `The Sigstore bundle is malformed: ${reason}. Sign again or fetch it anew.`, {
        cause,
      }),
  );
}

/**
 * The digest that a bundle claims to be over: of its message signature, or of its statement's one subject. It proves
 * nothing at all and serves only to tell which bundle lies beside which file.
 * @throws FormatError BUNDLE_INVALID when a statement names several artifacts, or a message another hash than SHA-256;
 *   VerificationError STATEMENT_INVALID
 */
export function claimedDigestUnsafe(bundle: SigstoreBundle): Digest {
  const claimed = claimedBy(bundle.content);
  if (claimed !== undefined) return claimed;
  throw new FormatError("BUNDLE_INVALID", "The bundle does not name exactly one SHA-256 digest.");
}

function claimedBy(content: BundleContent): Digest | undefined {
  if (content.kind === "message") {
    const { hash, value } = content.digest;
    return hash === "sha256" ? digestFromHex(value.toString("hex")) : undefined;
  }
  const [subject, ...more] = parseStatement(content.payload).subjects;
  return more.length === 0 ? subject?.digest : undefined;
}
