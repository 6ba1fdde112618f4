import { cp, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { codeOf } from "./cli-checkout.ts";
import { createThresholdPacks, OLD, OLD_BUNDLE, OLD_SOURCE, STRICTER, WIDER } from "./threshold-packs.ts";
import type { ThresholdPacks } from "./threshold-packs.ts";

const BASELINE = "cases/baseline.json";
const PACK = join(import.meta.dirname, "../../contracts/policy-pack/v0");

interface Answer {
  readonly ok: boolean;
  readonly baseline: string;
  readonly verdict: {
    readonly old: { readonly digest: string };
    readonly new: { readonly digest: string };
    readonly flips: { readonly denyToAllow: number; readonly allowToDeny: number; readonly other: number };
    readonly groups: readonly { readonly name: string; readonly named: boolean }[];
    readonly exceeded: readonly { readonly entrypoint: string; readonly was: number; readonly is: number }[];
  };
}

let packs: ThresholdPacks;

async function simulate(...args: readonly string[]): Promise<{ status: number | null; code: unknown; answer: Answer }> {
  const { status, answer } = await packs.cli.json(["simulate", ...args]);
  return { status, code: codeOf(answer), answer: answer as Answer };
}

beforeAll(async () => {
  packs = await createThresholdPacks();
  const { status, stderr } = await packs.cli.run(["simulate", OLD_SOURCE, "--update"]);
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => packs.remove());

const original = (): string => packs.at(join(OLD_SOURCE, BASELINE));

describe("policy-pack simulate --update", () => {
  it("writes the same baseline again for the same pack, by default with seed 42 and 1000 inputs", async () => {
    const before = await readFile(original(), "utf8");
    expect(JSON.parse(before)).toMatchObject({ baseline: { seed: 42, iterations: 1000 } });
    expect((await simulate(OLD_SOURCE, "--update")).status).toBe(0);
    expect(await readFile(original(), "utf8")).toBe(before);
  });

  it("takes seed and number of inputs, and a file of one's own", async () => {
    const args = ["--update", "--seed", "7", "--iterations", "20", "--baseline", "own.json"];
    expect((await simulate(OLD_SOURCE, ...args)).status).toBe(0);
    expect(JSON.parse(await readFile(packs.at("own.json"), "utf8"))).toMatchObject({
      baseline: { seed: 7, iterations: 20 },
    });
    expect((await simulate(OLD_SOURCE, "--check", "--baseline", "own.json")).status).toBe(0);
  });

  it("leaves the manifest and dist as they are", async () => {
    await cp(packs.at(OLD_SOURCE), packs.at("fresh/spend/v1"), { recursive: true });
    const manifest = await readFile(packs.at("fresh/spend/v1/manifest.json"));
    await simulate("fresh/spend/v1", "--update");
    expect(await readFile(packs.at("fresh/spend/v1/manifest.json"))).toEqual(manifest);
    await expect(stat(packs.at("fresh/dist"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("policy-pack simulate --check", () => {
  beforeEach(async () => {
    for (const source of [WIDER, STRICTER]) await cp(original(), packs.at(join(source, BASELINE)));
  });

  it("when nothing changed passes, for the source and for the pack that was built of it", async () => {
    const { status, answer } = await simulate(OLD_SOURCE, "--check");
    expect([status, answer.verdict.groups, answer.verdict.exceeded]).toEqual([0, [], []]);
    const tar = [OLD, "--bundle", OLD_BUNDLE, "--dev-authority", "--baseline", join(OLD_SOURCE, BASELINE)];
    expect((await simulate(...tar, "--check")).status).toBe(0);
  });

  it("when a threshold moved fails, and names pass rates and flips", async () => {
    const wider = await simulate(WIDER, "--check");
    expect([wider.status, wider.code]).toEqual([5, "BASELINE_EXCEEDED"]);
    expect(wider.answer.verdict.flips.denyToAllow).toBeGreaterThan(0);
    expect(wider.answer.verdict.groups).toMatchObject([
      { name: "deny-to-allow:spend/limits/allow:over_limit", named: false },
    ]);
    expect(wider.answer.verdict.exceeded).toMatchObject([{ entrypoint: "spend/limits/allow" }]);
    expect((await simulate(STRICTER, "--check")).answer.verdict.flips.allowToDeny).toBeGreaterThan(0);
    const { status, stderr } = await packs.cli.run(["simulate", WIDER, "--check"]);
    expect([status, stderr]).toEqual([5, expect.stringContaining("over_limit")]);
  });

  it("when a listed approver names the flips still holds the pass rates to their tolerance", async () => {
    const { old, new: next, groups } = (await simulate(WIDER, "--check")).answer.verdict;
    const flips = groups.map(({ name }) => ({ name, reason: "raised on purpose" }));
    const note = await packs.signNote("wider-note", "approver", { old: old.digest, new: next.digest, flips });
    const named = await simulate(WIDER, "--check", "--note", note, "--note-policy", "approvers.json");
    expect([named.status, named.answer.verdict.groups]).toMatchObject([5, [{ named: true }]]);
    const strange = await packs.signNote("strange-note", "stranger", { old: old.digest, new: next.digest, flips });
    const refused = await simulate(WIDER, "--check", "--note", strange, "--note-policy", "approvers.json");
    expect([refused.status, refused.code]).toEqual([5, "PREDICATE_MISSING"]);
  });

  it("when a recorded case is decided otherwise fails, and --update only says so", async () => {
    await cp(packs.at(OLD_SOURCE), packs.at("cased/spend/v1"), { recursive: true });
    const recorded = {
      name: "a-lot",
      entrypoint: "spend/limits/allow",
      input: { amount: 101 },
      expected: true,
      why: "no",
    };
    await packs.write("cased/spend/v1/cases/limits.json", { cases: [recorded] });
    const { status, code, answer } = await simulate("cased/spend/v1", "--check");
    expect([status, code, answer]).toMatchObject([
      5,
      "BASELINE_EXCEEDED",
      { ok: false, failedCases: [{ id: "a-lot" }] },
    ]);
    const { status: updated, stderr } = await packs.cli.run(["simulate", "cased/spend/v1", "--update"]);
    expect([updated, stderr]).toEqual([0, expect.stringMatching(/warning:.*as expected: 1/)]);
  });

  it("when the baseline is another generator's says that it is outdated", async () => {
    const { baseline } = JSON.parse(await readFile(original(), "utf8")) as { baseline: { generator: string } };
    await packs.write("outdated.json", { baseline: { ...baseline, generator: "policy-pack-inputs/0" } });
    const { status, code } = await simulate(OLD_SOURCE, "--check", "--baseline", "outdated.json");
    expect([status, code]).toEqual([2, "BASELINE_OUTDATED"]);
  });

  it.each<[string, unknown]>([
    ["no JSON", "{"],
    ["something else", { baseline: {} }],
    ["of too many inputs", "original"],
  ])("refuses a baseline that is %s", async (_, content) => {
    if (content === "original") {
      const { baseline } = JSON.parse(await readFile(original(), "utf8")) as { baseline: object };
      await packs.write("odd.json", { baseline: { ...baseline, iterations: 1e12 } });
    } else await packs.write("odd.json", content);
    expect((await simulate(OLD_SOURCE, "--check", "--baseline", "odd.json")).status).toBe(3);
  });

  it.each<[string, readonly string[]]>([
    ["neither check nor update", [OLD_SOURCE]],
    ["both", [OLD_SOURCE, "--check", "--update"]],
    ["a seed for a check", [OLD_SOURCE, "--check", "--seed", "1"]],
    ["no inputs", [OLD_SOURCE, "--update", "--iterations", "0"]],
    ["a note for an update", [OLD_SOURCE, "--update", "--note", "n", "--note-policy", "p"]],
    ["a baseline that is not there", [OLD_SOURCE, "--check", "--baseline", "nowhere.json"]],
    ["a tar without a baseline", [OLD, "--check", "--unsafe-unverified"]],
    ["a tar without a bundle", [OLD, "--check", "--dev-authority", "--baseline", "own.json"]],
  ])("refuses %s", async (_, args) => {
    expect((await simulate(...args)).code).toBe("CONFIG_INVALID");
  });
});

describe("the contract pack's baseline", () => {
  it("holds of the pack as it stands", async () => {
    await cp(PACK, packs.at("contracts/policy-pack/v0"), { recursive: true });
    const { status, answer } = await simulate("--check");
    expect([status, answer]).toMatchObject([0, { ok: true }]);
    const { baseline } = JSON.parse(await readFile(join(PACK, BASELINE), "utf8")) as { baseline: object };
    expect(baseline).toMatchObject({ seed: 42, iterations: 1000 });
  });
});
