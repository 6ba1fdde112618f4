import { envelopeBundle, hashedRekord, messageBundle, STATEMENT, entry } from "./bundles.ts";
import type { BundleJson } from "./bundles.ts";
import {
  alternativeNames,
  CODE_SIGNING,
  email,
  extendedKeyUsage,
  extension,
  issuerV1,
  issuerV2,
  keyUsage,
  spkiOf,
} from "./certificates.ts";
import type { KeyPair } from "./certificates.ts";
import { utf8 } from "./asn1.ts";
import { ARTIFACT, base64, ISSUER, keys, leaf, NOW, pem, sha256, signBytes, token } from "./world.ts";

export interface PersonSpec {
  readonly issuer?: string;
  readonly key?: KeyPair;
  /** Fulcio's claims by the last number of their OID. */
  readonly claims?: Readonly<Record<number, string>>;
}

/** A certificate of the world's authority for an e-mail address. */
export function certificateOf(
  identity: string,
  { issuer = ISSUER, key = keys.signer, claims = {} }: PersonSpec = {},
): Buffer {
  return leaf({
    key,
    extensions: [
      keyUsage(0),
      extendedKeyUsage(CODE_SIGNING),
      alternativeNames(email(identity)),
      issuerV1(issuer),
      issuerV2(issuer),
      ...Object.entries(claims).map(([number, value]) => extension(`1.3.6.1.4.1.57264.1.${number}`, utf8(value))),
    ],
  });
}

/** The artifact signed by someone with a certificate of the world's authority. */
export function signedBy(identity: string, spec: PersonSpec = {}): string {
  return JSON.stringify(messageBundle({ certificate: certificateOf(identity, spec), key: spec.key ?? keys.signer }));
}

/** A statement about the artifact, or about what is said, signed by someone. */
export function statedBy(identity: string, statement: object = {}, spec: PersonSpec = {}): string {
  return JSON.stringify(
    envelopeBundle({
      statement: { ...STATEMENT, ...statement },
      certificate: certificateOf(identity, spec),
      signature: (pae) => signBytes(pae, spec.key ?? keys.signer),
    }),
  );
}

export interface KeySpec {
  /** Times of timestamps, in milliseconds; none unless said. */
  readonly stampedAt?: readonly number[];
  /** Time of a log entry, in milliseconds. */
  readonly loggedAt?: number;
  readonly hint?: string;
}

/** The artifact signed with a bare key. */
export function signedWithKey(key: KeyPair, { stampedAt = [], loggedAt, hint }: KeySpec = {}): string {
  const signature = signBytes(ARTIFACT, key);
  const body = hashedRekord(sha256(ARTIFACT), signature, pem("PUBLIC KEY", spkiOf(key)));
  const bundle: BundleJson = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      publicKey: hint === undefined ? {} : { hint },
      tlogEntries: loggedAt === undefined ? [] : [entry({ body, integratedTime: loggedAt / 1000 })],
      timestampVerificationData: {
        rfc3161Timestamps: stampedAt.map((timeMs) => ({ signedTimestamp: base64(token(signature, { timeMs })) })),
      },
    },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: base64(sha256(ARTIFACT)) },
      signature: base64(signature),
    },
  };
  return JSON.stringify(bundle);
}

export const pemOf = (key: KeyPair): string => pem("PUBLIC KEY", spkiOf(key));
export const hintOf = (key: KeyPair): string => sha256(spkiOf(key)).toString("base64");
/** A moment so many minutes after the world's. */
export const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
