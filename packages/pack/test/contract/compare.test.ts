import { describe, expect, it } from "@jest/globals";
import { compareContracts } from "../../src/contract/compare.ts";
import type { PackContract } from "../../src/contract/contract.ts";
import { digestOf } from "../../src/digest.ts";
import type { JsonValue } from "../../src/json.ts";

const digest = (text: string): ReturnType<typeof digestOf> => digestOf(Buffer.from(text));
const SCHEMA: JsonValue = { type: "object", properties: { x: { type: "number" }, y: {} } };

const BASE: PackContract = {
  packId: "test-pack-v1",
  revision: 3,
  previousDigest: digest("two"),
  digest: digest("three"),
  policyDigest: digest("policy"),
  lifecycle: "active",
  emergencyFlags: [],
  entrypoints: ["a/allow", "a/reasons", "b/ok"],
  files: [
    { path: "README.md", digest: digest("readme"), size: 1 },
    { path: "opa/a/a.rego", digest: digest("rego"), size: 1 },
  ],
  inputs: new Map([["a", SCHEMA]]),
  isPublished: false,
};
/** A release right after it. */
const NEXT: PackContract = { ...BASE, revision: 4, previousDigest: BASE.digest, digest: digest("four") };

type Changes = Partial<PackContract>;

const codes = (base: PackContract | undefined, next: PackContract): readonly string[] =>
  compareContracts(base, next).map(({ code }) => code);

describe("compareContracts", () => {
  it("when nothing changed, or the next revision links, finds nothing", () => {
    expect(codes(BASE, BASE)).toEqual([]);
    expect(codes({ ...BASE, isPublished: true }, BASE)).toEqual([]);
    expect(codes(BASE, NEXT)).toEqual([]);
  });

  it.each<[string, Changes, Changes, readonly string[]]>([
    ["other bytes under the same revision", {}, { digest: digest("x") }, ["CONTRACT_UNRELEASED"]],
    ["other bytes under a published revision", { isPublished: true }, { digest: digest("x") }, ["CONTRACT_ALTERED"]],
    ["another lifecycle under the same revision", {}, { lifecycle: "deprecated" }, ["CONTRACT_UNRELEASED"]],
    ["another flag under the same revision", {}, { emergencyFlags: ["freeze"] }, ["CONTRACT_UNRELEASED"]],
    ["another chain under the same revision", {}, { previousDigest: digest("x") }, ["CHAIN_BROKEN"]],
    ["no chain under the same revision", {}, { previousDigest: null }, ["CHAIN_BROKEN"]],
    ["an older revision", {}, { revision: 2 }, ["CHAIN_BROKEN"]],
    ["an entrypoint gone under the same bytes", {}, { entrypoints: ["a/allow", "a/reasons"] }, ["CONTRACT_NARROWED"]],
  ])("when there is %s finds it", (_what, was, is, found) => {
    expect(codes({ ...BASE, ...was }, { ...BASE, ...is })).toEqual(found);
  });

  it.each<[string, Changes, readonly string[]]>([
    ["skips a revision", { revision: 5 }, ["CHAIN_BROKEN"]],
    ["names another revision before it", { previousDigest: digest("x") }, ["CHAIN_BROKEN"]],
    ["names the revision before the one before it", { previousDigest: BASE.previousDigest }, ["CHAIN_BROKEN"]],
    ["names no revision before it", { previousDigest: null }, ["CHAIN_BROKEN"]],
    ["has lost an entrypoint", { entrypoints: ["a/allow", "b/ok"] }, ["CONTRACT_NARROWED"]],
    ["has lost a package", { entrypoints: ["b/ok"], inputs: new Map() }, ["CONTRACT_NARROWED", "CONTRACT_NARROWED"]],
    ["has lost a schema", { inputs: new Map() }, ["CONTRACT_NARROWED"]],
    ["has lost a field", { inputs: new Map([["a", { properties: { x: {} } }]]) }, ["CONTRACT_NARROWED"]],
    [
      "has lost two fields",
      { inputs: new Map([["a", { properties: { z: {} } }]]) },
      ["CONTRACT_NARROWED", "CONTRACT_NARROWED"],
    ],
    ["goes back to draft", { lifecycle: "draft" }, ["LIFECYCLE_INVALID"]],
    [
      "does all of it",
      { revision: 9, entrypoints: BASE.entrypoints.slice(1), lifecycle: "draft" },
      ["CHAIN_BROKEN", "CONTRACT_NARROWED", "LIFECYCLE_INVALID"],
    ],
  ])("when the next revision %s finds it", (_what, changes, found) => {
    expect(codes(BASE, { ...NEXT, ...changes })).toEqual(found);
  });

  it("when an entrypoint, a schema and a field are new finds nothing", () => {
    const inputs = new Map([
      ["a", { ...(SCHEMA as object), properties: { x: { type: "number" }, y: {}, z: {} } }],
      ["b", SCHEMA],
    ]);
    expect(codes(BASE, { ...NEXT, entrypoints: [...BASE.entrypoints, "c/ok"], inputs })).toEqual([]);
  });

  it("when a schema of a package without entrypoints is gone finds it", () => {
    const base = { ...BASE, inputs: new Map([["shared", SCHEMA]]) };
    expect(codes(base, { ...NEXT, inputs: new Map() })).toEqual(["CONTRACT_NARROWED"]);
  });

  it("when something is not told compares the rest", () => {
    const untold: Changes = { lifecycle: undefined, emergencyFlags: undefined, inputs: undefined };
    expect(codes({ ...BASE, ...untold }, { ...NEXT, lifecycle: "draft", inputs: new Map() })).toEqual([]);
    expect(codes({ ...BASE, ...untold }, { ...BASE, lifecycle: "draft", emergencyFlags: ["x"] })).toEqual([]);
    expect(codes(BASE, { ...NEXT, ...untold })).toEqual([]);
    expect(codes({ ...BASE, ...untold }, { ...NEXT, entrypoints: [] })).toHaveLength(3);
  });

  it.each<[Changes, readonly string[]]>([
    [{ revision: 1, previousDigest: null }, []],
    [{ revision: 1 }, ["CHAIN_BROKEN"]],
    [{ revision: 2 }, ["CHAIN_BROKEN"]],
    [{ revision: 2, previousDigest: null }, ["CHAIN_BROKEN"]],
  ])("when the base does not hold the pack, and it is %j, finds %j", (changes, found) => {
    expect(codes(undefined, { ...NEXT, ...changes })).toEqual(found);
    expect(codes(BASE, { ...NEXT, ...changes, packId: "test-pack-v2", entrypoints: [], lifecycle: "draft" })).toEqual(
      found,
    );
    expect(codes({ ...BASE, packId: "test-pack-v9" }, { ...NEXT, ...changes, packId: "test-pack-v10" })).toEqual(found);
  });

  it.each(["test-pack-v0", "other-v1", "test-v1", "test-pack-v01"])(
    "when the pack is %s throws CONFIG_INVALID",
    (packId) => {
      expect(() => compareContracts(BASE, { ...NEXT, packId })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 2 }),
      );
    },
  );

  it("says what changed, and the command that mends it as a shell takes it", () => {
    const files = [{ path: "README.md", digest: digest("x"), size: 1 }, ...BASE.files.slice(1)];
    const words = { packDir: "contracts/it's/v1", base: "origin/main" };
    const [finding] = compareContracts(BASE, { ...BASE, digest: digest("x"), files }, words);
    expect(finding?.what).toContain('"README.md"');
    expect(finding?.what).not.toContain("a.rego");
    expect(finding?.mend).toContain(`policy-pack release 'contracts/it'\\''s/v1' --base origin/main --message`);
  });

  it("names no more than ten of the files that changed", () => {
    const files = Array.from({ length: 30 }, (_, index) => ({ path: `opa/${index}`, digest: digest("x"), size: 1 }));
    const [finding] = compareContracts({ ...BASE, files: [] }, { ...BASE, digest: digest("x"), files });
    expect(finding?.what.match(/"opa\//g)).toHaveLength(10);
    expect(finding?.what).toContain("20 more");
  });
});
