import { beforeAll, describe, expect, it } from "@jest/globals";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue, PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import { diffPacks } from "../../src/diff/diff-packs.ts";
import { totalFlips } from "../../src/diff/tally.ts";
import { generateInputs } from "../../src/generator/generate.ts";
import { DEFAULT_OUTCOME_RULES } from "../../src/outcomes/outcome.ts";
import { contractFiles } from "../support/packs.ts";

const SEED = 42;
const ITERATIONS = 1000;

let pack: PackContents;
let inputs: readonly { readonly package: string; readonly input: JsonValue }[];

beforeAll(async () => {
  pack = (await compilePack(contractFiles(), { packId: "policy-pack-v0" })).contents;
  inputs = [...generateInputs(pack, { seed: SEED, iterations: ITERATIONS })];
});

/** What the inputs hold at a place, such as `usage.tokens`. */
function valuesAt(packagePath: string, place: string): unknown[] {
  return inputs
    .filter((one) => one.package === packagePath)
    .map(({ input }) => place.split(".").reduce<JsonValue | undefined>(memberOf, input));
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

/** The pack with another value at a place of its data. */
function withData(place: string, change: (value: number) => number): PackContents {
  const set = (value: JsonValue | undefined, [name, ...rest]: readonly string[]): JsonValue => {
    if (name === undefined) return change(Number(value));
    const object = isJsonObject(value) ? value : {};
    return { ...object, [name]: set(object[name], rest) };
  };
  return { ...pack, data: set(pack.data, place.split(".")) };
}

/** What decides by the data of `config.<name>`. */
const DECIDING: Readonly<Record<string, string>> = {
  approval: "cos/approval/require_human",
  budget: "cos/budget/decision",
  promotion: "cos/promotion/ok",
  abac: "cos/abac/allow",
};

/** Flips of the one entrypoint, over the inputs of its package. */
async function flipsTo(next: PackContents, name: string, drawnFrom = next): Promise<number> {
  const entrypoint = DECIDING[name] ?? "";
  const drawn = generateInputs(drawnFrom, { seed: SEED, iterations: ITERATIONS, other: pack, entrypoint });
  const diff = await diffPacks(pack, next, drawn, { outcomes: DEFAULT_OUTCOME_RULES });
  return totalFlips(diff.flips);
}

/** Every number in the data of the pack, so that a new one is tried without being listed. */
function dataNumbers(value: JsonValue, path: readonly string[] = []): { place: string; step: number }[] {
  if (typeof value === "number")
    return [{ place: path.join("."), step: 10 ** -(String(value).split(".")[1]?.length ?? 0) }];
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([name, member]) => dataNumbers(member, [...path, name]))
    : [];
}

describe("inputs of policy-pack-v0", () => {
  it.each([
    ["cos/approval", "agentOutput.confidenceScore", 0.85, 0.01],
    ["cos/budget", "usage.tokens", 10_000_000, 1],
    ["cos/budget", "usage.tokens", 50_000_000, 1],
    ["cos/budget", "usage.tokens", 500_000, 1],
    ["cos/budget", "usage.tokens", 8_000_000, 1],
    ["cos/budget", "usage.tokens", 40_000_000, 1],
    ["cos/budget", "usage.tokens", 400_000, 1],
    ["cos/budget", "usage.costUsd", 1000, 1],
    ["cos/budget", "usage.costUsd", 5000, 1],
    ["cos/budget", "usage.costUsd", 25, 1],
    ["cos/budget", "usage.costUsd", 800, 1],
    ["cos/budget", "usage.costUsd", 4000, 1],
    ["cos/budget", "usage.costUsd", 20, 1],
    ["cos/promotion", "snapshot.p95Ms", 350, 1],
    ["cos/promotion", "snapshot.readP95Ms", 350, 1],
    ["cos/promotion", "snapshot.writeP95Ms", 700, 1],
    ["cos/promotion", "snapshot.errorRate", 0.02, 0.01],
    ["cos/promotion", "cost.graphqlPerMillionUsd", 2, 1],
    ["cos/promotion", "cost.ingestPerThousandUsd", 0.1, 0.1],
  ])("meet %s %s at %d and a step to each side", (packagePath, place, value, step) => {
    const values = valuesAt(packagePath, place);
    const beside = [value, value - step, value + step].map((wanted) => Number(wanted.toFixed(4)));
    expect(beside.filter((wanted) => !values.includes(wanted))).toEqual([]);
  });

  it.each(["benchmarking", "demo", "fraud-risk", "investigation", "t&s", "threat-intel", "training"])(
    "meet the purpose %s of the Rego, and others",
    (purpose) => {
      const values = valuesAt("cos/abac", "subject.purpose");
      expect(values).toContain(purpose);
      expect(values).toContain("marketing");
    },
  );

  it("meet the largest amount of the Rego, and years around the one of the clock's end", () => {
    expect(valuesAt("cos/budget", "caps.tokens")).toContain(1_000_000_000_000);
    const years = valuesAt("cos/abac", "resource.retention_until").map((date) => String(date).slice(0, 4));
    for (const year of ["2261", "2262", "2263"]) expect(years).toContain(year);
  });

  it.each([
    ["drawn from both packs, as a diff does", false],
    ["drawn from the old one, as a baseline does", true],
  ])("flip decisions whenever a number of the data moves by one step, %s", async (_name, isBaseline) => {
    // Evidence's age is for who reads the data: no rule decides by it.
    const numbers = dataNumbers(pack.data).filter(({ place }) => !place.startsWith("config.readiness."));
    const unseen: string[] = [];
    expect(numbers.length).toBeGreaterThanOrEqual(13);
    for (const { place, step } of numbers) {
      for (const sign of isBaseline ? [1, -1] : [1]) {
        const moved = withData(place, (value) => Number((value + sign * step).toFixed(6)));
        const flips = await flipsTo(moved, place.split(".")[1] ?? "", isBaseline ? pack : moved);
        if (flips === 0) unseen.push(`${place} ${sign * step}`);
      }
    }
    expect(unseen).toEqual([]);
  });

  it.each([
    ["opa/cos/abac/abac.rego", "unrepresentable_year := 2262", "unrepresentable_year := 2263"],
    ["opa/cos/abac/abac.rego", '\t"benchmarking",\n', ""],
    ["opa/cos/budget/budget.rego", "max_amount := 1000000000000", "max_amount := 999999999999"],
    ["opa/cos/budget/budget.rego", "requester != approver", "requester"],
  ])("flip decisions when %s has another literal or condition: %s", async (file, before, after) => {
    const files = contractFiles();
    const changed = { ...files, [file]: (files[file] ?? "").replace(before, after) };
    expect(changed[file]).not.toBe(files[file]);
    const next = await compilePack(changed, { packId: "policy-pack-v0", revision: 2 });
    expect(await flipsTo(next.contents, file.split("/")[2] ?? "")).toBeGreaterThan(0);
  });

  it.each(Object.keys(DECIDING))("flip nothing of %s between a pack and itself", async (name) => {
    expect(await flipsTo(pack, name)).toBe(0);
  });
});
