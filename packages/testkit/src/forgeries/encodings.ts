import { messageBundle } from "../forge/bundles.ts";
import type { BundleJson, EntryJson } from "../forge/bundles.ts";
import { leaf } from "../forge/world.ts";
import { bentBundle, bentEntry, forgeryGroup, rekorV2Bundle } from "./forgery.ts";
import type { Row, Trial } from "./forgery.ts";

/** Bends the base64 text of the signature, whose length leaves room for padding in most runs; so do the certificate's. */
const base64 =
  (bend: (text: string) => string): (() => Trial) =>
  () => ({
    bundle: bentBundle(({ messageSignature }) => {
      if (messageSignature === undefined) return;
      const { messageDigest } = messageSignature;
      messageDigest.digest = bend(messageDigest.digest);
    }),
  });

const entry =
  (change: (entry: EntryJson) => void): (() => Trial) =>
  () => ({ bundle: bentEntry(change) });
const proof = (change: (proof: NonNullable<EntryJson["inclusionProof"]>) => void): (() => Trial) =>
  entry(({ inclusionProof }) => {
    if (inclusionProof !== undefined) change(inclusionProof);
  });
const mediaType =
  (type: unknown): (() => Trial) =>
  () => ({ bundle: bentBundle((bundle) => Object.assign(bundle, { mediaType: type })) });

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Sets a bit beyond the last byte: 32 bytes end in one padding sign and two spare bits. */
const spareBits = (text: string): string =>
  text.replace(/(.)=$/, (_, letter: string) => `${LETTERS[LETTERS.indexOf(letter) | 1] ?? ""}=`);

const NUMBERS = [
  "01",
  "+1",
  "-1",
  "0x1",
  "1.0",
  "1e0",
  " 1",
  "1 ",
  "",
  "1_0",
  "\u0661",
  "9223372036854775808",
  "99999999999999999999999",
];

const numbers = NUMBERS.map((text): Row => [
  `the index "${text}"`,
  "BUNDLE_INVALID",
  "a number has one spelling, and is a plain one of 63 bits",
  proof((json) => {
    json.logIndex = text;
  }),
]);

const TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const OLD_TYPE = "application/vnd.dev.sigstore.bundle+json;version=0.3";
const TYPES: readonly unknown[] = [
  `${TYPE}x`,
  `${TYPE};version=0.1`,
  `${TYPE};charset=utf-8`,
  `${TYPE}\n`,
  ` ${TYPE}`,
  TYPE.toUpperCase(),
  `${OLD_TYPE}0`,
  OLD_TYPE.replace(";", "; "),
  OLD_TYPE.replace("0.3", "0.4"),
  OLD_TYPE.replace("0.3", ""),
  "application/json",
  "",
];

const mediaTypes = TYPES.map((type): Row => [
  `the media type ${JSON.stringify(type)}`,
  "BUNDLE_INVALID",
  "four types are known, and each has one spelling",
  mediaType(type),
]);

/** The certificates in the form of another version. */
function asChain(type: string, ...certificates: readonly Buffer[]): Trial {
  const first = messageBundle();
  const bundle: BundleJson = bentBundle(({ verificationMaterial }) => {
    const chain = [
      verificationMaterial.certificate?.rawBytes ?? "",
      ...certificates.map((der) => der.toString("base64")),
    ];
    delete verificationMaterial.certificate;
    verificationMaterial.x509CertificateChain = { certificates: chain.map((rawBytes) => ({ rawBytes })) };
  }, first);
  return { bundle: { ...bundle, mediaType: type } };
}

const V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

/** A value has one spelling, so that two texts never mean the same and one never means two. */
export const encodingForgeries = forgeryGroup("encodings", [
  ["base64 without padding", "BUNDLE_INVALID", "a second spelling", base64((text) => text.replaceAll("=", ""))],
  ["base64 with more padding", "BUNDLE_INVALID", "a second spelling", base64((text) => `${text}=`)],
  ["base64 with spare bits set", "BUNDLE_INVALID", "a second spelling of the same bytes", base64(spareBits)],
  ["base64 with a line feed", "BUNDLE_INVALID", "a second spelling", base64((text) => `${text}\n`)],
  [
    "base64 with a space inside",
    "BUNDLE_INVALID",
    "a second spelling",
    base64((text) => `${text.slice(0, 4)} ${text.slice(4)}`),
  ],
  [
    "base64 with a stranger's letter",
    "BUNDLE_INVALID",
    "some readers skip it",
    base64((text) => `${text.slice(0, 4)}*${text.slice(4)}`),
  ],
  ["base64 of the URL alphabet", "BUNDLE_INVALID", "a second spelling", base64((text) => `-_${text.slice(2)}`)],
  [
    "base64 of the bytes behind padding",
    "BUNDLE_INVALID",
    "some readers go on after it",
    base64((text) => `AA==${text}`),
  ],
  [
    "hex in place of base64",
    "BUNDLE_INVALID",
    "64 letters of hex are base64 too, of 48 bytes",
    base64((text) => Buffer.from(text, "base64").toString("hex")),
  ],
  ...numbers,
  [
    "an index as a JSON number",
    "BUNDLE_INVALID",
    "ProtoJSON writes 64 bits as text, so that none is rounded",
    proof((json) => Object.assign(json, { logIndex: 1 })),
  ],
  [
    "a tree size of zero",
    "INCLUSION_PROOF_INVALID",
    "nothing stands in an empty tree",
    proof((json) => {
      json.treeSize = "0";
    }),
  ],
  [
    "a negative index",
    "BUNDLE_INVALID",
    "indexes count from zero",
    entry((json) => {
      json.logIndex = "-1";
    }),
  ],
  [
    "another index on a Rekor v1 entry",
    "LOG_ENTRY_INVALID",
    "the promise signs it",
    entry((json) => {
      json.logIndex = "42";
    }),
  ],
  [
    "another index on a Rekor v2 entry",
    "LOG_ENTRY_INVALID",
    "it must be that of the proof; others do not look",
    () => ({
      bundle: bentEntry((json) => {
        json.logIndex = "7";
      }, rekorV2Bundle()),
    }),
  ],
  [
    "a time on a Rekor v2 entry",
    "LOG_ENTRY_INVALID",
    "nothing signs it",
    () => ({
      bundle: bentEntry((json) => {
        json.integratedTime = "1767323045";
      }, rekorV2Bundle()),
    }),
  ],
  [
    "a time beyond all dates",
    "LOG_ENTRY_INVALID",
    "it is no time",
    entry((json) => {
      json.integratedTime = "9223372036854775807";
    }),
  ],
  [
    "another time",
    "LOG_ENTRY_INVALID",
    "the promise signs it",
    entry((json) => {
      json.integratedTime = "1767323046";
    }),
  ],
  [
    "another kind of entry",
    "LOG_ENTRY_INVALID",
    "the body says which it is",
    entry((json) => {
      json.kindVersion.kind = "dsse";
    }),
  ],
  [
    "an unknown kind of entry",
    "LOG_ENTRY_INVALID",
    "what is not understood proves nothing",
    entry((json) => {
      json.kindVersion.kind = "rekord";
    }),
  ],
  [
    "another version of the kind",
    "LOG_ENTRY_INVALID",
    "the body says which it is",
    entry((json) => {
      json.kindVersion.version = "0.0.2";
    }),
  ],
  [
    "a kind named toString",
    "LOG_ENTRY_INVALID",
    "names are looked up in a table, not in an object",
    entry((json) => {
      json.kindVersion.kind = "toString";
    }),
  ],
  [
    "another log's id",
    "LOG_ENTRY_INVALID",
    "the trusted root does not list it",
    entry((json) => {
      json.logId.keyId = Buffer.alloc(32).toString("base64");
    }),
  ],
  [
    "no inclusion proof",
    "INCLUSION_PROOF_INVALID",
    "since v0.2 a promise alone is not enough",
    entry((json) => delete json.inclusionProof),
  ],
  [
    "a proof without a checkpoint",
    "BUNDLE_INVALID",
    "its root is nobody's word; others throw a TypeError",
    proof((json) => delete json.checkpoint),
  ],
  [
    "no promise and no proof",
    "LOG_ENTRY_INVALID",
    "the time is nobody's word",
    entry((json) => {
      delete json.inclusionProof;
      delete json.inclusionPromise;
    }),
  ],
  ...mediaTypes,
  ["a chain in v0.3", "BUNDLE_INVALID", "v0.3 knows the leaf alone", () => asChain(TYPE)],
  ["a chain of the leaf in v0.1", "accepted", "what v0.1 looks like", () => asChain(V01)],
  ["one certificate in v0.1", "BUNDLE_INVALID", "v0.1 has chains", mediaType(V01)],
  [
    "nine certificates",
    "LIMIT_EXCEEDED",
    "a path has two or three links",
    () => asChain(V01, ...Array<Buffer>(8).fill(leaf())),
  ],
]);
