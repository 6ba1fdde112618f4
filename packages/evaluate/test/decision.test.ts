import { beforeAll, describe, expect, it } from "@jest/globals";

import { compilePolicy, createInstance, jsonText } from "../src/index.ts";
import type { PolicyInstance } from "../src/index.ts";
import { compileRules, loadRules, NOW } from "./support/policy.ts";
import { createRandom } from "./support/random.ts";

const RULES = `
@echo := input
@kind := type_name(input)
@now := json.marshal(time.now_ns())
@drawn := [rand.intn("a", 1000000000), rand.intn("a", 1000000000), uuid.rfc4122("k"), uuid.rfc4122("k")]
@always := 1 if input.one
always := 2 if input.two
@parsed := [time.parse_rfc3339_ns(input) | true]
@failing := {x | some x in input; not time.parse_rfc3339_ns(x)}
`;

let instance: PolicyInstance;
beforeAll(async () => {
  instance = await loadRules(RULES);
});

describe("decide, on ready JSON", () => {
  it.each([
    ["null", null],
    ["false", false],
    ["0", 0],
    ['""', ""],
    [' {"a" : [1, {"b":"é😀"}]}\n', { a: [1, { b: "é😀" }] }],
    ['{"a":1,"a":2}', { a: 2 }],
    ["9223372036854775807", 9223372036854775807n],
  ])("takes the bytes and the text %s as the document", (json, value) => {
    for (const input of [Buffer.from(json), Uint8Array.from(Buffer.from(json)), jsonText(json)]) {
      expect(instance.decide(input, "t/echo").value).toEqual(value);
    }
    expect(instance.decide(json, "t/kind").value).toBe("string");
  });

  it.each(["", "{1,2}", "set()", "[1 2]", "{} {}", '{"a":1', "1.", "\xff"])(
    "throws INPUT_INVALID for %j, which the module's own parser may take, and goes on",
    (json) => {
      expect(() => instance.decide(Buffer.from(json, "latin1"), "t/echo")).toThrow(
        expect.objectContaining({ name: "FormatError", code: "INPUT_INVALID" }),
      );
      expect(instance.decide(1, "t/echo").value).toBe(1);
    },
  );

  const random = createRandom();
  it(`agrees with JSON.parse on what is JSON, and refuses what is not (seed ${random.seed})`, () => {
    const whole = '{"a": [1.5e-3, 7, true, null, "x\\n\\u00e9é"], "b": {"c": {}, "d": 12345678901}, "e": [1, [2]]}';
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      '"',
      ",",
      ":",
      "0",
      "1",
      ".",
      "e",
      "-",
      "\\",
      "\\u0041",
      "\\u0000",
      " ",
      "\n",
      "é",
      "t",
    ];
    for (let round = 0; round < 2000; round++) {
      let text = whole;
      for (let edits = 1 + random.int(3); edits > 0; edits--) {
        const at = random.int(text.length + 1);
        text = text.slice(0, at) + (random.int(2) === 0 ? random.pick(pieces) : "") + text.slice(at + random.int(3));
      }
      const decide = () => instance.decideText(random.int(2) === 0 ? Buffer.from(text) : jsonText(text), "t/echo");
      const expected = parse(text);
      if (expected === undefined) expect(decide).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
      else expect(sorted(parse(decide()))).toBe(sorted(expected));
    }
  });

  it("carries a text of 10 MB both ways", () => {
    const text = "0123456789abcdé😀\0".repeat(600_000);
    expect(instance.decide(jsonText(JSON.stringify(text)), "t/echo").value).toBe(text);
    expect(instance.decide({ text }, "t/echo").value).toEqual({ text });
  });

  it("throws TypeError for a jsonText of anything but a string", () => {
    expect(() => jsonText({} as never)).toThrow(TypeError);
  });
});

describe("decide, with the time and the seed of one decision", () => {
  it("answers the same for the same, and draws one value a decision for one key", () => {
    const options = { now: 9_007_199_254_740_993n, seed: "release 7" };
    const { value } = instance.decide(null, "t/drawn", options);
    const [first, second, id, same] = value as unknown[];
    expect([first, id]).toEqual([second, same]);
    expect(instance.decide(null, "t/drawn", options).value).toEqual(value);
    expect(instance.decideText(null, "t/now", options)).toBe('"9007199254740993"');
    expect(instance.decide(null, "t/drawn", { seed: "release 8" }).value).not.toEqual(value);
    expect(instance.decide(null, "t/drawn").value).not.toEqual(value);
    expect(instance.decide(null, "t/now").value).toBe(String(NOW));
  });

  it.each([{ now: 1 }, { now: 2n ** 63n }, { seed: 1 }])("throws TypeError for %p", (options) => {
    expect(() => instance.decide(null, "t/now", options as never)).toThrow(TypeError);
    expect(instance.decide(null, "t/now").value).toBe(String(NOW));
  });
});

describe("decide, on builtin errors", () => {
  it("reports each with its builtin, for this decision alone", () => {
    const { value, builtinErrors } = instance.decide(["x", "2026-01-01T00:00:00Z", "y"], "t/failing");
    expect(value).toEqual(["x", "y"]);
    const report = { builtin: "time.parse_rfc3339_ns", message: expect.stringMatching(/./) };
    expect(builtinErrors).toEqual([report, report]);
    expect(instance.decide(1, "t/echo").builtinErrors).toEqual([]);
  });

  it("throws BUILTIN_FAILED when strict, and goes on", async () => {
    const strict = await loadRules(RULES, { strictBuiltinErrors: true });
    expect(() => strict.decide(["x"], "t/failing")).toThrow(
      expect.objectContaining({ name: "EvaluationError", code: "BUILTIN_FAILED" }),
    );
    expect(strict.decide(["2026-01-01T00:00:00Z"], "t/failing").value).toEqual([]);
  });
});

describe("decideText", () => {
  it("throws what decide throws", () => {
    for (const [input, entrypoint, code] of [
      [undefined, "t/echo", "DECISION_UNDEFINED"],
      [1, "t/nope", "ENTRYPOINT_UNKNOWN"],
      [{ one: 1, two: 1 }, "t/always", "EVALUATION_FAILED"],
      [Number.NaN, "t/echo", "INPUT_INVALID"],
    ] as const) {
      expect(() => instance.decideText(input, entrypoint)).toThrow(expect.objectContaining({ code }));
    }
    expect(instance.decideText(false, "t/echo")).toBe("false");
    expect(instance.decideText(true, "t/echo")).toBe("true");
  });
});

describe("decideMany", () => {
  it("answers in order, and loses none for the sake of another", () => {
    const input = { one: 1, two: 1 };
    const outcomes = instance.decideMany([
      { input, entrypoint: "t/echo" },
      { input, entrypoint: "t/always" },
      { input, entrypoint: "t/kind" },
      { input: 1n, entrypoint: "t/nope" },
      { input: undefined, entrypoint: "t/echo" },
      { input: Number.NaN, entrypoint: "t/echo" },
      { input: null, entrypoint: 7 as never },
      { input: Buffer.from("[0]"), entrypoint: "t/echo" },
      { input: null, entrypoint: "t/now", options: { now: 5n } },
    ]);
    expect(
      outcomes.map(({ decision, error }) => decision?.value ?? (error instanceof TypeError || error?.code)),
    ).toEqual([
      input,
      "EVALUATION_FAILED",
      "object",
      "ENTRYPOINT_UNKNOWN",
      "DECISION_UNDEFINED",
      "INPUT_INVALID",
      true,
      [0],
      "5",
    ]);
  });

  it("takes questions as they come", () => {
    function* questions() {
      for (const input of [1, 2, 2]) yield { input, entrypoint: "t/echo" };
    }
    expect(instance.decideMany(questions()).map(({ decision }) => decision?.value)).toEqual([1, 2, 2]);
    expect(instance.decideMany([])).toEqual([]);
  });

  it("sees the data that is set between two questions about one input", async () => {
    const policy = await loadRules("@known := data.names[input]", { data: { names: { a: 1 } } });
    const input = "a";
    function* questions() {
      yield { input, entrypoint: "t/known" };
      policy.setData({ names: { a: 2 } });
      yield { input, entrypoint: "t/known" };
      policy.patchData(["names", "a"], 3);
      yield { input, entrypoint: "t/known" };
    }
    expect(policy.decideMany(questions()).map(({ decision }) => decision?.value)).toEqual([1, 2, 3]);
  });
});

describe("close", () => {
  it("makes every later call throw INSTANCE_CLOSED", async () => {
    const policy = await loadRules(RULES);
    policy.close();
    policy.close();
    const calls = [
      () => policy.decide(1, "t/echo"),
      () => policy.decideText(1, "t/echo"),
      () => policy.decideMany([]),
      () => {
        policy.setData({});
      },
      () => {
        policy.patchData(["a"], 1);
      },
    ];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: "INSTANCE_CLOSED" }));
    expect(policy.entrypoints).toContain("t/echo");
  });

  it("refuses to close within a decision", async () => {
    const policy = await loadRules(RULES);
    const input = {
      get inner(): unknown {
        policy.close();
        return 1;
      },
    };
    expect(() => policy.decide(input, "t/echo")).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
    expect(policy.decide(1, "t/echo").value).toBe(1);
  });
});

describe("compilePolicy", () => {
  it("gives one module to any number of instances, each with data of its own", async () => {
    const contents = await compileRules("@x := data.x", { x: 1 });
    const module = await compilePolicy(contents.wasm);
    const carried = structuredClone(module);
    const first = await createInstance({ ...contents, module });
    const second = await createInstance({ ...contents, module: carried, dataJson: Buffer.from('{"x": 2.0}') });
    first.setData({ x: 3 });
    expect([first.decideText(null, "t/x"), second.decideText(null, "t/x")]).toEqual(["3", "2.0"]);
  });
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Without telling -0 from 0, nor the order of keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : item,
  );
}
