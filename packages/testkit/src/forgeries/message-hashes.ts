import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { entry, hashedRekord, messageBundle } from "../forge/bundles.ts";
import type { BundleJson } from "../forge/bundles.ts";
import { keyPair } from "../forge/certificates.ts";
import type { KeyPair } from "../forge/certificates.ts";
import { ARTIFACT, keys, leaf, pem } from "../forge/world.ts";
import { bentBundle, forgeryGroup } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const made = new Map<string, KeyPair>();
const keyOf = (kind: "P-256" | "P-384" | "P-521" | "RSA" | "Ed25519"): KeyPair => {
  const known = made.get(kind) ?? makeKey(kind);
  made.set(kind, known);
  return known;
};

function makeKey(kind: string): KeyPair {
  if (kind === "P-256") return keys.signer;
  if (kind === "RSA") return generateKeyPairSync("rsa", { modulusLength: 2048 });
  return kind === "Ed25519" ? generateKeyPairSync("ed25519") : keyPair(kind);
}

const digestOf = (algorithm: string, digest: Buffer): BundleJson =>
  bentBundle(({ messageSignature }) => {
    if (messageSignature !== undefined)
      messageSignature.messageDigest = { algorithm, digest: digest.toString("base64") };
  });

const hashed = (algorithm: string): Buffer => createHash(algorithm).update(ARTIFACT).digest();

type Hash = "sha256" | "sha384" | "sha512";

/** By a certificate for the key, through the hash that the bundle names, logged by one and signed over one. */
const through = (
  kind: Parameters<typeof keyOf>[0],
  named: Hash,
  { logged = named, signed = named }: { logged?: Hash; signed?: Hash | null } = {},
): Trial => ({
  bundle: messageBundle({
    certificate: leaf({ key: keyOf(kind) }),
    hash: named,
    signature: (bytes) => sign(signed, bytes, keyOf(kind).privateKey),
    entries: (signature, certificate) => [
      entry({ body: hashedRekord(hashed(logged), signature, pem("CERTIFICATE", certificate), logged) }),
    ],
  }),
});

/** A message is signed through the hash that its bundle names, which must be SHA-256 or the curve's own. */
export const messageHashForgeries = forgeryGroup("the hash of a message", [
  [
    "a message digest that calls itself SHA-512",
    "BUNDLE_INVALID",
    "the name does not fit its bytes",
    () => ({ bundle: digestOf("SHA2_512", hashed("sha256")) }),
  ],
  [
    "a message by P-384 through SHA-384",
    "accepted",
    "what cosign signs for certificates of such keys",
    () => through("P-384", "sha384"),
    "INPUT_INVALID",
  ],
  [
    "a message by P-521 through SHA-512",
    "accepted",
    "what cosign signs for certificates of such keys",
    () => through("P-521", "sha512"),
    "INPUT_INVALID",
  ],
  [
    "a message by P-256 through SHA-384",
    "SIGNATURE_INVALID",
    "the hash is not the curve's",
    () => through("P-256", "sha384"),
    "INPUT_INVALID",
  ],
  [
    "a message by P-256 through SHA-512",
    "SIGNATURE_INVALID",
    "the hash is not the curve's",
    () => through("P-256", "sha512"),
    "INPUT_INVALID",
  ],
  [
    "a message by P-384 through SHA-512",
    "SIGNATURE_INVALID",
    "the hash is not the curve's",
    () => through("P-384", "sha512"),
    "INPUT_INVALID",
  ],
  [
    "a message by P-521 through SHA-384",
    "SIGNATURE_INVALID",
    "the hash is not the curve's",
    () => through("P-521", "sha384"),
    "INPUT_INVALID",
  ],
  [
    "a message by RSA through SHA-512",
    "SIGNATURE_INVALID",
    "Sigstore's RSA keys sign SHA-256",
    () => through("RSA", "sha512"),
    "INPUT_INVALID",
  ],
  [
    "a message by Ed25519 through SHA-512",
    "SIGNATURE_INVALID",
    "Ed25519ph is another algorithm",
    () => through("Ed25519", "sha512", { signed: null }),
    "INPUT_INVALID",
  ],
  [
    "a message by P-384 through SHA-384, signed over SHA-256",
    "SIGNATURE_INVALID",
    "the bundle names the hash",
    () => through("P-384", "sha384", { signed: "sha256" }),
    "INPUT_INVALID",
  ],
  [
    "a message by P-384 through SHA-256, signed over SHA-384",
    "SIGNATURE_INVALID",
    "the bundle names the hash",
    () => through("P-384", "sha256", { signed: "sha384" }),
  ],
  [
    "a message by P-384 through SHA-384, logged by SHA-256",
    "LOG_ENTRY_INVALID",
    "bundle and log entry name the same hash",
    () => through("P-384", "sha384", { logged: "sha256" }),
    "INPUT_INVALID",
  ],
  [
    "a message by P-384 through SHA-256, logged by SHA-384",
    "LOG_ENTRY_INVALID",
    "bundle and log entry name the same hash",
    () => through("P-384", "sha256", { logged: "sha384" }),
  ],
  [
    "a message digest by SHA-512 where SHA-256 was signed",
    "LOG_ENTRY_INVALID",
    "bundle and log entry name the same hash",
    () => ({ bundle: digestOf("SHA2_512", hashed("sha512")) }),
    "INPUT_INVALID",
  ],
  [
    "a message digest by SHA-384 of something else",
    "DIGEST_MISMATCH",
    "the artifact has another",
    () => ({ bundle: digestOf("SHA2_384", Buffer.alloc(48)) }),
    "INPUT_INVALID",
  ],
  [
    "a message digest by SHA-384 that calls itself SHA-512",
    "BUNDLE_INVALID",
    "the name does not fit its bytes",
    () => ({ bundle: digestOf("SHA2_512", hashed("sha384")) }),
  ],
  [
    "a message digest by SHA-512 that calls itself SHA-256",
    "BUNDLE_INVALID",
    "the bytes are too many",
    () => ({ bundle: digestOf("SHA2_256", hashed("sha512")) }),
  ],
  [
    "a message digest of no algorithm",
    "BUNDLE_INVALID",
    "the unspecified hash is none",
    () => ({ bundle: digestOf("HASH_ALGORITHM_UNSPECIFIED", hashed("sha256")) }),
  ],
]);
