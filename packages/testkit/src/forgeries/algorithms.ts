import { constants, createHash, generateKeyPairSync, sign } from "node:crypto";
import { messageBundle } from "../forge/bundles.ts";
import { keyPair, spkiOf } from "../forge/certificates.ts";
import type { KeyPair } from "../forge/certificates.ts";
import { ARTIFACT, keys, leaf, pem } from "../forge/world.ts";
import { bareKeyBundle, bareKeyEnvelope, bentRoot, certified, forgeryGroup, rekorV2Bundle } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const made = new Map<string, KeyPair>();

/** Made at its first use and kept: RSA keys take long. */
function keyOf(kind: string, make: () => KeyPair): KeyPair {
  const known = made.get(kind) ?? make();
  made.set(kind, known);
  return known;
}

const rsa = (bits = 2048): KeyPair => keyOf(`rsa ${bits}`, () => generateKeyPairSync("rsa", { modulusLength: bits }));
const pssOnly = (): KeyPair => keyOf("rsa-pss", () => generateKeyPairSync("rsa-pss", { modulusLength: 2048 }));
const ed25519 = (): KeyPair => keyOf("ed25519", () => generateKeyPairSync("ed25519"));
const curve = (name: string): KeyPair => keyOf(name, () => keyPair(name));

/** A bundle that names the key alone, checked with it; nothing but the signature is left to decide. */
function byKey(
  key: KeyPair,
  signature: (bytes: Uint8Array) => Buffer,
  content: "message" | "envelope" = "message",
): Trial {
  const bundle = content === "message" ? bareKeyBundle(signature(ARTIFACT)) : bareKeyEnvelope(signature);
  return { bundle, policy: { signers: [{ publicKey: pem("PUBLIC KEY", spkiOf(key)) }] } };
}

const by =
  (key: () => KeyPair, hash: string | null, content?: "message" | "envelope"): (() => Trial) =>
  () =>
    byKey(key(), (bytes) => sign(hash, bytes, key().privateKey), content);

const pss = (bytes: Uint8Array): Buffer =>
  sign("sha256", bytes, { key: rsa().privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });

/** PKCS #1 v1.5 over bytes that are padded as for another hash than they were made with. */
const mislabelled = (bytes: Uint8Array): Buffer => sign("sha384", bytes, rsa().privateKey);

const p1363 = (bytes: Uint8Array): Buffer =>
  sign("sha256", bytes, { key: keys.signer.privateKey, dsaEncoding: "ieee-p1363" });

/** Rekor v2 says which algorithm a key uses. */
const described =
  (keyDetails: string): (() => Trial) =>
  () => ({ bundle: rekorV2Bundle({ keyDetails }) });

const withRootKey =
  (keyDetails: string): (() => Trial) =>
  () => ({
    root: bentRoot(({ tlogs }) => {
      tlogs.forEach(({ publicKey }) => {
        publicKey.keyDetails = keyDetails;
      });
    }),
  });

const hashed = (algorithm: string): Buffer => createHash(algorithm).update(ARTIFACT).digest();

const signedBy = (key: KeyPair, hash: string | null = "sha256"): Trial => ({
  bundle: messageBundle({ certificate: leaf({ key }), signature: (bytes) => sign(hash, bytes, key.privateKey) }),
});

const P256 = (): KeyPair => keys.signer;

/** A signature means something only together with its key's kind, its hash and its encoding. */
export const algorithmForgeries = forgeryGroup("algorithms", [
  ["RSA PKCS #1 v1.5", "accepted", "what RSA keys of Sigstore do", by(rsa, "sha256")],
  [
    "P-384 with SHA-256",
    "accepted",
    "messages are signed through the digest that the bundle names",
    by(() => curve("P-384"), "sha256"),
  ],
  [
    "P-521 with SHA-256",
    "accepted",
    "messages are signed through the digest that the bundle names",
    by(() => curve("P-521"), "sha256"),
  ],
  [
    "a statement by P-384 with SHA-384",
    "accepted",
    "DSSE leaves the hash to the key",
    by(() => curve("P-384"), "sha384", "envelope"),
  ],
  [
    "a statement by P-521 with SHA-512",
    "accepted",
    "DSSE leaves the hash to the key",
    by(() => curve("P-521"), "sha512", "envelope"),
  ],
  ["a statement by Ed25519", "accepted", "what cosign's Ed25519 keys do", by(ed25519, null, "envelope")],
  [
    "an Ed25519 message",
    "accepted",
    "it is over the bytes themselves, so that the digest alone cannot tell",
    by(ed25519, null),
    "INPUT_INVALID",
  ],
  [
    "RSASSA-PSS in place of PKCS #1 v1.5",
    "SIGNATURE_INVALID",
    "the padding is part of the algorithm",
    () => byKey(rsa(), pss),
  ],
  ["a key for RSASSA-PSS alone", "CONFIG_INVALID", "such keys are not read", () => byKey(pssOnly(), pss)],
  [
    "RSA over SHA-384 where SHA-256 is said",
    "SIGNATURE_INVALID",
    "the hash stands in the padded block",
    () => byKey(rsa(), mislabelled),
  ],
  ["RSA of 1024 bits", "CONFIG_INVALID", "too short to prove anything", by(() => rsa(1024), "sha256")],
  ["a key on secp256k1", "CONFIG_INVALID", "the curve is in nobody's list", by(() => curve("secp256k1"), "sha256")],
  [
    "P-256 over SHA-384",
    "SIGNATURE_INVALID",
    "messages are signed through the digest that the bundle names",
    by(P256, "sha384"),
  ],
  [
    "a statement by P-256 over SHA-384",
    "SIGNATURE_INVALID",
    "neither SHA-256 nor the curve's own hash",
    by(P256, "sha384", "envelope"),
  ],
  [
    "an Ed25519 signature over the digest",
    "SIGNATURE_INVALID",
    "that is neither Ed25519 nor Ed25519ph",
    () => byKey(ed25519(), () => sign(null, hashed("sha256"), ed25519().privateKey)),
    "INPUT_INVALID",
  ],
  [
    "an Ed25519 signature over the SHA-512 digest",
    "SIGNATURE_INVALID",
    "Ed25519ph is another algorithm",
    () => byKey(ed25519(), () => sign(null, hashed("sha512"), ed25519().privateKey)),
    "INPUT_INVALID",
  ],
  [
    "ECDSA as two plain numbers (IEEE P1363)",
    "SIGNATURE_INVALID",
    "Sigstore's ECDSA signatures are DER",
    () => byKey(keys.signer, p1363),
  ],
  [
    "ECDSA over the digest's digest",
    "SIGNATURE_INVALID",
    "hashed once too often",
    () => byKey(keys.signer, () => sign("sha256", hashed("sha256"), keys.signer.privateKey)),
  ],
  [
    "a P-256 key that calls itself P-384",
    "LOG_ENTRY_INVALID",
    "the log entry lies about the key",
    described("PKIX_ECDSA_P384_SHA_384"),
  ],
  [
    "a P-256 key that calls itself RSA",
    "LOG_ENTRY_INVALID",
    "the log entry lies about the key",
    described("PKIX_RSA_PKCS1V15_2048_SHA256"),
  ],
  [
    "a P-256 key that calls itself Ed25519",
    "LOG_ENTRY_INVALID",
    "the log entry lies about the key",
    described("PKIX_ED25519"),
  ],
  [
    "a key of no description",
    "LOG_ENTRY_INVALID",
    "the log entry must say which algorithm it means",
    described("PUBLIC_KEY_DETAILS_UNSPECIFIED"),
  ],
  [
    "a P-256 log key that calls itself P-521",
    "TRUSTED_ROOT_INVALID",
    "a lie about an algorithm is not a detail",
    withRootKey("PKIX_ECDSA_P521_SHA_512"),
  ],
  [
    "a P-256 log key that calls itself Ed25519",
    "TRUSTED_ROOT_INVALID",
    "a lie about an algorithm is not a detail",
    withRootKey("PKIX_ED25519"),
  ],
  [
    "a log key of a kind that is not supported",
    "LOG_ENTRY_INVALID",
    "such logs are left out, and so vouch for nothing",
    withRootKey("PKIX_ED25519_PH"),
  ],
  [
    "a certificate whose key is on secp256k1",
    "CERTIFICATE_INVALID",
    "the curve is in nobody's list",
    () => certified({ key: curve("secp256k1") }),
  ],
  [
    "a certificate whose key is RSA of 1024 bits",
    "CERTIFICATE_INVALID",
    "too short to prove anything",
    () => certified({ key: rsa(1024) }),
  ],
  ["a certificate with an RSA key", "accepted", "Fulcio certifies them too", () => signedBy(rsa())],
  [
    "a certificate with a P-384 key, by SHA-256",
    "accepted",
    "messages are signed through the digest that the bundle names",
    () => signedBy(curve("P-384")),
  ],
  [
    "a certificate signed by SHA-1",
    "CERTIFICATE_INVALID",
    "SHA-1 is not among the algorithms",
    () => certified({ algorithm: "1.2.840.10045.4.1" }),
  ],
  [
    "a certificate that says RSA and is signed by ECDSA",
    "CERTIFICATE_INVALID",
    "the issuer's key cannot do that",
    () => certified({ algorithm: "1.2.840.113549.1.1.11" }),
  ],
  [
    "a certificate that says SHA-384 and is signed over SHA-256",
    "CERTIFICATE_INVALID",
    "the signature is over another hash",
    () => certified({ algorithm: "1.2.840.10045.4.3.3" }),
  ],
  [
    "a certificate that names two algorithms",
    "CERTIFICATE_INVALID",
    "only one of the two names is signed",
    () => certified({ outerAlgorithm: "1.2.840.10045.4.3.3" }),
  ],
]);
