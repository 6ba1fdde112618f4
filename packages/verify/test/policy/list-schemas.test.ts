import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { FormatError, isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { parseDenylist } from "../../src/policy/denylist.ts";
import { parsePause } from "../../src/policy/pause.ts";

/** Schemas are held against the parsers by documents that differ from a good one at one place. */
const dated = { version: 3, issuedAt: "2026-11-01T00:00:00Z", expires: "2026-11-08T00:00:00.5Z" };
const reason = "It grants too much.";
const denylist: JsonValue = {
  ...dated,
  entries: [
    { reason, digest: `sha256:${"0a".repeat(32)}` },
    { reason, keyHint: Buffer.alloc(32, 7).toString("base64") },
    { reason, identity: "https://example.com/main", issuer: "https://issuer.example.com" },
    { reason, packId: "policy-pack-v0", revision: 4 },
    { reason, packId: "policy-pack-v0", revisionsUpTo: "3" },
  ],
};
const pause: JsonValue = { ...dated, paused: true, packIds: ["policy-pack-v0"], reason };

/** What is put in the place of each value of a good document. */
const PROBES: readonly JsonValue[] = [
  null,
  true,
  false,
  ...[0, 1, -1, 1.5, 2 ** 53 - 1, 2 ** 53, 1e300],
  ...["", " ", "\u00a0", "1", "0", "01", "+1", "1e1", "9999999999999999", "99999999999999999", "text"],
  ...["a\nb", "a\u007fb", "a\u0085b", "a\u200bb", "a\u202eb", "a\u2028b", "é", "🦊"],
  ...["🦊".repeat(VERIFY_LIMITS.maxReasonLength), "a".repeat(VERIFY_LIMITS.maxReasonLength + 1)],
  ...[`sha256:${"0".repeat(64)}`, `sha256:${"A".repeat(64)}`, `sha256:${"0".repeat(63)}`, "0".repeat(64)],
  ...[32, 31, 33].map((length) => Buffer.alloc(length, 0xff).toString("base64")),
  ...[Buffer.alloc(32, 0xff).toString("base64url"), `${"A".repeat(42)}B=`, `${"A".repeat(43)}=\n`],
  ...[
    "policy-pack-v0",
    "Policy-Pack-v0",
    "policy--pack-v0",
    "pack",
    "pack-v0\n",
    `${"a".repeat(97)}-v0`,
    `${"a".repeat(98)}-v0`,
  ],
  ...[
    "2026-11-03T00:00:00Z",
    "2026-11-03T00:00:00.000000001Z",
    "2026-11-03T00:00:00.Z",
    "2026-11-03T00:00:00.0000000001Z",
  ],
  ...[
    "2026-11-03T24:00:00Z",
    "2026-11-03T00:60:00Z",
    "2026-13-01T00:00:00Z",
    "2026-11-00T00:00:00Z",
    "2026-11-03T00:00:60Z",
  ],
  ...[
    "2026-11-03T00:00:00+00:00",
    "2026-11-03t00:00:00z",
    "2026-11-03 00:00:00Z",
    "2026-11-03",
    "+02026-11-03T00:00:00Z",
  ],
  [],
  {},
  [null],
  [{}],
  ["policy-pack-v0", "other-v1"],
  ["policy-pack-v0", "policy-pack-v0"],
];
const NAMES = [
  "unknown",
  "digest",
  "keyHint",
  "identity",
  "issuer",
  "packId",
  "packIds",
  "revision",
  "revisionsUpTo",
  "constructor",
];

/** Every document that differs from the given one at one place: a value replaced or taken away, or a field added. */
function* variantsOf(value: JsonValue): Generator<JsonValue> {
  yield* PROBES;
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    for (const [index, item] of items.entries()) {
      for (const variant of variantsOf(item)) yield items.with(index, variant);
    }
  }
  if (!isJsonObject(value)) return;
  const fields = Object.entries(value);
  for (const [name, member] of fields) {
    yield Object.fromEntries(fields.filter(([other]) => other !== name));
    for (const variant of variantsOf(member)) yield { ...value, [name]: variant };
  }
  for (const name of NAMES) {
    for (const probe of Object.hasOwn(value, name) ? [] : PROBES) yield { ...value, [name]: probe };
  }
}

function isParsed(parse: (document: JsonValue) => unknown, document: JsonValue): boolean {
  try {
    parse(document);
    return true;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FormatError);
    return false;
  }
}

/** The one rule that a schema cannot say. */
function isOutOfOrder(document: JsonValue): boolean {
  if (!isJsonObject(document)) return false;
  const { issuedAt, expires } = document;
  if (typeof issuedAt !== "string" || typeof expires !== "string") return false;
  return Date.parse(expires) <= Date.parse(issuedAt);
}

function validatorOf(name: string): (document: JsonValue) => boolean {
  const source = readFileSync(new URL(`../../../../docs/contracts/${name}`, import.meta.url), "utf8");
  const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(JSON.parse(source) as object);
  return (document) => validate(document);
}

describe.each([
  ["denylist.schema.json", parseDenylist, denylist],
  ["pause.schema.json", parsePause, pause],
  ["pause.schema.json", parsePause, { ...dated, paused: false, reason }],
])("%s", (name, parse, good) => {
  const isValid = validatorOf(name);

  it("takes a good document, as the parser does", () => {
    expect(isValid(good)).toBe(true);
    expect(isParsed(parse, good)).toBe(true);
  });

  it("takes what the parser takes and refuses what it refuses, whatever one place of a document holds", () => {
    const taken = { both: 0, neither: 0 };
    for (const document of variantsOf(good)) {
      if (isOutOfOrder(document)) continue;
      const isGood = isParsed(parse, document);
      if (isValid(document) !== isGood) throw new Error(`they differ on ${JSON.stringify(document)}`);
      taken[isGood ? "both" : "neither"] += 1;
    }
    expect(taken.both).toBeGreaterThan(10);
    expect(taken.neither).toBeGreaterThan(500);
  });
});

describe("docs/denylist.md", () => {
  const source = readFileSync(new URL("../../../../docs/denylist.md", import.meta.url), "utf8");
  const examples = [...source.matchAll(/^```json\n(.*?)^```$/gms)].map(
    ([, text = ""]) => JSON.parse(text) as Record<string, JsonValue>,
  );

  it.each([
    ["denylists", "entries", parseDenylist, 1],
    ["pause statuses", "paused", parsePause, 2],
  ])("shows %s that the parser takes", (_, field, parse, count) => {
    const shown = examples.filter((example) => field in example);
    expect(shown).toHaveLength(count);
    for (const example of shown) expect(isParsed(parse, example)).toBe(true);
  });
});

describe("denylist.schema.json and pause.schema.json", () => {
  it("name the caps that the parsers have", () => {
    const text = (name: string): string =>
      readFileSync(new URL(`../../../../docs/contracts/${name}`, import.meta.url), "utf8");
    expect(text("denylist.schema.json")).toContain(`"maxItems": ${VERIFY_LIMITS.maxDenylistEntries},`);
    expect(text("pause.schema.json")).toContain(`"maxItems": ${VERIFY_LIMITS.maxPausedPacks},`);
    for (const name of ["denylist.schema.json", "pause.schema.json"]) {
      expect(text(name)).toContain(`"maxLength": ${VERIFY_LIMITS.maxReasonLength},`);
    }
  });
});
