import { beforeAll, describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import type { JsonObject, JsonValue, PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import type { Baseline, BaselineVerdict } from "../../src/baseline/baseline.ts";
import { checkBaseline, requireBaseline } from "../../src/baseline/check-baseline.ts";
import type { CheckOptions } from "../../src/baseline/check-baseline.ts";
import { parseBaseline } from "../../src/baseline/parse-baseline.ts";
import { simulateBaseline, simulatePack } from "../../src/baseline/simulate-pack.ts";
import { encodeBaseline, outcomesDigest, toBaseline } from "../../src/baseline/to-baseline.ts";
import { drawInputs } from "../../src/generator/generate.ts";
import { toInputModel } from "../../src/generator/pack-model.ts";
import { DEFAULT_OUTCOME_RULES } from "../../src/outcomes/outcome.ts";
import { LIMIT_POLICY, limitFiles } from "../support/packs.ts";

const outcomes = DEFAULT_OUTCOME_RULES;
const ENTRYPOINT = "app/rules/allow";
const drawn = { seed: 42, iterations: 400 };

let pack: PackContents;
let renamed: PackContents;
let baseline: Baseline;
let text: string;

beforeAll(async () => {
  pack = (await compilePack(limitFiles(100))).contents;
  const policy = LIMIT_POLICY.replace("default allow", "default permitted").replace("allow if", "permitted if");
  renamed = (await compilePack(limitFiles(100, policy), { revision: 2 })).contents;
  const model = toInputModel(pack);
  const run = await simulatePack(pack, drawInputs(model, drawn), { outcomes });
  baseline = toBaseline(run, { ...drawn, model });
  text = encodeBaseline(baseline);
});

const withLimit = (limit: number): PackContents => {
  const data = { config: { limit } };
  return { ...pack, data, revision: "2", digest: digestOf(Buffer.from(JSON.stringify(data))) };
};

async function check(next: PackContents, options?: CheckOptions): Promise<BaselineVerdict> {
  return checkBaseline(baseline, await simulateBaseline(next, baseline, { outcomes }), options);
}

/** The file with something else in it. */
function forged(change: (content: Record<string, JsonValue>) => void): string {
  const file = JSON.parse(text) as { baseline: Record<string, JsonValue> };
  change(file.baseline);
  return JSON.stringify(file);
}

function recordedIn(content: Record<string, JsonValue>): { decisions: JsonObject[]; sequence: string } {
  return (content["outcomes"] as Record<string, unknown>)[ENTRYPOINT] as { decisions: JsonObject[]; sequence: string };
}

/** Makes the digest fit again, as whoever forges would. */
function sealed(change: (content: Record<string, JsonValue>) => void): string {
  return forged((content) => {
    change(content);
    content["digest"] = outcomesDigest(content["outcomes"] as unknown as Baseline["outcomes"]);
  });
}

describe("encodeBaseline", () => {
  it("gives what parseBaseline reads, in lines that a reviewer can read", () => {
    expect(parseBaseline(text)).toEqual(baseline);
    expect(text).toMatch(/^\{\n {2}"baseline": \{\n {4}"generator": "policy-pack-inputs\/1",\n/);
    expect(text).toContain(`"${ENTRYPOINT}": 0.`);
    expect(Object.keys(baseline.outcomes)).toEqual([ENTRYPOINT]);
  });
});

describe("parseBaseline", () => {
  it.each([
    [
      "another version",
      () =>
        forged((content) => {
          content["generator"] = "policy-pack-inputs/0";
        }),
    ],
    ["a version whose form is not known", () => '{"baseline": {"generator": "policy-pack-inputs/99", "all": "else"}}'],
  ])("calls %s outdated", (_name, source) => {
    expect(() => parseBaseline(source())).toThrow(expect.objectContaining({ code: "BASELINE_OUTDATED" }));
  });

  it.each<readonly [string, () => string]>([
    ["that is no JSON", () => "{"],
    ["without content", () => "{}"],
    ["without a generator", () => '{"baseline": {}}'],
    [
      "with an unknown key",
      () =>
        forged((content) => {
          content["more"] = 1;
        }),
    ],
    [
      "with a seed that is none",
      () =>
        forged((content) => {
          content["seed"] = -1;
        }),
    ],
    [
      "with a pass rate that is not of its outcomes",
      () =>
        forged((content) => {
          (content["passRates"] as Record<string, number>)[ENTRYPOINT] = 0.5;
        }),
    ],
    ["with a pass rate of NaN's text", () => text.replace(/"app\/rules\/allow": 0\.[0-9]+/, '"app/rules/allow": NaN')],
    [
      "with a pass rate of no entrypoint",
      () =>
        forged((content) => {
          (content["passRates"] as Record<string, number>)["a/b"] = 0;
        }),
    ],
    [
      "with a digest that is not of its outcomes",
      () =>
        forged((content) => {
          content["digest"] = `sha256:${"0".repeat(64)}`;
        }),
    ],
    [
      "with outcomes that are not of its digest",
      () =>
        forged((content) => {
          recordedIn(content).sequence = recordedIn(content).sequence.split("").reverse().join("");
        }),
    ],
    [
      "with fewer outcomes than iterations",
      () =>
        sealed((content) => {
          recordedIn(content).sequence = recordedIn(content).sequence.slice(1);
        }),
    ],
    [
      "with a place that is none",
      () =>
        sealed((content) => {
          recordedIn(content).sequence = `z${recordedIn(content).sequence.slice(1)}`;
        }),
    ],
    [
      "with decisions out of order",
      () =>
        sealed((content) => {
          recordedIn(content).decisions.reverse();
        }),
    ],
    [
      "with a decision that nothing uses",
      () =>
        sealed((content) => {
          recordedIn(content).decisions.push({ outcome: "OTHER", reason: "z", value: 1 });
        }),
    ],
    [
      "with an ALLOW without a value",
      () =>
        sealed((content) => {
          recordedIn(content).decisions[0] = { outcome: "ALLOW", reason: "", error: "DECISION_UNDEFINED" };
        }),
    ],
    [
      "with an error that is none",
      () =>
        sealed((content) => {
          recordedIn(content).decisions[1] = { outcome: "DENY", reason: "", error: "toString" };
        }),
    ],
    [
      "with a decision without value and error",
      () =>
        sealed((content) => {
          recordedIn(content).decisions[0] = { outcome: "ALLOW", reason: "" };
        }),
    ],
    [
      "with a model that is none",
      () =>
        forged((content) => {
          content["model"] = { packages: [{ package: "a" }] };
        }),
    ],
    [
      "with a model's package twice",
      () =>
        forged((content) => {
          const { packages } = content["model"] as { packages: JsonValue[] };
          packages.push(packages[0] ?? null);
        }),
    ],
    [
      "without iterations",
      () =>
        sealed((content) => {
          Object.assign(content, { iterations: 0, passRates: { [ENTRYPOINT]: 0 } });
          Object.assign(recordedIn(content), { decisions: [], sequence: "" });
        }),
    ],
    [
      "whose model asks an entrypoint nothing",
      () =>
        sealed((content) => {
          Object.assign(content, { model: { packages: [] }, passRates: { [ENTRYPOINT]: 0 } });
          Object.assign(recordedIn(content), { decisions: [], sequence: "" });
        }),
    ],
  ])("refuses one %s", (_name, source) => {
    expect(() => parseBaseline(source())).toThrow(expect.objectContaining({ code: "BASELINE_INVALID" }));
  });

  it("refuses one beyond its size", () => {
    expect(() => parseBaseline(" ".repeat(17 * 1024 * 1024))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });
});

describe("checkBaseline", () => {
  it("agrees with the pack that it recorded", async () => {
    const verdict = await check(pack, { model: toInputModel(pack) });
    expect(verdict).toMatchObject({ ok: true, tolerance: 0.005, exceeded: [], groups: [], modelCurrent: true });
    expect(() => {
      requireBaseline(verdict);
    }).not.toThrow();
  });

  it("finds flips on the very inputs of the baseline, and says that others would be drawn now", async () => {
    const verdict = await check(withLimit(101), { model: toInputModel(withLimit(101)) });
    expect(verdict.ok).toBe(false);
    expect(verdict.groups).toMatchObject([{ name: "deny-to-allow:app/rules/allow:over_limit", named: false }]);
    expect(verdict.flips.denyToAllow).toBeGreaterThan(0);
    expect(verdict.modelCurrent).toBe(false);
    expect(() => {
      requireBaseline(verdict);
    }).toThrow(expect.objectContaining({ code: "BASELINE_EXCEEDED" }));
  });

  it("takes flips that a note names, but no pass rate beyond the tolerance", async () => {
    const [next, name] = [withLimit(101), "deny-to-allow:app/rules/allow:over_limit"];
    const note = { old: pack.digest, new: next.digest, flips: [{ name, reason: "meant" }] };
    expect(await check(next, { note, tolerance: 1 })).toMatchObject({ ok: true, groups: [{ named: true }] });
    const strict = await check(next, { note, tolerance: 0 });
    expect(strict).toMatchObject({ ok: false, exceeded: [{ entrypoint: ENTRYPOINT }] });
    expect(() => {
      requireBaseline(strict);
    }).toThrow(expect.objectContaining({ code: "BASELINE_EXCEEDED" }));
  });

  it("refuses a note that named nothing, or another change", async () => {
    const note = {
      old: pack.digest,
      new: withLimit(101).digest,
      flips: [{ name: "deny-to-allow:app/rules/allow:other", reason: "x" }],
    };
    await expect(check(withLimit(101), { note })).rejects.toMatchObject({ code: "BASELINE_INVALID" });
    await expect(check(withLimit(101), { note: { ...note, new: renamed.digest } })).rejects.toMatchObject({
      code: "BASELINE_INVALID",
    });
  });

  it("finds entrypoints that are gone or new, whatever the tolerance", async () => {
    const verdict = await check(renamed, { tolerance: 1 });
    expect(verdict.exceeded.map(({ entrypoint, was, is }) => [entrypoint, was === null, is === null])).toEqual([
      [ENTRYPOINT, false, true],
      ["app/rules/permitted", true, false],
    ]);
    expect(verdict.groups.map(({ name }) => name)).toEqual([
      "deny-to-allow:app/rules/permitted:entrypoint_new",
      "allow-to-deny:app/rules/allow:entrypoint_gone",
    ]);
  });

  it("refuses a baseline of this very pack whose model is another", async () => {
    const model = { packages: [{ package: "app/rules", schemas: [{ const: {} }], numbers: [], texts: [] }] };
    const run = await simulatePack(pack, drawInputs(model, drawn), { outcomes });
    const dull = parseBaseline(encodeBaseline(toBaseline(run, { ...drawn, model })));
    expect(() => checkBaseline(dull, run, { model: toInputModel(pack) })).toThrow(
      expect.objectContaining({ code: "BASELINE_INVALID" }),
    );
  });

  it.each([NaN, -0.1, 1.1, Infinity])("refuses a tolerance of %d", async (tolerance) => {
    await expect(check(pack, { tolerance })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("refuses a run over other inputs", async () => {
    const run = await simulatePack(pack, drawInputs(baseline.model, { seed: 42, iterations: 10 }), { outcomes });
    expect(() => checkBaseline(baseline, run)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(() => toBaseline(run, { ...drawn, model: baseline.model })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
