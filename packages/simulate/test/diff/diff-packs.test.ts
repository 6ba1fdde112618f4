import { beforeAll, describe, expect, it } from "@jest/globals";
import type { JsonValue, PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import { diffPacks } from "../../src/diff/diff-packs.ts";
import type { DecisionDiff } from "../../src/diff/decision-diff.ts";
import type { CaseInput } from "../../src/generator/case-input.ts";
import { generateInputs } from "../../src/generator/generate.ts";
import { DEFAULT_OUTCOME_RULES } from "../../src/outcomes/outcome.ts";
import { LIMIT_POLICY, limitFiles } from "../support/packs.ts";

const outcomes = DEFAULT_OUTCOME_RULES;
const RENAMED = LIMIT_POLICY.replace("default allow", "default permitted").replace("allow if", "permitted if");
const PARTIAL = LIMIT_POLICY.replace("default allow := false\n", "").replace(
  "allow if count(problems) == 0",
  "allow if {\n\tcount(problems) == 0\n}",
);
const VALUES = LIMIT_POLICY.replace("default allow := false", 'default allow := "allow"').replace(
  "allow if count(problems) == 0",
  'allow := "deny" if count(problems) > 0\n\nallow := "warn" if {\n\tcount(problems) == 0\n\tinput.amount > 50\n}',
);

let old: PackContents;
let raised: PackContents;
let lowered: PackContents;
let renamed: PackContents;
let partial: PackContents;
let values: PackContents;
let reworded: PackContents;

beforeAll(async () => {
  const build = async (limit: number, policy?: string): Promise<PackContents> =>
    (await compilePack(limitFiles(limit, policy), { revision: limit })).contents;
  old = await build(100);
  [raised, lowered] = [withLimit(200), withLimit(99)];
  renamed = await build(100, RENAMED);
  partial = await build(100, PARTIAL);
  values = await build(100, VALUES);
  reworded = await build(100, LIMIT_POLICY.replace("is over the limit", "is above the limit"));
});

function withLimit(limit: JsonValue): PackContents {
  return { ...old, data: { config: { limit } }, revision: "2" };
}

function ask(...inputs: readonly JsonValue[]): CaseInput[] {
  return inputs.map((input, index) => ({ id: `case ${index}`, package: "app/rules", input, origin: "case" }));
}

const diffOf = (next: PackContents, inputs: Iterable<CaseInput>): Promise<DecisionDiff> =>
  diffPacks(old, next, inputs, { outcomes });

describe("diffPacks", () => {
  it("says nothing changed between a pack and itself", async () => {
    const diff = await diffPacks(old, old, generateInputs(old, { seed: 42, iterations: 300 }), {
      outcomes,
      drawn: { seed: 42, iterations: 300 },
    });
    expect(diff).toMatchObject({
      seed: 42,
      iterations: 300,
      inputs: { case: 0, log: 0, random: 300 },
      compared: 300,
      flips: { denyToAllow: 0, allowToDeny: 0, other: 0 },
      groups: [],
      failedCases: [],
      undecided: { count: 0, targets: [] },
      old: { packId: "test-pack-v0", digest: old.digest },
    });
    expect(JSON.parse(JSON.stringify(diff))).toEqual(diff);
  });

  it("groups what turns from DENY to ALLOW by the reason of the denial", async () => {
    const diff = await diffOf(
      raised,
      ask({ amount: 150, note: "long" }, { amount: 101.5 }, { amount: 250 }, {}, { amount: 5 }),
    );
    expect(diff.flips).toEqual({ denyToAllow: 2, allowToDeny: 0, other: 0 });
    expect(diff.groups).toMatchObject([
      {
        name: "deny-to-allow:app/rules/allow:over_limit",
        entrypoint: "app/rules/allow",
        direction: "DENY_TO_ALLOW",
        reason: "over_limit",
        count: 2,
        smallest: {
          id: "case 1",
          origin: "case",
          shrunk: true,
          old: { outcome: "DENY", value: false },
          new: { outcome: "ALLOW", value: true },
          oldReasons: [{ code: "over_limit" }],
          newReasons: [],
        },
      },
    ]);
    // Three digits are the least that are above 100.
    expect(diff.groups[0]?.smallest.input).toEqual({ amount: 101 });
  });

  it("takes the reason of what turns from ALLOW to DENY from the new pack", async () => {
    const diff = await diffOf(lowered, ask({ amount: 100 }));
    expect(diff.groups.map(({ name }) => name)).toEqual(["allow-to-deny:app/rules/allow:over_limit"]);
    expect(diff.entrypoints.find(({ entrypoint }) => entrypoint === "app/rules/allow")).toMatchObject({
      status: "both",
      explains: false,
      compared: 1,
      old: { allow: 1, deny: 0, other: 0, errors: 0 },
      new: { allow: 0, deny: 1, other: 0, errors: 0 },
    });
  });

  it("counts other words of a reason, and calls them no flip", async () => {
    const diff = await diffPacks(old, reworded, ask({ amount: 500 }, { amount: 1 }), { outcomes });
    expect(diff.flips).toEqual({ denyToAllow: 0, allowToDeny: 0, other: 0 });
    expect(diff.entrypoints.map(({ explains, reworded: count }) => [explains, count])).toEqual([
      [false, 0],
      [true, 1],
    ]);
  });

  it("counts an undecided question as a DENY with its error", async () => {
    const diff = await diffOf(partial, ask({ amount: 150 }, { amount: 1 }));
    expect(diff.flips).toEqual({ denyToAllow: 0, allowToDeny: 0, other: 1 });
    expect(diff.groups[0]).toMatchObject({
      direction: "VALUE",
      reason: "false->error.DECISION_UNDEFINED:over_limit",
      smallest: { new: { outcome: "DENY", error: "DECISION_UNDEFINED" } },
    });
    expect(diff.entrypoints.find(({ entrypoint }) => entrypoint === "app/rules/allow")?.new.errors).toBe(1);
  });

  it("tells a warning from an allow, and both from a denial", async () => {
    const diff = await diffOf(values, ask({ amount: 60 }, { amount: 1 }, { amount: 300 }));
    expect(diff.flips).toEqual({ denyToAllow: 0, allowToDeny: 0, other: 3 });
    expect(diff.groups.map(({ name }) => name).sort()).toEqual([
      "value:app/rules/allow:false->deny:over_limit",
      "value:app/rules/allow:true->allow",
      "value:app/rules/allow:true->warn",
    ]);
  });

  it("makes what an entrypoint allowed a DENY when it is gone, and reports a new one the other way", async () => {
    const diff = await diffOf(renamed, ask({ amount: 1 }, { amount: 2 }, { amount: 300 }));
    expect(diff.groups.map(({ name, count }) => [name, count])).toEqual([
      ["deny-to-allow:app/rules/permitted:entrypoint_new", 2],
      ["allow-to-deny:app/rules/allow:entrypoint_gone", 2],
    ]);
    expect(diff.entrypoints.map(({ entrypoint, status }) => [entrypoint, status])).toEqual([
      ["app/rules/allow", "gone"],
      ["app/rules/permitted", "new"],
      ["app/rules/reasons", "both"],
    ]);
  });

  it("holds the new pack to what a case expects", async () => {
    const [input] = ask({ amount: 150 });
    if (input === undefined) throw new Error("a case is given");
    const expecting = (expected: JsonValue): CaseInput => ({ ...input, entrypoint: "app/rules/allow", expected });
    const diff = await diffOf(raised, [expecting(true), { ...expecting(false), id: "wrong" }]);
    expect(diff.failedCases).toEqual([
      {
        id: "wrong",
        origin: "case",
        entrypoint: "app/rules/allow",
        expected: false,
        actual: { outcome: "ALLOW", value: true },
      },
    ]);
  });

  it("counts what neither pack decides", async () => {
    const inputs: CaseInput[] = [
      { id: "a", package: "other/rules", input: {}, origin: "log" },
      { id: "b", package: "app/rules", input: {}, origin: "log", entrypoint: "app/rules/other" },
    ];
    expect((await diffOf(raised, inputs)).undecided).toEqual({ count: 2, targets: ["app/rules/other", "other/rules"] });
  });

  it("does not stop at inputs that no policy can be asked", async () => {
    const note = Array.from({ length: 200 }).reduce<JsonValue>((inner) => [inner], "too deep for a policy");
    const diff = await diffOf(raised, ask({ amount: 1, note }));
    expect(diff.entrypoints[0]?.old).toEqual({ allow: 0, deny: 1, other: 0, errors: 1 });
  });

  it("gives the same report again", async () => {
    const run = (): Promise<DecisionDiff> =>
      diffOf(raised, generateInputs(raised, { seed: 9, iterations: 200, other: old }));
    expect(await run()).toEqual(await run());
  });

  it("tells how far it is, and stops when told to", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const inputs = generateInputs(old, { seed: 1, iterations: 5000 });
    const run = diffPacks(old, raised, inputs, {
      outcomes,
      signal: stop.signal,
      onProgress({ inputs: count }) {
        seen.push(count);
        if (seen.length === 3) stop.abort(new Error("stopped by the test"));
      },
    });
    await expect(run).rejects.toThrow("stopped by the test");
    expect(seen).toEqual([200, 400, 600]);
  });

  it("refuses a pack that does not start", async () => {
    await expect(diffOf({ ...old, wasm: new Uint8Array([1, 2, 3]) }, [])).rejects.toMatchObject({
      code: "WASM_INVALID",
    });
  });
});
