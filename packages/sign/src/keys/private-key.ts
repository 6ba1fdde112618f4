import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { signMessage } from "../message.ts";
import type { KeySigner, SigningKey } from "../ports.ts";
import { COSIGN_LABELS, decryptCosignKey } from "./cosign-key.ts";
import { missingPassword, unreadableKey, wrongPassword } from "./key-error.ts";
import { keyFacts } from "./key-kind.ts";
import { checkPbes2 } from "./pbes2.ts";
import { readPem } from "./pem.ts";
import type { PemBlock } from "./pem.ts";

export interface PrivateKeyOptions {
  /** Of an encrypted key; may be empty. Not looked at for a key in the clear. */
  readonly password?: string | Uint8Array;
}

const ENCRYPTED_PKCS8 = "ENCRYPTED PRIVATE KEY";
const CLEAR_TYPES = { "PRIVATE KEY": "pkcs8", "EC PRIVATE KEY": "sec1", "RSA PRIVATE KEY": "pkcs1" } as const;

/**
 * Opens a private key in PEM: PKCS #8, SEC 1 or PKCS #1, encrypted PKCS #8, or cosign's encrypted format. P-256,
 * P-384, P-521, Ed25519, or RSA of 2048 to 8192 bits. It signs as `signMessage` does, and only through this process.
 * @throws ConfigError KEY_INVALID when it cannot be read, is a public key, is of another kind, or does not open; never
 * with the key's or the password's text
 */
export async function openPrivateKey(pem: string, options: PrivateKeyOptions = {}): Promise<KeySigner> {
  return toKeySigner(await decode(readPem(pem), options.password));
}

/**
 * Whether opening the key takes a password.
 * @throws ConfigError KEY_INVALID when it is no PEM block
 */
export function isEncryptedKey(pem: string): boolean {
  const { label } = readPem(pem);
  return label === ENCRYPTED_PKCS8 || COSIGN_LABELS.includes(label);
}

/** How a bundle names a key: base64 of the SHA-256 of its SubjectPublicKeyInfo (DER), as cosign does. */
export function keyHint(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("base64");
}

function toKeySigner(privateKey: KeyObject): KeySigner {
  keyFacts(privateKey);
  const publicKey = createPublicKey(privateKey);
  checkPair(privateKey, publicKey);
  const spki = publicKey.export({ format: "der", type: "spki" });
  const key: SigningKey = { kind: "publicKey", spki, hint: keyHint(spki) };
  return {
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString(),
    sign: async (message) => ({ signature: await signMessage(message, privateKey), key }),
  };
}

/** A key file names its public half too, and OpenSSL takes its word: signatures of such a pair would never verify. */
function checkPair(privateKey: KeyObject, publicKey: KeyObject): void {
  const hash = privateKey.asymmetricKeyType === "ed25519" ? null : "sha256";
  const probe = Buffer.from("policy-pack");
  let isPair = false;
  try {
    isPair = verify(hash, probe, publicKey, sign(hash, probe, privateKey));
  } catch {
    // Numbers that make no key.
  }
  if (!isPair) throw unreadableKey("does not belong to the public key that it names");
}

async function decode({ label, bytes }: PemBlock, password: PrivateKeyOptions["password"]): Promise<KeyObject> {
  if (isClearLabel(label)) return parse(bytes, CLEAR_TYPES[label]);
  if (label.endsWith("PUBLIC KEY")) throw unreadableKey("is a public key");
  if (label !== ENCRYPTED_PKCS8 && !COSIGN_LABELS.includes(label)) throw unreadableKey(`is a PEM ${label}`);
  if (password === undefined) throw missingPassword();
  const secret = Buffer.from(password);
  if (label !== ENCRYPTED_PKCS8) return parse(await decryptCosignKey(bytes, secret), "pkcs8");
  checkPbes2(bytes);
  try {
    return createPrivateKey({ key: bytes, format: "der", type: "pkcs8", passphrase: secret });
  } catch {
    throw wrongPassword();
  }
}

function parse(der: Buffer, type: "pkcs8" | "sec1" | "pkcs1"): KeyObject {
  try {
    return createPrivateKey({ key: der, format: "der", type });
  } catch {
    throw unreadableKey("is damaged, or of a kind that OpenSSL does not know");
  }
}

function isClearLabel(label: string): label is keyof typeof CLEAR_TYPES {
  return Object.hasOwn(CLEAR_TYPES, label);
}
