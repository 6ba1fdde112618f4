import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { LIFECYCLES } from "../src/contract/release-fields.ts";
import { LIMITS } from "../src/limits.ts";
import { parseManifest, parseReleaseFields } from "../src/manifest.ts";

type Fields = Record<string, unknown>;

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const schema = JSON.parse(read("docs/contracts/manifest.schema.json")) as Fields & { examples: readonly Fields[] };
const accepts = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
const REAL = JSON.parse(read("contracts/policy-pack/v0/manifest.json")) as { manifest: Fields };
const [UNBUILT, BUILT] = schema.examples as readonly { manifest: Fields }[] as [
  { manifest: Fields },
  { manifest: Fields },
];

/** Whether the program's own reader takes it. */
function isRead(document: unknown): boolean {
  const text = JSON.stringify(document);
  try {
    parseReleaseFields(text);
    return true;
  } catch {
    return false;
  }
}

describe("manifest.schema.json", () => {
  it("takes its examples, and so does the program", () => {
    expect(schema.examples.map((example) => [accepts(example), isRead(example)])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(parseManifest(JSON.stringify(BUILT))).toEqual(BUILT.manifest);
  });

  it("takes the manifest of the pack in this checkout", () => {
    expect([accepts(REAL), isRead(REAL)]).toEqual([true, true]);
  });

  it("names the lifecycles and limits that the program knows", () => {
    const defs = schema["$defs"] as Record<string, Fields>;
    expect(defs["lifecycle"]?.["enum"]).toEqual(LIFECYCLES);
    expect(defs["emergencyFlags"]).toMatchObject({
      maxItems: LIMITS.maxEmergencyFlags,
      items: { maxLength: LIMITS.maxEmergencyFlagLength },
    });
  });

  it.each<[string, unknown]>([
    ["packId", "Access-v0"],
    ["packId", undefined],
    ["contractVersion", "0"],
    ["revision", 0],
    ["revision", 1.5],
    ["revision", "2"],
    ["previousDigest", ""],
    ["previousDigest", undefined],
    ["lifecycle", "published"],
    ["emergencyFlags", ["Break"]],
    ["emergencyFlags", ["freeze", "freeze"]],
    ["emergencyFlags", Array.from({ length: 33 }, (_, index) => `f${100 + index}`)],
    ["emergencyFlags", ["a".repeat(65)]],
    ["digest", "sha256"],
    ["digest", { algorithm: "sha512", value: "0".repeat(64) }],
    ["policyDigest", "0".repeat(64)],
    ["artifacts", []],
    ["files", [{ path: "", digest: "sha256:00", size: 0 }]],
    ["entrypoints", ["allow"]],
    ["opa", { version: "1" }],
    ["requires", { builtins: [] }],
    ["requires", { builtins: ["Time.now_ns"], capabilities: [] }],
    ["requires", { builtins: ["http.send"], capabilities: ["io.jwt.decode"] }],
    ["toolkit", {}],
    ["more", 1],
  ])("refuses a built pack's whose %s is %j, as the program does", (key, value) => {
    const document = { manifest: { ...BUILT.manifest, [key]: value } };
    const sent: unknown = JSON.parse(JSON.stringify(document));
    expect([accepts(sent), isRead(sent)]).toEqual([false, false]);
  });

  it.each<[string, unknown]>([
    ["revision", 0],
    ["previousDigest", undefined],
    ["lifecycle", "x"],
    ["emergencyFlags", "x"],
    ["packId", "access-v0"],
  ])("refuses an unbuilt pack's whose %s is %j, as the program does", (key, value) => {
    const sent: unknown = JSON.parse(JSON.stringify({ manifest: { ...UNBUILT.manifest, [key]: value } }));
    expect([accepts(sent), isRead(sent)]).toEqual([false, false]);
  });

  it.each([{}, { manifest: {} }, { manifest: null }, [], { ...UNBUILT, more: 1 }])("refuses %j", (document) => {
    expect([accepts(document), isRead(document)]).toEqual([false, false]);
  });
});
