import { generateKeyPair as generate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { ConfigError } from "@policy-pack/pack";
import { encryptCosignKey } from "./cosign-key.ts";

const CURVES = { "P-256": "P-256", "P-384": "P-384", "P-521": "P-521" } as const;
const RSA_BITS = { "RSA-2048": 2048, "RSA-3072": 3072, "RSA-4096": 4096 } as const;

/** The kinds of key pair that can be made. */
export const KEY_PAIR_KINDS = ["P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096", "Ed25519"] as const;
export type KeyPairKind = (typeof KEY_PAIR_KINDS)[number];

/** `cosign`: cosign's encrypted format. `encrypted-pkcs8`: PBES2, AES-256. `pkcs8`: in the clear. */
export const KEY_FORMATS = ["cosign", "encrypted-pkcs8", "pkcs8"] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];

export interface KeyPairOptions {
  readonly kind: KeyPairKind;
  /** What opens the private key; may be empty. Not used for `pkcs8`. */
  readonly password: string | Uint8Array;
  /** Default `cosign`. */
  readonly format?: KeyFormat;
}

export interface PemKeyPair {
  /** PEM, encrypted unless the format is `pkcs8`. */
  readonly privateKey: string;
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

/**
 * A new key pair. Which kinds cosign can verify is not asked here: see `cosignLimits`.
 * @throws ConfigError CONFIG_INVALID for an encrypted PKCS #8 key with an empty password, which OpenSSL does not open
 */
export async function generateKeyPair(options: KeyPairOptions): Promise<PemKeyPair> {
  const { privateKey, publicKey } = await newKeys(options.kind);
  return {
    privateKey: await encode(privateKey, options),
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
}

function newKeys(kind: KeyPairKind): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  if (kind === "Ed25519") return promisify(generate)("ed25519");
  if (isRsa(kind)) return promisify(generate)("rsa", { modulusLength: RSA_BITS[kind] });
  return promisify(generate)("ec", { namedCurve: CURVES[kind] });
}

async function encode(key: KeyObject, { format = "cosign", password }: KeyPairOptions): Promise<string> {
  if (format === "pkcs8") return key.export({ format: "pem", type: "pkcs8" }).toString();
  const secret = Buffer.from(password);
  if (format === "cosign") return encryptCosignKey(key.export({ format: "der", type: "pkcs8" }), secret);
  if (secret.length === 0) {
    throw new ConfigError("CONFIG_INVALID", "An encrypted PKCS #8 key needs a password that is not empty.");
  }
  return key.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: secret }).toString();
}

function isRsa(kind: KeyPairKind): kind is keyof typeof RSA_BITS {
  return Object.hasOwn(RSA_BITS, kind);
}
