import { describe, expect, it } from "@jest/globals";
import { toOpaModule } from "../../src/parity/opa-module.ts";

const QUESTIONS = {
  entrypoints: [{ path: "cos/a-b/allow", group: 1 }],
  roots: [],
  required: [],
  nowNs: 1_767_225_600_000_000_000n,
};

describe("toOpaModule", () => {
  it("when the pack has a package of its name takes another", () => {
    expect(toOpaModule(QUESTIONS).name).toBe("policy_pack_parity");
    expect(toOpaModule({ ...QUESTIONS, roots: ["policy_pack_parity", "policy_pack_parity_"] }).name).toBe(
      "policy_pack_parity__",
    );
  });

  it("when the module asks for nothing replaces nothing", () => {
    const { rego, allRules, oneRules } = toOpaModule({ ...QUESTIONS, required: ["sprintf"] });
    expect(rego).toContain('value := data["cos"]["a-b"]["allow"]\n');
    expect(rego).toContain("some given in input[1]");
    expect([allRules, oneRules]).toEqual([["data.policy_pack_parity.all0"], ["policy_pack_parity/one0"]]);
  });

  it("when the module asks for what is no function of the input replaces that alone", () => {
    const { rego } = toOpaModule({ ...QUESTIONS, required: ["rand.intn", "time.now_ns", "http.send"] });
    expect(rego).toContain('["allow"] with rand.intn as lot with time.now_ns as 1767225600000000000\n');
    expect(rego).not.toContain("uuid");
  });
});
