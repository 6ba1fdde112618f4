import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { ConfigError } from "@policy-pack/pack";
import {
  belongsTogether,
  CA_NAMES,
  createIntermediate,
  createRoot,
  createTimestampLeaf,
  wholeSeconds,
} from "./certificate-authority.ts";
import { DEFAULTS } from "./defaults.ts";

const KEY_NAMES = ["intermediate", "ctLog", "rekorV1", "rekorV2", "tsa", "identityTokens"] as const;
const CERTIFICATE_NAMES = ["root", "intermediate", "tsaRoot", "tsa"] as const;
const FORMAT = "policy-pack development authority, version 1";

type KeyName = (typeof KEY_NAMES)[number];
type CertificateName = (typeof CERTIFICATE_NAMES)[number];

/** What an authority is: its private keys and its certificates. The roots' keys are forgotten once they have signed. */
export interface AuthorityState {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly keys: Readonly<Record<KeyName, KeyObject>>;
  readonly certificates: Readonly<Record<CertificateName, Uint8Array>>;
}

/** A new authority, valid from the given second for ten years. */
export function createState(now: Date): AuthorityState {
  const createdAt = wholeSeconds(now);
  const expiresAt = expiryOf(createdAt);
  const validity = { notBefore: createdAt, notAfter: expiresAt };
  const p256 = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [root, tsaRoot, intermediate, tsa] = [p256(), p256(), p256(), p256()];
  const rootIssuer = { name: CA_NAMES.root, key: root.privateKey, publicKey: root.publicKey };
  const tsaIssuer = { name: CA_NAMES.tsaRoot, key: tsaRoot.privateKey, publicKey: tsaRoot.publicKey };
  return {
    createdAt,
    expiresAt,
    keys: {
      intermediate: intermediate.privateKey,
      ctLog: p256().privateKey,
      rekorV1: p256().privateKey,
      rekorV2: generateKeyPairSync("ed25519").privateKey,
      tsa: tsa.privateKey,
      identityTokens: p256().privateKey,
    },
    certificates: {
      root: createRoot(CA_NAMES.root, root, validity, 1),
      intermediate: createIntermediate(CA_NAMES.intermediate, intermediate.publicKey, rootIssuer, validity),
      tsaRoot: createRoot(CA_NAMES.tsaRoot, tsaRoot, validity, 0),
      tsa: createTimestampLeaf(CA_NAMES.tsa, tsa.publicKey, tsaIssuer, validity),
    },
  };
}

export function encodeState(state: AuthorityState): string {
  const keys = mapNames(KEY_NAMES, (name) =>
    state.keys[name].export({ format: "der", type: "pkcs8" }).toString("base64"),
  );
  const certificates = mapNames(CERTIFICATE_NAMES, (name) => Buffer.from(state.certificates[name]).toString("base64"));
  return `${JSON.stringify({ format: FORMAT, createdAt: state.createdAt.toISOString(), keys, certificates }, null, 2)}\n`;
}

/**
 * Reads what `encodeState` wrote and nothing else: the same keys and certificates must print as the same text, and each
 * certificate must be for its key and signed by its root.
 * @throws ConfigError AUTHORITY_INVALID
 */
export function decodeState(text: string, path: string): AuthorityState {
  try {
    const state = toState(JSON.parse(text));
    if (encodeState(state) === text && isCoherent(state)) return state;
  } catch (error) {
    throw damaged(path, error);
  }
  throw damaged(path);
}

function toState(json: unknown): AuthorityState {
  const keys = field(json, "keys");
  const certificates = field(json, "certificates");
  const createdAt = new Date(stringField(json, "createdAt"));
  return {
    createdAt,
    expiresAt: expiryOf(createdAt),
    keys: mapNames(KEY_NAMES, (name) =>
      createPrivateKey({ key: Buffer.from(stringField(keys, name), "base64"), format: "der", type: "pkcs8" }),
    ),
    certificates: mapNames(CERTIFICATE_NAMES, (name) => Buffer.from(stringField(certificates, name), "base64")),
  };
}

function expiryOf(createdAt: Date): Date {
  const expiresAt = new Date(createdAt);
  expiresAt.setUTCFullYear(expiresAt.getUTCFullYear() + DEFAULTS.authorityYears);
  return expiresAt;
}

function isCoherent({ keys, certificates }: AuthorityState): boolean {
  return (
    belongsTogether(certificates.intermediate, createPublicKey(keys.intermediate), certificates.root) &&
    belongsTogether(certificates.tsa, createPublicKey(keys.tsa), certificates.tsaRoot)
  );
}

function mapNames<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
}

function field(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, name)) throw new TypeError(`no ${name}`);
  return (json as Readonly<Record<string, unknown>>)[name];
}

function stringField(json: unknown, name: string): string {
  const value = field(json, name);
  if (typeof value !== "string") throw new TypeError(`${name} is not a string`);
  return value;
}

function damaged(path: string, cause?: unknown): ConfigError {
  return new ConfigError(
    "AUTHORITY_INVALID",
    `${path} is not what the development authority wrote; delete its folder and sign again.`,
    { cause },
  );
}
