import { FormatError, LIMITS, parseJson } from "@policy-pack/pack";
import { parseCertificate } from "./certificates/certificate.ts";
import type { Certificate } from "./certificates/certificate.ts";
import { array, bytes, object, oneOf, optional, text, timestamp } from "./encoding/fields.ts";
import type { Field } from "./encoding/fields.ts";
import { isKeyDetails, KEY_DETAIL_NAMES, toDescribedKey, UNSUPPORTED_KEYS } from "./keys/key-details.ts";
import { VERIFY_LIMITS } from "./limits.ts";
import { malformed, reading } from "./encoding/malformed.ts";
import type { PublicKey } from "./keys/public-key.ts";
import type { Window } from "./time/window.ts";

/** A transparency log or certificate transparency log: its key, and when entries under that key are believed. */
export interface LogAuthority {
  readonly name: string;
  readonly logId: Buffer;
  /** The first four bytes of what names the key in a signed note. */
  readonly keyHint: Buffer;
  readonly publicKey: PublicKey;
  readonly validFor: Window;
  /** Who runs it, if the root says so: what one operator runs is one witness. */
  readonly operator?: string | undefined;
}

/** A certificate or timestamp authority; the last certificate is its anchor. */
export interface CertificateAuthority {
  readonly name: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: Window;
  /** Who runs it, if the root says so: what one operator runs is one witness. */
  readonly operator?: string | undefined;
}

/** Whom a verifier believes. It must come from a place that the verifier trusts: nothing in it is signed. */
export interface TrustedRoot {
  readonly certificateAuthorities: readonly CertificateAuthority[];
  readonly timestampAuthorities: readonly CertificateAuthority[];
  readonly logs: readonly LogAuthority[];
  readonly ctLogs: readonly LogAuthority[];
}

const MEDIA_TYPES = [
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json",
] as const;

/** Without a start a key would be believed since ever, so it is required everywhere. */
const validFor: Field<Window> = object({ start: timestamp, end: optional(timestamp) });
const keyId = object({ keyId: bytes });

const logFields = object({
  baseUrl: optional(text),
  hashAlgorithm: oneOf("SHA2_256"),
  publicKey: object({ rawBytes: bytes, keyDetails: oneOf(...KEY_DETAIL_NAMES, ...UNSUPPORTED_KEYS), validFor }),
  logId: keyId,
  checkpointKeyId: optional(keyId),
  operator: optional(text),
});

const authorityFields = object({
  subject: optional(object({ organization: optional(text), commonName: optional(text) })),
  uri: optional(text),
  certChain: object({ certificates: array(object({ rawBytes: bytes }), VERIFY_LIMITS.maxCertificates) }),
  validFor,
  operator: optional(text),
});

/** Nothing for a log whose key cannot be used: roots may list such logs early, and no entry of theirs will verify. */
const log: Field<readonly LogAuthority[]> = (value) => {
  const { baseUrl, publicKey, logId, checkpointKeyId, operator } = logFields(value);
  const { keyDetails } = publicKey;
  if (!isKeyDetails(keyDetails)) return [];
  const key = toDescribedKey(publicKey.rawBytes, keyDetails);
  const noteId = checkpointKeyId?.keyId ?? logId.keyId;
  if (noteId.length < 4) malformed("has a key id shorter than 4 bytes");
  const name = baseUrl ?? "";
  const { validFor: window } = publicKey;
  return [{ name, logId: logId.keyId, keyHint: noteId.subarray(0, 4), publicKey: key, validFor: window, operator }];
};

const authority: Field<CertificateAuthority> = (value) => {
  const { uri, certChain, validFor: window, operator } = authorityFields(value);
  const certificates = certChain.certificates.map(({ rawBytes }) => parseCertificate(rawBytes));
  if (certificates.length === 0) malformed("has no certificates");
  return { name: uri ?? "", certificates, validFor: window, operator };
};

const trustedRoot = object({
  mediaType: oneOf(...MEDIA_TYPES),
  tlogs: array(log, VERIFY_LIMITS.maxAuthorities),
  certificateAuthorities: array(authority, VERIFY_LIMITS.maxAuthorities),
  ctlogs: array(log, VERIFY_LIMITS.maxAuthorities),
  timestampAuthorities: array(authority, VERIFY_LIMITS.maxAuthorities),
});

/**
 * Reads a Sigstore `trusted_root.json` (v0.1 and v0.2, at most 1 MiB). Unknown fields, keys that are not what they say
 * and keys or authorities without a validity start are refused. That it is the right root is for the caller to know.
 * @throws FormatError TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED
 */
export function parseTrustedRoot(source: string | Uint8Array): TrustedRoot {
  const json = parseJson(source, {
    maxBytes: LIMITS.maxTrustedRootBytes,
    code: "TRUSTED_ROOT_INVALID",
    what: "The trusted root",
  });
  const root = reading(
    () => trustedRoot(json),
    (reason, cause) =>
      new FormatError(
        "TRUSTED_ROOT_INVALID",
        `The trusted root cannot be used: ${reason}. Fetch it again from whoever runs the Sigstore instance.`,
        { cause },
      ),
  );
  return Object.freeze({
    certificateAuthorities: root.certificateAuthorities,
    timestampAuthorities: root.timestampAuthorities,
    logs: root.tlogs.flat(),
    ctLogs: root.ctlogs.flat(),
  });
}
