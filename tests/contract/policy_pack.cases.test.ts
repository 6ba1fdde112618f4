import { beforeAll, describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { FormatError, isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { parseRecordedCases, SIMULATION_TIME_NS, toCaseInputs } from "@policy-pack/simulate";
import type { RecordedCase } from "@policy-pack/simulate";
import { ask, compilePolicy, NOW, readPolicySource, SOURCE, withConfig } from "../support/laws/policy.ts";
import type { Policy } from "../support/laws/policy.ts";

const FOLDER = join(SOURCE, "cases");
const OTHERS = ["baseline.json", "outcomes.json"];
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".json") && !OTHERS.includes(name));
const texts = new Map(FILES.map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]));
const cases = [...texts].flatMap(([name, text]) => parseRecordedCases(text, name));

const schema = JSON.parse(readFileSync("docs/contracts/case.schema.json", "utf8")) as JsonObject;
const fits = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

/** Shares by which a threshold is moved: a case stands closer to it on both sides. */
const NUDGES = [0.998, 1.002];

let policy: Policy;

beforeAll(async () => {
  policy = await compilePolicy(await readPolicySource());
});

function failed(instance: PolicyInstance, packageName: string): readonly string[] {
  return cases
    .filter(({ entrypoint }) => entrypoint.startsWith(`cos/${packageName}/`))
    .filter(({ entrypoint, input, expected }) => {
      return JSON.stringify(ask(instance, entrypoint, input)) !== JSON.stringify(expected);
    })
    .map(({ name }) => name);
}

/** The paths of all numbers of a document. */
function numbersOf(value: JsonValue, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value === "number") return [at];
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, [...at, key])) : [];
}

function scaled(value: JsonValue, path: readonly string[], factor: number): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) return Number(value) * factor;
  if (!isJsonObject(value)) throw new Error("no such path");
  return { ...value, [key]: scaled(value[key] ?? null, rest, factor) };
}

/** Every threshold that a rule reads: the numbers of data/config/<package>/data.json. */
const THRESHOLDS = ["approval", "budget", "promotion"].flatMap((name) => {
  const config = JSON.parse(readFileSync(join(SOURCE, "data", "config", name, "data.json"), "utf8")) as JsonObject;
  return numbersOf(config).flatMap((path) => NUDGES.map((factor) => ({ name, config, path, factor })));
});

describe("the recorded cases of policy-pack-v0", () => {
  it.each(cases.map((one) => [one.name, one] as const))("%s", (_name, { entrypoint, input, expected }) => {
    expect(ask(policy.instance, entrypoint, input)).toEqual(expected);
  });

  it("are decided at the instant of a simulation", () => {
    expect(NOW).toBe(SIMULATION_TIME_NS);
  });

  it("have one name each, in all files together", () => {
    expect(toCaseInputs(cases)).toHaveLength(cases.length);
  });

  it("ask every entrypoint of the pack", () => {
    expect([...new Set(cases.map(({ entrypoint }) => entrypoint))].toSorted()).toEqual(policy.instance.entrypoints);
  });

  it("are not in the pack", () => {
    expect([...policy.contents.files.keys()].filter((path) => path.startsWith("cases"))).toEqual([]);
  });

  it.each(THRESHOLDS.map((moved) => [`${moved.name} ${moved.path.join(".")}`, moved.factor, moved] as const))(
    "notice that %s is moved to %d of it",
    async (_path, _factor, { name, config, path, factor }) => {
      expect(failed(await withConfig(policy, name, config), name)).toEqual([]);
      expect(failed(await withConfig(policy, name, scaled(config, path, factor)), name)).not.toEqual([]);
    },
  );
});

describe("case.schema.json", () => {
  const good: RecordedCase = { name: "a-case", entrypoint: "a/b/allow", input: {}, expected: false, why: "Because." };

  it.each([...texts])("fits cases/%s", (_name, text) => {
    expect({ fits: fits(JSON.parse(text)), errors: fits.errors }).toEqual({ fits: true, errors: null });
  });

  it("fits its own examples", () => {
    for (const example of schema["examples"] as readonly JsonValue[]) expect(fits(example)).toBe(true);
  });

  /** What is put in the place of each field: the schema and the parser must think alike of all of it. */
  const probes: readonly unknown[] = [
    ...[
      undefined,
      null,
      true,
      0,
      1.5,
      [],
      {},
      "",
      " ",
      "a",
      "A",
      "a-b",
      "a--b",
      "-a",
      "a_b",
      "a/b",
      "/a",
      "a//b",
      "a b/c",
    ],
    ...[
      "a".repeat(100),
      "a".repeat(101),
      `a/${"b".repeat(254)}`,
      `a/${"b".repeat(255)}`,
      "a".repeat(500),
      "a".repeat(501),
    ],
    ...["a\nb", "a/b\n", "a\u0000", "a\u202e/b", "a\u2028b", "é/é", "🦊".repeat(500), "🦊".repeat(501), "🦊/🦊"],
  ];

  it.each(["name", "entrypoint", "input", "expected", "why", "more"])(
    "thinks of each %s as the parser does",
    (field) => {
      for (const probe of probes) {
        const text = JSON.stringify({ cases: [{ ...good, [field]: probe }] });
        expect([field, probe, fits(JSON.parse(text))]).toEqual([field, probe, isRead(text)]);
      }
    },
  );
});

function isRead(text: string): boolean {
  try {
    parseRecordedCases(text, "probe.json");
    return true;
  } catch (thrown) {
    if (thrown instanceof FormatError) return false;
    throw thrown;
  }
}
