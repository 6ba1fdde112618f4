import { entry, envelopeBundle, hashedRekord, STATEMENT } from "../forge/bundles.ts";
import type { BundleJson } from "../forge/bundles.ts";
import { spkiOf } from "../forge/certificates.ts";
import { ARTIFACT, keys, pem, sha256, signBytes } from "../forge/world.ts";
import { bareKeyEnvelope, bentBundle, dsseV1Body, dsseV2Body, forgeryGroup, v2Entry } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const INVALID = "STATEMENT_INVALID";
const PAYLOAD = JSON.stringify(STATEMENT);
const policy = { signers: [{ publicKey: pem("PUBLIC KEY", spkiOf(keys.signer)) }] };

/** An envelope that was changed after it was signed. */
const bent =
  (change: (envelope: NonNullable<BundleJson["dsseEnvelope"]>) => void): (() => Trial) =>
  () => ({
    bundle: bentBundle(({ dsseEnvelope }) => {
      if (dsseEnvelope !== undefined) change(dsseEnvelope);
    }, envelopeBundle()),
  });

const accept =
  (bundle: () => BundleJson): (() => Trial) =>
  () => ({ bundle: bundle() });

/** DSSE v1: type and payload are signed together, byte by byte. */
export const envelopeForgeries = forgeryGroup("envelopes", [
  [
    "as a dsse entry of Rekor v1",
    "accepted",
    "what older clients log",
    accept(() =>
      envelopeBundle({
        entries: (signature, certificate, payload) => [
          entry({ kind: "dsse", body: dsseV1Body(payload, signature, certificate) }),
        ],
      }),
    ),
  ],
  [
    "as a dsse entry of Rekor v2",
    "accepted",
    "what @sigstore/sign logs",
    accept(() =>
      envelopeBundle({
        entries: (signature, certificate, payload) => [v2Entry(dsseV2Body(payload, signature, certificate), "dsse")],
      }),
    ),
  ],
  [
    "by a key, without log and time",
    "accepted",
    "a key that the caller gives needs neither",
    () => ({ bundle: bareKeyEnvelope(), policy }),
  ],
  [
    "with its signature twice",
    "BUNDLE_INVALID",
    "whose of them counts would be the reader's choice",
    bent((envelope) => {
      envelope.signatures.push(...envelope.signatures);
    }),
  ],
  [
    "with a second signature of someone else",
    "BUNDLE_INVALID",
    "whose of them counts would be the reader's choice",
    bent((envelope) => {
      envelope.signatures.push({ sig: "AAAA" });
    }),
  ],
  [
    "without a signature",
    "BUNDLE_INVALID",
    "nobody signed it",
    bent((envelope) => {
      envelope.signatures = [];
    }),
  ],
  [
    "with another payload type than was signed",
    INVALID,
    "the type says how the payload is read",
    bent((envelope) => {
      envelope.payloadType = "application/json";
    }),
  ],
  [
    "of another payload type, honestly signed",
    INVALID,
    "only in-toto statements say something about an artifact",
    () => ({ bundle: envelopeBundle({ payloadType: "application/vnd.example+json" }) }),
  ],
  [
    "with the payload type in upper case",
    INVALID,
    "names are compared exactly",
    bent((envelope) => {
      envelope.payloadType = envelope.payloadType.toUpperCase();
    }),
  ],
  [
    "with an empty payload type",
    INVALID,
    "nobody could say what it is",
    bent((envelope) => {
      envelope.payloadType = "";
    }),
  ],
  [
    "with an empty payload",
    "BUNDLE_INVALID",
    "it says nothing",
    bent((envelope) => {
      envelope.payload = "";
    }),
  ],
  [
    "with the keyid of a stranger",
    "KEY_MISMATCH",
    "it is not signed, and names another key than the one that did",
    bent((envelope) => {
      envelope.signatures.forEach((one) => {
        one.keyid = "SHA256:someone";
      });
    }),
  ],
  [
    "with a keyid beside a certificate",
    "KEY_MISMATCH",
    "cosign refuses it too",
    bent((envelope) => {
      envelope.signatures.forEach((one) => {
        one.keyid = sha256(spkiOf(keys.signer)).toString("base64");
      });
    }),
  ],
  [
    "with the keyid of its key",
    "accepted",
    "it repeats what is proven",
    () => ({
      bundle: bentBundle(({ dsseEnvelope }) => {
        dsseEnvelope?.signatures.forEach((one) => {
          one.keyid = sha256(spkiOf(keys.signer)).toString("base64");
        });
      }, bareKeyEnvelope()),
      policy,
    }),
  ],
  [
    "with an empty keyid",
    "accepted",
    "it says nothing",
    bent((envelope) => {
      envelope.signatures.forEach((one) => {
        one.keyid = "";
      });
    }),
  ],
  [
    "signed over the payload alone",
    "SIGNATURE_INVALID",
    "without the type a payload means anything",
    () => ({ bundle: bareKeyEnvelope(() => signBytes(Buffer.from(PAYLOAD))), policy }),
  ],
  [
    "signed over the artifact",
    "SIGNATURE_INVALID",
    "a signature of the artifact is no statement about it",
    () => ({ bundle: bareKeyEnvelope(() => signBytes(ARTIFACT)), policy }),
  ],
  [
    "with the payload in another spelling",
    "LOG_ENTRY_INVALID",
    "the payload is signed byte by byte",
    bent((envelope) => {
      envelope.payload = Buffer.from(JSON.stringify(STATEMENT, null, 1)).toString("base64");
    }),
  ],
  [
    "logged by the artifact's digest",
    "LOG_ENTRY_INVALID",
    "the entry is about a signature of the artifact itself",
    () => ({
      bundle: envelopeBundle({
        entries: (signature, certificate) => [
          entry({ body: hashedRekord(sha256(ARTIFACT), signature, pem("CERTIFICATE", certificate)) }),
        ],
      }),
    }),
  ],
  [
    "logged with another's payload hash",
    "LOG_ENTRY_INVALID",
    "the entry is about another statement",
    () => ({
      bundle: envelopeBundle({
        entries: (signature, certificate) => [
          entry({ kind: "dsse", body: dsseV1Body(Buffer.from("another"), signature, certificate) }),
        ],
      }),
    }),
  ],
]);
