import { describe, expect, it } from "@jest/globals";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { EvaluationError } from "@policy-pack/pack";

import { answer, loadMask, openLog, POLICY, record } from "../support/log.ts";

const SECRET = { user: "ada", password: "hunter2", cards: [{ number: "4111" }, { number: "4222" }] };

describe("system/log/mask", () => {
  it("erases and replaces what its rules name, and says so", async () => {
    const mask = await loadMask(`@mask contains "/input/password"
mask contains {"op": "remove", "path": sprintf("/input/cards/%d/number", [i])} if some i, _ in input.input.cards
mask contains {"op": "upsert", "path": "/input/user", "value": "**"}
mask contains "/result/why"`);
    const { log, lines, records } = await openLog({ mask });
    const result = { allow: true, why: "ada" };
    record(log, { input: SECRET, outcome: answer(result) });
    expect(records()[0]).toMatchObject({
      input: { user: "**", cards: [{}, {}] },
      result: { allow: true },
      erased: ["/input/password", "/result/why", "/input/cards/0/number", "/input/cards/1/number"],
      masked: ["/input/user"],
    });
    expect(lines[0]).not.toMatch(/hunter2|4111|ada/);
    expect(result.why).toBe("ada");
  });

  it("sees the record as OPA shows it", async () => {
    const mask = await loadMask(`@mask contains {"op": "upsert", "path": "/input/seen", "value": object.keys(input)}`);
    const { log, records } = await openLog({ mask, labels: { id: "x" } });
    record(log, { context: { traceId: "t", requestedBy: "me" } });
    expect(records()[0]?.["input"]).toMatchObject({
      seen: ["bundles", "decision_id", "input", "labels", "pack_digest", "path", "requested_by", "result", "timestamp"],
    });
  });

  it("that is undefined masks nothing", async () => {
    const { log, records } = await openLog({ mask: await loadMask(`@mask := ["/input"] if input.never`) });
    record(log, { input: SECRET });
    expect(records()[0]).toMatchObject({ input: SECRET });
    expect(log.stats().maskFailures).toBe(0);
  });

  it.each([
    ["is no list", `@mask := "x"`],
    ["names another part", `@mask contains "/labels"`],
    ["names another op", `@mask contains {"op": "hide", "path": "/input"}`],
    ["has two values", `@mask := ["/input"] if true\nmask := [] if input.path`],
    ["does not end within its memory", `@mask contains x if { some x in numbers.range(1, 100000000) }`],
  ])("that %s takes input and result out of the record", async (_case, rules) => {
    const { log, lines, records } = await openLog({ mask: await loadMask(rules) });
    record(log, { input: SECRET, outcome: answer({ leak: "hunter2" }) });
    expect(records()[0]).toMatchObject({
      erased: ["/input", "/result"],
      mask_error: expect.any(String),
      path: "t/allow",
    });
    expect(records()[0]).not.toHaveProperty("input");
    expect(records()[0]).not.toHaveProperty("result");
    expect(lines[0]).not.toContain("hunter2");
    expect(log.stats().maskFailures).toBe(1);
  });

  it("leaves out messages that may quote what it hides", async () => {
    const mask = await loadMask(`@mask := ["/input/password"] if input.input.password`);
    const { log, lines, records } = await openLog({ mask });
    const builtinErrors = [{ builtin: "time.parse_ns", message: "hunter2 is no time" }];
    record(log, { input: SECRET, outcome: { error: new EvaluationError("EVALUATION_FAILED", "hunter2") } });
    record(log, { input: SECRET, outcome: { decision: { value: true, ...POLICY, builtinErrors } } });
    record(log, { input: {}, outcome: { decision: { value: true, ...POLICY, builtinErrors } } });
    expect(lines.slice(0, 2).join("")).not.toContain("hunter2");
    expect(records()[0]).toMatchObject({ error: { code: "EVALUATION_FAILED" } });
    expect(records().map((it) => it["builtin_errors"])).toEqual([
      undefined,
      [{ builtin: "time.parse_ns" }],
      builtinErrors,
    ]);
  });

  it("takes all parts of a record out of which only the input can be written", async () => {
    const { log, records } = await openLog({ mask: await loadMask(`@mask contains "/result"`) });
    record(log, { input: () => 1 });
    expect(records()[0]).toMatchObject({ erased: ["/input", "/result"] });
    expect(records()[0]).not.toHaveProperty("result");
  });
});

describe("system/log/drop", () => {
  it("drops where it says exactly true, and the count is on record", async () => {
    const mask = await loadMask(`@drop if input.input.health\ndrop := "yes" if input.input.odd`);
    const { log, records } = await openLog({ mask });
    for (const input of [{ health: true }, { health: true }, { odd: true }, {}]) record(log, { input });
    expect(records()).toMatchObject([{ dropped: { drop_rule: 2 } }, { input: { odd: true } }, { input: {} }]);
    expect(log.stats()).toMatchObject({ decisions: 4, sinks: [{ dropped: { drop_rule: 2 } }] });
  });

  it("that fails drops nothing", async () => {
    const mask = await loadMask(`@drop if input.path\ndrop := false if input.path`);
    const { log, records } = await openLog({ mask });
    record(log);
    expect(records()).toHaveLength(1);
    expect(log.stats().dropFailures).toBe(1);
  });

  it("of a closed policy drops nothing and masks everything", async () => {
    const mask: PolicyInstance = await loadMask(`@drop if false\n@mask contains "/input/password"`);
    mask.close();
    const { log, records } = await openLog({ mask });
    record(log, { input: SECRET });
    expect(records()[0]).toMatchObject({ erased: ["/input", "/result"], mask_error: "INSTANCE_CLOSED" });
  });
});
