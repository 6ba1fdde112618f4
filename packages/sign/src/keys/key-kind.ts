import type { KeyObject } from "node:crypto";
import { unreadableKey } from "./key-error.ts";

/** The kinds of key that sign here: those that `@policy-pack/verify` reads. */
export type KeyKind = "P-256" | "P-384" | "P-521" | "RSA" | "Ed25519";

export interface KeyFacts {
  readonly kind: KeyKind;
  /** As people say it: "P-256", "RSA-3072". */
  readonly name: string;
}

const CURVES: Readonly<Record<string, KeyKind>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

/**
 * What kind of key it is, private or public.
 * @throws ConfigError KEY_INVALID for a kind that does not sign here
 */
export function keyFacts(key: KeyObject): KeyFacts {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return { kind: "Ed25519", name: "Ed25519" };
  if (type === "ec") {
    const kind = CURVES[details?.namedCurve ?? ""];
    if (kind !== undefined) return { kind, name: kind };
    throw unreadableKey(`is on the curve ${details?.namedCurve ?? "that it describes itself"}, which is not supported`);
  }
  if (type !== "rsa") throw unreadableKey(`is of the kind ${type ?? "secret"}, which is not supported`);
  const bits = details?.modulusLength ?? 0;
  if (bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS) return { kind: "RSA", name: `RSA-${bits}` };
  throw unreadableKey(`is an RSA key of ${bits} bits, and ${MIN_RSA_BITS} to ${MAX_RSA_BITS} are taken`);
}
