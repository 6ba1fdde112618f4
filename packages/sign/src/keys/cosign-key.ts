import { randomBytes, scrypt } from "node:crypto";
import { parseJson } from "@policy-pack/pack";
import { bytesOf, countOf, DocumentError, objectOf } from "../fields.ts";
import { SIGN_LIMITS } from "../limits.ts";
import { unreadableKey, wrongPassword } from "./key-error.ts";
import { toPem } from "./pem.ts";

/** What cosign writes, and what its first versions wrote. */
export const COSIGN_LABELS: readonly string[] = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"];

/** The cost that cosign writes its keys with: a guess at the password takes 64 MiB and a tenth of a second. */
const WRITTEN_COST = { N: 65_536, r: 8, p: 1 } as const;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;

interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

interface SealedKey {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

/**
 * The PKCS #8 key (DER) in the body of a key file of cosign's: scrypt over the password, then XSalsa20-Poly1305. The
 * cost of scrypt comes from the file and is capped before anything is computed.
 * Source: cosign's key format; go-securesystemslib `encrypted`; RFC 7914.
 * @throws ConfigError KEY_INVALID
 */
export async function decryptCosignKey(body: Uint8Array, password: Uint8Array): Promise<Buffer> {
  const { cost, salt, nonce, ciphertext } = parseSealedKey(body);
  const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
  const key = await stretch(password, salt, cost);
  try {
    return Buffer.from(xsalsa20poly1305(key, nonce).decrypt(ciphertext));
  } catch {
    throw wrongPassword();
  }
}

/** The PEM text that cosign writes for the key and opens with the password, which may be empty. */
export async function encryptCosignKey(pkcs8: Uint8Array, password: Uint8Array): Promise<string> {
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
  const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
  const ciphertext = xsalsa20poly1305(await stretch(password, salt, WRITTEN_COST), nonce).encrypt(pkcs8);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
  const sealed = {
    kdf: { name: "scrypt", params: WRITTEN_COST, salt: base64(salt) },
    cipher: { name: "nacl/secretbox", nonce: base64(nonce) },
    ciphertext: base64(ciphertext),
  };
  return toPem("ENCRYPTED SIGSTORE PRIVATE KEY", Buffer.from(JSON.stringify(sealed)));
}

function parseSealedKey(body: Uint8Array): SealedKey {
  const maxBytes = SIGN_LIMITS.maxKeyBytes;
  const json = parseJson(body, { maxBytes, code: "KEY_INVALID", what: "The private key's envelope" });
  try {
    const { kdf, cipher, ciphertext } = objectOf(json, "its envelope", ["kdf", "cipher", "ciphertext"]);
    const { name, params, salt } = objectOf(kdf, "its kdf", ["name", "params", "salt"]);
    const { name: cipherName, nonce } = objectOf(cipher, "its cipher", ["name", "nonce"]);
    if (name !== "scrypt" || cipherName !== "nacl/secretbox") {
      throw new DocumentError("its encryption is not scrypt with nacl/secretbox");
    }
    const sealed = {
      cost: toCost(objectOf(params, "its kdf's params", ["N", "r", "p"])),
      salt: bytesOf(salt, "its salt"),
      nonce: bytesOf(nonce, "its nonce"),
      ciphertext: bytesOf(ciphertext, "its ciphertext"),
    };
    if (sealed.nonce.length !== NONCE_BYTES) throw new DocumentError(`its nonce is not ${NONCE_BYTES} bytes long`);
    return sealed;
  } catch (error) {
    if (error instanceof DocumentError) throw unreadableKey(`cannot be read: ${error.message}`);
    throw error;
  }
}

/**
 * RFC 7914, 2 and 6: N is a power of two below 2^(16 r); the memory is 128 r N bytes and 128 r (p + 2), the
 * work N r p.
 */
function toCost({ N: costN, r: costR, p: costP }: Record<string, Parameters<typeof countOf>[0]>): ScryptCost {
  const [N, r, p] = [countOf(costN, "scrypt's N"), countOf(costR, "scrypt's r"), countOf(costP, "scrypt's p")];
  const isPower = N > 1 && Number.isInteger(Math.log2(N));
  if (!isPower || r < 1 || p < 1 || Math.log2(N) >= 16 * r)
    throw new DocumentError("its scrypt parameters are not ones that exist");
  const bytes = 128 * r * Math.max(N, p + 2);
  if (bytes > SIGN_LIMITS.maxScryptBytes || N * r * p > SIGN_LIMITS.maxScryptWork) {
    throw new DocumentError("its scrypt parameters ask for more memory or time than any key of cosign's");
  }
  return { N, r, p };
}

function stretch(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  const maxmem = 2 * SIGN_LIMITS.maxScryptBytes;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { ...cost, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
