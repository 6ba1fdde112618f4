import { entry, envelopeBundle, hashedRekord, messageBundle, STATEMENT } from "../forge/bundles.ts";
import { spkiOf } from "../forge/certificates.ts";
import { ARTIFACT, iso, keys, leaf, NOW, pem, sha256, YEAR } from "../forge/world.ts";
import { bareKeyBundle, bentBundle, bentEntry, bentRoot, certified, forgeryGroup, rekorV2Bundle } from "./forgery.ts";
import { email, alternativeNames } from "../forge/certificates.ts";
import { IDENTITY, leafExtensions } from "../forge/world.ts";

const LOG = "LOG_ENTRY_INVALID";
const other = (): Buffer => leaf({ serial: 99 });
const keyPem = pem("PUBLIC KEY", spkiOf(keys.other));

/** What Sigstore's own JavaScript library (`@sigstore/verify` 4) accepts without a word, or answers with a bare error. */
export const knownForgeries = forgeryGroup("what plain @sigstore/verify accepts", [
  [
    "a v1 entry that names another certificate",
    LOG,
    "the entry is about someone else's signature",
    () => ({
      bundle: messageBundle({
        entries: (signature) => [
          entry({ body: hashedRekord(sha256(ARTIFACT), signature, pem("CERTIFICATE", other())) }),
        ],
      }),
    }),
  ],
  [
    "a v2 entry that names another certificate",
    LOG,
    "the entry is about someone else's signature",
    () => {
      const made = rekorV2Bundle({ certificate: leaf() });
      return {
        bundle: bentBundle(({ verificationMaterial }) => {
          verificationMaterial.certificate = { rawBytes: other().toString("base64") };
        }, made),
      };
    },
  ],
  [
    "an entry that names a key",
    LOG,
    "the entry is about someone else's signature",
    () => ({
      bundle: messageBundle({
        entries: (signature) => [entry({ body: hashedRekord(sha256(ARTIFACT), signature, keyPem) })],
      }),
    }),
  ],
  [
    "a message digest that is not the artifact's, without a log entry",
    "DIGEST_MISMATCH",
    "the bundle is over something else",
    () => ({
      bundle: bentBundle(({ messageSignature }) => {
        if (messageSignature !== undefined)
          messageSignature.messageDigest.digest = sha256(Buffer.from("x")).toString("base64");
      }, bareKeyBundle()),
      policy: { signers: [{ publicKey: pem("PUBLIC KEY", spkiOf(keys.signer)) }] },
    }),
  ],
  [
    "an identity that only matches as a pattern",
    "IDENTITY_MISMATCH",
    "an identity is compared whole, never as a pattern",
    () => certified({ extensions: leafExtensions.with(2, alternativeNames(email(`${IDENTITY}-evil`))) }),
  ],
  [
    "a statement about another artifact",
    "SUBJECT_MISMATCH",
    "the artifact is not ignored",
    () => ({
      bundle: envelopeBundle({
        statement: { ...STATEMENT, subject: [{ name: "other", digest: { sha256: "0".repeat(64) } }] },
      }),
    }),
  ],
  [
    "a payload that is no statement",
    "STATEMENT_INVALID",
    "it says nothing about an artifact",
    () => ({ bundle: envelopeBundle({ statement: Buffer.from("anything") }) }),
  ],
  [
    "an index that is not the proof's",
    LOG,
    "an index that nothing signs is refused",
    () => ({
      bundle: bentEntry((json) => {
        json.logIndex = "5";
      }, rekorV2Bundle()),
    }),
  ],
  [
    "a log key without a start",
    "TRUSTED_ROOT_INVALID",
    "it would be believed since ever",
    () => ({
      root: bentRoot(({ tlogs }) => {
        tlogs.forEach(({ publicKey }) => {
          delete publicKey.validFor.start;
        });
      }),
    }),
  ],
  [
    "an unknown field",
    "BUNDLE_INVALID",
    "what nobody looks at must not travel along",
    () => ({ bundle: bentBundle((bundle) => Object.assign(bundle, { remark: "fine" })) }),
  ],
  [
    "a key description that lies",
    LOG,
    "a lie about an algorithm is not a detail",
    () => ({ bundle: rekorV2Bundle({ keyDetails: "PKIX_ED25519" }) }),
  ],
  [
    "a Rekor v2 key outside its window",
    LOG,
    "cosign accepts this too",
    () => ({
      bundle: rekorV2Bundle(),
      root: bentRoot(({ tlogs }) => {
        tlogs.forEach(({ publicKey }) => {
          publicKey.validFor = { start: iso(NOW - YEAR), end: iso(NOW - 1) };
        });
      }),
    }),
  ],
  [
    "a media type with something behind it",
    "BUNDLE_INVALID",
    "its pattern has no end",
    () => ({
      bundle: bentBundle((bundle) => {
        bundle.mediaType += "; anything";
      }),
    }),
  ],
  [
    "no checkpoint",
    "BUNDLE_INVALID",
    "a bare TypeError elsewhere",
    () => ({ bundle: bentEntry(({ inclusionProof }) => delete inclusionProof?.checkpoint) }),
  ],
  [
    "no log entry",
    "LOG_ENTRY_MISSING",
    "nobody could see that the certificate was used",
    () => ({ bundle: messageBundle({ entries: () => [] }) }),
  ],
  [
    "neither log entry nor timestamp",
    "LOG_ENTRY_MISSING",
    "nothing proves when it was signed",
    () => ({ bundle: messageBundle({ entries: () => [], tokens: () => [] }) }),
  ],
]);
