import { describe, expect, it } from "@jest/globals";

import { createInstance } from "../src/index.ts";
import { compileRules, loadRules, NOW, opaEval } from "./support/policy.ts";

const RULES = `
@echo := input
@times := [json.marshal(time.now_ns()), later] if later := json.marshal(time.now_ns())
@parsed := json.marshal(time.parse_rfc3339_ns(input))
@denied if not time.parse_rfc3339_ns(input)
`;

describe("decide, on time", () => {
  it("asks the clock once a decision", async () => {
    let now = NOW;
    const instance = await loadRules(RULES, { now: () => now++ });
    expect(instance.decide({}, "t/times").value).toEqual([String(NOW), String(NOW)]);
    expect(instance.decide({}, "t/times").value).toEqual([String(NOW + 1n), String(NOW + 1n)]);
  });

  it("uses the system's clock by default", async () => {
    const instance = await createInstance(await compileRules(RULES));
    const before = BigInt(Date.now()) * 1_000_000n;
    const [now] = instance.decide({}, "t/times").value as [string];
    expect(BigInt(now)).toBeGreaterThanOrEqual(before);
    expect(BigInt(now)).toBeLessThanOrEqual(BigInt(Date.now()) * 1_000_000n);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no clock");
      },
    ],
    ["returns a number", () => 1 as unknown as bigint],
    ["returns more than 64 bits", () => 2n ** 63n],
  ])("throws BUILTIN_FAILED when the clock %s, and goes on", async (_case, now) => {
    const instance = await loadRules(RULES, { now });
    expect(() => instance.decide({}, "t/times")).toThrow(expect.objectContaining({ code: "BUILTIN_FAILED" }));
    expect(instance.decide(3, "t/echo").value).toBe(3);
  });

  it("leaves an expression undefined on a builtin error, so that not is true, as OPA does", async () => {
    const instance = await loadRules(RULES);
    expect(() => instance.decide("no time", "t/parsed")).toThrow(
      expect.objectContaining({ code: "DECISION_UNDEFINED" }),
    );
    expect(instance.decide("no time", "t/denied").value).toBe(true);
    expect(await opaEval(RULES, "denied", "no time")).toBe(true);
    expect(await opaEval(RULES, "parsed", "no time")).toBeUndefined();
  });
});
