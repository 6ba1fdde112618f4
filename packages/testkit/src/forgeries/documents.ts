import { messageBundle } from "../forge/bundles.ts";
import type { BundleJson } from "../forge/bundles.ts";
import { rootJson } from "../forge/world.ts";
import { bentBundle, bentRoot, forgeryGroup } from "./forgery.ts";
import type { Expected, Row, Trial } from "./forgery.ts";

const text = (): string => JSON.stringify(messageBundle());

/** The bundle's text, bent. */
const as =
  (change: (text: string) => string | Uint8Array): (() => Trial) =>
  () => ({ bundle: change(text()) });
const asRoot =
  (change: (text: string) => string): (() => Trial) =>
  () => ({ root: change(JSON.stringify(rootJson())) });
const bent =
  (change: (bundle: BundleJson) => void): (() => Trial) =>
  () => ({ bundle: bentBundle(change) });
/** A member more at the front of the first object. */
const first = (member: string): (() => Trial) => as((json) => `{${member},${json.slice(1)}`);
const inside = (name: string, member: string): (() => Trial) =>
  as((json) => json.replace(`"${name}":{`, `"${name}":{${member},`));

const nested = (depth: number): string => `"x":${"[".repeat(depth)}${"]".repeat(depth)}`;
const megabytes = (count: number): Buffer => Buffer.alloc(count * 1024 * 1024, " ");

const OBJECTS = [
  "verificationMaterial",
  "messageSignature",
  "messageDigest",
  "certificate",
  "kindVersion",
  "inclusionProof",
];

/** An unknown member, and a known one twice, in every object of the bundle. */
const everywhere = OBJECTS.flatMap((name): Row[] => [
  [
    `an unknown field in ${name}`,
    "BUNDLE_INVALID",
    "what nobody looks at must not travel along",
    inside(name, '"extra":1'),
  ],
  [
    `an unknown field that is null in ${name}`,
    "BUNDLE_INVALID",
    "null is absent, and its name is unknown still",
    inside(name, '"extra":null'),
  ],
]);

const wrongTypes = (value: unknown): readonly Row[] =>
  (["mediaType", "verificationMaterial", "messageSignature"] as const).map((name) => [
    `${JSON.stringify(value)} for ${name}`,
    "BUNDLE_INVALID",
    "a field of another kind is no field",
    () => ({ bundle: JSON.stringify({ ...messageBundle(), [name]: value }) }),
  ]);

const invalid: Expected = "BUNDLE_INVALID";

/** One text, one meaning: whatever two readers could see differently is no bundle. */
export const documentForgeries = forgeryGroup("JSON", [
  ["a key twice", invalid, "one reader takes the first, another the last", first('"mediaType":"x"')],
  ["a key twice, once with an escape", invalid, "keys are compared as they are read", first('"\\u006dediaType":"x"')],
  [
    "a key twice, deep inside",
    invalid,
    "the digest that is shown is not the one that is checked",
    inside("messageDigest", '"digest":"AAAA"'),
  ],
  ["an unknown field", invalid, "what nobody looks at must not travel along", first('"extra":1')],
  ["a field named __proto__", invalid, "an unknown field like any other", first('"__proto__":{"mediaType":"x"}')],
  [
    "a field in another case",
    invalid,
    "names are compared exactly",
    as((json) => json.replace('"mediaType"', '"mediatype"')),
  ],
  [
    "a field in snake case",
    invalid,
    "ProtoJSON's second spelling would be a second name for one thing",
    as((json) => json.replace('"mediaType"', '"media_type"')),
  ],
  ...everywhere,
  ["64 levels", invalid, "within the limit of depth, and an unknown field", first(nested(60))],
  ["65 levels", "LIMIT_EXCEEDED", "recursive readers need a floor", first(nested(65))],
  ["500 000 levels", "LIMIT_EXCEEDED", "recursive readers need a floor", first(nested(500_000))],
  [
    "a lone surrogate",
    invalid,
    "it cannot be written as UTF-8",
    as((json) => json.replace('"hashedrekord"', '"hashedrekord\\ud800"')),
  ],
  ["a byte order mark", invalid, "some readers skip it", as((json) => `\ufeff${json}`)],
  ["UTF-16", invalid, "JSON is UTF-8", as((json) => Buffer.from(json, "utf16le"))],
  [
    "bytes that are no UTF-8",
    invalid,
    "readers repair them differently",
    as((json) => Buffer.from(json.replace("hashedrekord", "hashedrek\u00f6rd"), "latin1")),
  ],
  ["NaN", invalid, "no JSON", first('"extra":NaN')],
  [
    "a number that a double cannot hold",
    invalid,
    "readers round it differently",
    first('"extra":12345678901234567890'),
  ],
  ["a number beyond all doubles", invalid, "readers make infinity of it", first('"extra":1e999')],
  ["text behind the bundle", invalid, "one text, one document", as((json) => `${json}x`)],
  ["a second bundle behind the first", invalid, "one text, one document", as((json) => `${json}${json}`)],
  ["a NUL behind the bundle", invalid, "one text, one document", as((json) => `${json}\0`)],
  ["a comment", invalid, "no JSON", as((json) => `${json}// signed`)],
  ["a comma at the end", invalid, "no JSON", as((json) => `${json.slice(0, -1)},}`)],
  ["single quotes", invalid, "no JSON", as((json) => json.replaceAll('"', "'"))],
  ["an escape that does not exist", invalid, "no JSON", as((json) => json.replace("mediaType", "media\\Type"))],
  [
    "white space around everything",
    "accepted",
    "JSON's own; it means nothing",
    as((json) => `\r\n\t ${JSON.stringify(JSON.parse(json), null, 2)}\n\n`),
  ],
  [
    "escapes for plain letters",
    "accepted",
    "another spelling of the same text, in JSON itself",
    as((json) => json.replace('"mediaType"', '"\\u006dediaType"')),
  ],
  ["no text", invalid, "there is nothing to read", () => ({ bundle: "" })],
  ["an empty object", invalid, "there is nothing in it", () => ({ bundle: "{}" })],
  ["an array around it", invalid, "a bundle is an object", as((json) => `[${json}]`)],
  ["a string around it", invalid, "a bundle is an object", as((json) => JSON.stringify(json))],
  ...[null, 1, "text", true, [], [{}]].flatMap(wrongTypes),
  [
    "one byte over a megabyte",
    "LIMIT_EXCEEDED",
    "the size is capped before anything is read",
    as((json) => Buffer.concat([Buffer.from(json), megabytes(1)])),
  ],
  [
    "100 MB",
    "LIMIT_EXCEEDED",
    "the size is capped before anything is read",
    as((json) => Buffer.concat([Buffer.from(json), megabytes(100)])),
  ],
  [
    "both contents",
    invalid,
    "which of the two was signed would be the reader's choice",
    bent((bundle) =>
      Object.assign(bundle, {
        dsseEnvelope: { payload: "AAAA", payloadType: "text/plain", signatures: [{ sig: "AAAA" }] },
      }),
    ),
  ],
  ["neither content", invalid, "nothing was signed", bent((bundle) => delete bundle.messageSignature)],
  [
    "certificate and key",
    invalid,
    "which of the two signed would be the reader's choice",
    bent(({ verificationMaterial }) => (verificationMaterial.publicKey = {})),
  ],
  [
    "neither certificate nor key",
    invalid,
    "nobody signed",
    bent(({ verificationMaterial }) => delete verificationMaterial.certificate),
  ],
  [
    "certificate and chain",
    invalid,
    "which of the two signed would be the reader's choice",
    bent(({ verificationMaterial }) =>
      Object.assign(verificationMaterial, {
        x509CertificateChain: { certificates: [verificationMaterial.certificate] },
      }),
    ),
  ],
  [
    "a trusted root with an unknown field",
    "TRUSTED_ROOT_INVALID",
    "what nobody looks at must not travel along",
    asRoot((json) => `{"extra":1,${json.slice(1)}`),
  ],
  [
    "a trusted root with a key twice",
    "TRUSTED_ROOT_INVALID",
    "one reader takes the first, another the last",
    asRoot((json) => `{"tlogs":[],${json.slice(1)}`),
  ],
  [
    "a trusted root of another media type",
    "TRUSTED_ROOT_INVALID",
    "it is another document",
    () => ({
      root: bentRoot((root) => {
        root.mediaType += "x";
      }),
    }),
  ],
  [
    "a trusted root that lists nobody",
    "TIMESTAMP_INVALID",
    "nobody is believed",
    () => ({ root: rootJson({ tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] }) }),
  ],
]);
