import { constants, gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { describeUndecidable, parseDecisionLog } from "../../src/simulation/decision-log.ts";
import type { DecisionLog } from "../../src/simulation/decision-log.ts";

const entrypoints = new Set(["cos/abac/allow", "cos/abac/reasons", "cos/budget/decision"]);
const input = { subject: { tenant: "a" } };
const event = {
  labels: { id: "3c5f8d1e", version: "1.20.2" },
  decision_id: "4ca636c1",
  bundles: { main: { revision: "7" } },
  path: "cos/abac/allow",
  input,
  result: true,
  requested_by: "[::1]:59943",
  timestamp: "2026-01-01T00:00:00.123456789Z",
  metrics: { timer_rego_query_eval_ns: 94_000 },
};
const NONE = { erased: 0, masked: 0, inputless: 0, adHoc: 0, otherLine: 0 };

function parse(text: string | Uint8Array, allowTornTail = false): DecisionLog {
  return parseDecisionLog(Buffer.from(text), { file: "log.jsonl", entrypoints, allowTornTail });
}

function lines(...records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function codeOf(text: string | Uint8Array, allowTornTail = false): unknown {
  try {
    return parse(text, allowTornTail);
  } catch (thrown) {
    return (thrown as { code: unknown }).code;
  }
}

describe("parseDecisionLog", () => {
  describe("when it holds OPA's decision events", () => {
    it("returns their inputs, each to be decided at its time", () => {
      const { inputs, undecidable, torn } = parse(lines(event));
      expect(inputs).toEqual([
        {
          id: "4ca636c1",
          origin: "log",
          package: "cos/abac",
          entrypoint: "cos/abac/allow",
          input,
          timeNs: 1_767_225_600_123_456_789n,
        },
      ]);
      expect([undecidable, torn]).toEqual([NONE, undefined]);
    });

    it.each<[string, object, object]>([
      ["a slash first", { path: "/cos/abac/allow" }, { package: "cos/abac", entrypoint: "cos/abac/allow" }],
      ["a package's path", { path: "cos/abac" }, { package: "cos/abac" }],
      ["the path of no rule there is", { path: "other/allow" }, { package: "other", entrypoint: "other/allow" }],
      ["another zone", { timestamp: "2026-01-01T01:00:00.5+01:00" }, { timeNs: 1_767_225_600_500_000_000n }],
      ["no fraction", { timestamp: "2026-01-01T00:00:00Z" }, { timeNs: 1_767_225_600_000_000_000n }],
      ["no id", { decision_id: undefined }, { id: "log.jsonl:1" }],
      ["an error in place of its result", { result: undefined, error: { code: "eval" } }, { input }],
      ["an input that is null", { input: null }, { input: null }],
      ["an input that is false", { input: false }, { input: false }],
      ["only its result erased", { erased: ["/result/token"] }, { input }],
      ["nothing erased", { erased: [], masked: null }, { input }],
      ["a field of a similar name masked", { masked: ["/inputs"] }, { input }],
    ])("with %s returns it", (_, changed, expected) => {
      expect(parse(lines({ ...event, ...changed })).inputs).toEqual([expect.objectContaining(expected)]);
    });

    it("without a time leaves it to the simulation", () => {
      expect(parse(lines({ ...event, timestamp: undefined })).inputs[0]).not.toHaveProperty("timeNs");
    });

    it.each<[string, object, keyof typeof NONE]>([
      ["a part of its input erased", { erased: ["/result", "/input/subject/ssn"] }, "erased"],
      ["its whole input erased", { erased: ["/input"], input: undefined }, "erased"],
      ["everything erased", { erased: ["/"] }, "erased"],
      ["something erased that cannot be told", { erased: [5] }, "erased"],
      ["a part of its input masked", { masked: ["/input/password"] }, "masked"],
      ["no input", { input: undefined }, "inputless"],
      ["a query for a path", { path: undefined, query: "data.cos.abac.allow = x" }, "adHoc"],
      ["the path of everything", { path: "" }, "adHoc"],
    ])("with %s counts it as undecidable", (_, changed, reason) => {
      const log = parse(lines(event, { ...event, ...changed }));
      expect(log.inputs).toHaveLength(1);
      expect(log.undecidable).toEqual({ ...NONE, [reason]: 1 });
      expect(describeUndecidable(log)).toHaveLength(1);
    });

    it("counts the lines of OPA's own log between them", () => {
      const started = { level: "info", msg: "Initializing server.", addrs: [":8181"], time: "2026-01-01T00:00:00Z" };
      const log = parse(lines(started, { ...event, level: "info", msg: "Decision Log" }));
      expect([log.inputs.length, log.undecidable.otherLine]).toEqual([1, 1]);
    });
  });

  it("when it holds entrypoints and inputs alone returns them", () => {
    const { inputs } = parse(lines({ entrypoint: "cos/budget/decision", input: {} }, event));
    expect(inputs).toHaveLength(2);
    expect(inputs[0]).toEqual({
      id: "log.jsonl:1",
      origin: "log",
      package: "cos/budget",
      entrypoint: "cos/budget/decision",
      input: {},
    });
  });

  it.each<[string, string | Uint8Array]>([
    ["packed with gzip", gzipSync(lines(event))],
    ["an array, as OPA uploads it", JSON.stringify([event])],
    ["an array packed with gzip", gzipSync(` \n${JSON.stringify([event])}\n`)],
    ["without a last line feed", lines(event).trimEnd()],
    ["with carriage returns and empty lines", `\n${lines(event).replace("\n", "\r\n")}\r\n \n`],
  ])("when it is %s returns its inputs", (_, text) => {
    expect(parse(text).inputs.map(({ input: asked }) => asked)).toEqual([input]);
  });

  it.each([
    ["nothing", ""],
    ["an empty array", "[]"],
  ])("when it holds %s returns none", (_, text) => {
    expect(parse(text).inputs).toEqual([]);
  });

  it.each<[string, string | Uint8Array]>([
    ["a line that is no JSON", `not json\n${lines(event)}`],
    ["a torn line in its middle", `${lines(event).slice(0, 40)}\n${lines(event)}`],
    ["a torn last line", lines(event, event).slice(0, -20)],
    ["a last line that ends and is no JSON", `${lines(event)}{"path": \n`],
    ["a record that is a list", "[[]]"],
    ["a line that is a text", lines("x")],
    ["a record of no rule", lines({ input })],
    ["a line of some other log", lines({ msg: "x" })],
    ["a path that is no text", lines({ ...event, path: ["cos"] })],
    ["a time that is none", lines({ ...event, timestamp: "yesterday" })],
    ["a time without a zone", lines({ ...event, timestamp: "2026-01-01T00:00:00" })],
    ["a time that no calendar has", lines({ ...event, timestamp: "2026-13-01T00:00:00Z" })],
    ["an id that is no text", lines({ ...event, decision_id: 5 })],
    ["erased paths that are no list", lines({ ...event, erased: "/input" })],
    ["one key twice", '{"path": "a/b", "path": "c/d", "input": 1}\n'],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22, 0x0a])],
    ["a torn array", JSON.stringify([event]).slice(0, -1)],
    ["gzip without its end", gzipSync(lines(event)).subarray(0, 60)],
    ["gzip that is damaged", Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(20, 7)])],
  ])("when it holds %s throws DECISION_LOG_INVALID", (_, text) => {
    expect(codeOf(text)).toBe("DECISION_LOG_INVALID");
  });

  it("when a line is torn names it", () => {
    expect(() => parse(lines(event, event).slice(0, -20))).toThrow("log.jsonl:2");
  });

  describe("when a torn tail is allowed", () => {
    it("leaves it out and says so", () => {
      const log = parse(lines(event, event).slice(0, -20), true);
      expect(log.inputs).toHaveLength(1);
      expect(log.torn).toBe("log.jsonl:2");
      expect(describeUndecidable(log)).toEqual([expect.stringContaining("log.jsonl:2")]);
    });

    it("takes what there is of gzip without its end", () => {
      const records = Array.from({ length: 500 }, (_, index) => ({ ...event, decision_id: `d${index * 7919}` }));
      const packed = gzipSync(lines(...records));
      const { inputs, torn } = parse(packed.subarray(0, Math.floor(packed.length / 2)), true);
      expect(inputs.length).toBeGreaterThan(0);
      expect(inputs.length).toBeLessThan(500);
      expect(torn).toBeDefined();
    });

    it("says so of gzip that is cut where a line ends", () => {
      const packed = gzipSync(lines(event, event), { finishFlush: constants.Z_SYNC_FLUSH });
      const { inputs, torn } = parse(packed, true);
      expect([inputs.length, torn]).toEqual([2, "log.jsonl:3"]);
      expect(parse(gzipSync(lines(event)), true).torn).toBeUndefined();
    });

    it.each([
      ["a torn line in its middle", `${lines(event).slice(0, 40)}\n${lines(event)}`],
      ["a last line that ends and is no JSON", `${lines(event)}{"path": \n`],
      ["a whole last line that is no record", `${lines(event)}{}`],
    ])("and it is %s throws DECISION_LOG_INVALID", (_, text) => {
      expect(codeOf(text, true)).toBe("DECISION_LOG_INVALID");
    });
  });

  it.each([
    ["a record over the cap", lines({ ...event, input: "x".repeat(4 * 1024 * 1024) })],
    ["more decisions than the cap", lines({ path: "a/b", input: 1 }).repeat(250_001)],
    [
      "gzip that unpacks without end",
      Buffer.concat(Array<Buffer>(5).fill(gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)))),
    ],
  ])("when it holds %s throws LIMIT_EXCEEDED", (_, text) => {
    expect(codeOf(text)).toBe("LIMIT_EXCEEDED");
  });
});
