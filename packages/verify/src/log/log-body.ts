import { LIMITS, messageOf, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { decodeBase64 } from "../encoding/base64.ts";
import { array, bytes, hex, object, oneOf, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { HASH_SIZES, hashOutput } from "../keys/hash-output.ts";
import type { HashOutput } from "../keys/hash-output.ts";
import { KEY_DETAIL_NAMES } from "../keys/key-details.ts";
import type { KeyDetails } from "../keys/key-details.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { malformed, MalformedError } from "../encoding/malformed.ts";
import { decodePem } from "../encoding/pem.ts";

/** A digest that an entry records, of the signed bytes or of an envelope's payload. */
export interface LoggedDigest extends HashOutput {
  readonly of: "signed bytes" | "payload";
}

/** What a log entry says was signed, by what, and with which result. */
export interface LoggedSignature {
  readonly digest: LoggedDigest;
  readonly signature: Buffer;
  readonly signer: { readonly kind: "certificate" | "publicKey"; readonly der: Buffer };
  /** How the entry describes the key; only Rekor v2 does. */
  readonly keyDetails: KeyDetails | undefined;
  /** The payload, where the entry repeats it. */
  readonly payload?: Buffer | undefined;
}

const hexDigest: Field<HashOutput> = (value) => {
  const { algorithm, value: digest } = object({ algorithm: oneOf("sha256", "sha384", "sha512"), value: text })(value);
  return { hash: algorithm, value: hex(HASH_SIZES[algorithm])(digest) };
};

/** base64 of a PEM certificate or public key, as Rekor v1 keeps them. */
const pemSigner: Field<LoggedSignature["signer"]> = (value) => {
  const { label, der } = decodePem(bytes(value).toString("latin1"));
  if (label === "CERTIFICATE") return { kind: "certificate", der };
  return label === "PUBLIC KEY" ? { kind: "publicKey", der } : malformed(`names its signer by a PEM ${label}`);
};

/** base64 of base64, as the intoto kind keeps what was base64 in the envelope already. */
const twiceEncoded: Field<Buffer> = (value) => decodeBase64(bytes(value).toString("latin1"));

const rawBytes = object({ rawBytes: bytes });

const protoSignature: Field<Pick<LoggedSignature, "signature" | "signer" | "keyDetails">> = (value) => {
  const { content, verifier } = object({
    content: bytes,
    verifier: object({
      keyDetails: oneOf(...KEY_DETAIL_NAMES),
      x509Certificate: optional(rawBytes),
      publicKey: optional(rawBytes),
    }),
  })(value);
  const { x509Certificate: certificate, publicKey, keyDetails } = verifier;
  if (certificate !== undefined && publicKey === undefined) {
    return { signature: content, signer: { kind: "certificate", der: certificate.rawBytes }, keyDetails };
  }
  if (publicKey === undefined || certificate !== undefined) return malformed("must name one signer");
  return { signature: content, signer: { kind: "publicKey", der: publicKey.rawBytes }, keyDetails };
};

function only<T>(items: readonly T[]): T {
  const [item, ...more] = items;
  return item !== undefined && more.length === 0 ? item : malformed("must hold exactly one signature");
}

const hashedRekordV1: Field<LoggedSignature> = (value) => {
  const { data, signature } = object({
    data: object({ hash: hexDigest }),
    signature: object({ content: bytes, publicKey: object({ content: pemSigner }) }),
  })(value);
  const signer = signature.publicKey.content;
  return { digest: { of: "signed bytes", ...data.hash }, signature: signature.content, signer, keyDetails: undefined };
};

const hashedRekordV2: Field<LoggedSignature> = (value) => {
  const { hashedRekordV002: spec } = object({
    hashedRekordV002: object({ data: hashOutput, signature: protoSignature }),
  })(value);
  return { digest: { of: "signed bytes", ...spec.data }, ...spec.signature };
};

const dsseV1: Field<LoggedSignature> = (value) => {
  const { payloadHash, signatures } = object({
    envelopeHash: hexDigest,
    payloadHash: hexDigest,
    signatures: array(object({ signature: bytes, verifier: pemSigner }), VERIFY_LIMITS.maxLogEntries),
  })(value);
  const { signature, verifier } = only(signatures);
  return { digest: { of: "payload", ...payloadHash }, signature, signer: verifier, keyDetails: undefined };
};

const dsseV2: Field<LoggedSignature> = (value) => {
  const { dsseV002: spec } = object({
    dsseV002: object({ payloadHash: hashOutput, signatures: array(protoSignature, VERIFY_LIMITS.maxLogEntries) }),
  })(value);
  return { digest: { of: "payload", ...spec.payloadHash }, ...only(spec.signatures) };
};

const intotoV2: Field<LoggedSignature> = (value) => {
  const { content } = object({
    content: object({
      envelope: object({
        payload: optional(twiceEncoded),
        payloadType: text,
        signatures: array(
          object({ publicKey: pemSigner, sig: twiceEncoded, keyid: optional(text) }),
          VERIFY_LIMITS.maxLogEntries,
        ),
      }),
      hash: hexDigest,
      payloadHash: hexDigest,
    }),
  })(value);
  const { sig, publicKey } = only(content.envelope.signatures);
  const digest = { of: "payload", ...content.payloadHash } as const;
  return { digest, signature: sig, signer: publicKey, keyDetails: undefined, payload: content.envelope.payload };
};

/** The kinds of entry that say who signed; intoto 0.0.1 does not name the signature and proves nothing. */
const KINDS: ReadonlyMap<string, Field<LoggedSignature>> = new Map([
  ["hashedrekord 0.0.1", hashedRekordV1],
  ["hashedrekord 0.0.2", hashedRekordV2],
  ["dsse 0.0.1", dsseV1],
  ["dsse 0.0.2", dsseV2],
  ["intoto 0.0.2", intotoV2],
]);

/** Reads the body of an entry, whose own kind and version must be those that the bundle names. Throws MalformedError. */
export function parseLogBody(body: Uint8Array, kind: string, version: string): LoggedSignature {
  const spec =
    KINDS.get(`${kind} ${version}`) ?? malformed(`is of the kind ${kind} ${version}, which is not supported`);
  return object({ apiVersion: oneOf(version), kind: oneOf(kind), spec })(readJson(body)).spec;
}

function readJson(body: Uint8Array): JsonValue {
  try {
    return parseJson(body, { maxBytes: LIMITS.maxBundleBytes, code: "BUNDLE_INVALID", what: "its body" });
  } catch (thrown) {
    throw new MalformedError(`cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}
