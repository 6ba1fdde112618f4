import { createHash, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { FormatError } from "@policy-pack/pack";
import { sequenceOf, readDer } from "../encoding/der.ts";
import { readBitString } from "../encoding/der-values.ts";
import { malformed, reading } from "../encoding/malformed.ts";
import { decodePem } from "../encoding/pem.ts";

export type KeyKind = "P-256" | "P-384" | "P-521" | "RSA" | "Ed25519";

/** A public key that signatures may be checked with. */
export interface PublicKey {
  readonly kind: KeyKind;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo in DER: the form in which keys are compared. */
  readonly spki: Buffer;
  /** base64(SHA-256(spki)): how a bundle names the key that signed it. */
  readonly hint: string;
}

/** SubjectPublicKeyInfo up to the coordinates of an uncompressed point (RFC 5480, 2.1.1 and 2.2; RFC 8410, 4). */
const USUAL_KEYS = [
  { kind: "P-256", size: 32, head: "3059301306072a8648ce3d020106082a8648ce3d03010703420004" },
  { kind: "P-384", size: 48, head: "3076301006072a8648ce3d020106052b8104002203620004" },
  { kind: "P-521", size: 66, head: "30819b301006072a8648ce3d020106052b810400230381860004" },
  { kind: "Ed25519", size: 32, head: "302a300506032b6570032100" },
] as const;
const MIN_RSA_BITS = 2048;
/** Larger keys buy no safety and let a bundle choose how long a check takes. */
const MAX_RSA_BITS = 8192;

/**
 * Reads a PEM public key: P-256, P-384, P-521, Ed25519, or RSA of 2048 to 8192 bits.
 * @throws FormatError INPUT_INVALID
 */
export function parsePublicKey(pem: string): PublicKey {
  return reading(
    () => {
      const { label, der } = decodePem(pem);
      if (label !== "PUBLIC KEY") malformed(`is a PEM ${label}, not a PUBLIC KEY`);
      return toPublicKey(der);
    },
    (reason, cause) =>
      new FormatError(
        "INPUT_INVALID",
        `The public key cannot be used (${reason}); give a PEM file that begins "BEGIN PUBLIC KEY".`,
        {
          cause,
        },
      ),
  );
}

/** The key of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) in DER. Throws MalformedError or what OpenSSL says. */
export function toPublicKey(spki: Uint8Array): PublicKey {
  const der = Buffer.from(spki);
  const hint = createHash("sha256").update(der).digest("base64");
  return { ...(readUsualKey(der) ?? readAnyKey(der)), spki: der, hint };
}

/** The usual form of the usual keys, by its bytes: OpenSSL's decoders take ten times as long. It still checks the point. */
function readUsualKey(der: Buffer): Pick<PublicKey, "kind" | "key"> | undefined {
  const row = USUAL_KEYS.find(({ kind, head, size }) => {
    const headSize = head.length / 2;
    const pointSize = kind === "Ed25519" ? size : 2 * size;
    return der.length === headSize + pointSize && der.toString("hex", 0, headSize) === head;
  });
  if (row === undefined) return undefined;
  const { kind, size } = row;
  const last = der.toString("base64url", der.length - size);
  if (kind === "Ed25519")
    return { kind, key: createPublicKey({ key: { kty: "OKP", crv: kind, x: last }, format: "jwk" }) };
  const x = der.toString("base64url", der.length - 2 * size, der.length - size);
  return { kind, key: createPublicKey({ key: { kty: "EC", crv: kind, x, y: last }, format: "jwk" }) };
}

function readAnyKey(der: Buffer): Pick<PublicKey, "kind" | "key"> {
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  const kind = kindOf(key);
  // OpenSSL reads more than one encoding of a key; keys are compared by their bytes, so only its own is taken.
  if (!key.export({ format: "der", type: "spki" }).equals(der)) malformed("is a key in an unusual encoding");
  return { kind, key };
}

/** The key of an RSAPublicKey (RFC 8017, A.1.1), as old trusted roots still hold for retired logs. */
export function toPublicKeyFromPkcs1(pkcs1: Uint8Array): PublicKey {
  const key = createPublicKey({ key: Buffer.from(pkcs1), format: "der", type: "pkcs1" });
  return toPublicKey(key.export({ format: "der", type: "spki" }));
}

/** The bytes of the key itself: an uncompressed point, or an RSAPublicKey. */
export function rawKeyOf(key: PublicKey): Buffer {
  return readBitString(sequenceOf(readDer(key.spki))[1]);
}

/** A point in another form, such as compressed, would make two keys of one: counted twice, and denied in one form only. */
function kindOf({ asymmetricKeyDetails: details, asymmetricKeyType: type }: KeyObject): KeyKind {
  if (type === "ec") return malformed("is on a curve, or has its point in a form, that is not supported");
  if (type !== "rsa") return malformed("is of a kind that is not supported; use P-256, P-384, P-521, RSA or Ed25519");
  const bits = details?.modulusLength ?? 0;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) malformed(`is an RSA key of ${bits} bits; 2048 to 8192 are read`);
  return "RSA";
}
