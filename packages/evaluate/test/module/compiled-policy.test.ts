import { describe, expect, it } from "@jest/globals";

import { compilePolicy, createInstance, requiredBuiltins, requiredCapabilities } from "../../src/index.ts";
import { compileRules, loadRules } from "../support/policy.ts";

const REACHING = `
@sent := http.send({"method": "GET", "url": input})
@looked := net.lookup_ip_addr(input)
@env := opa.runtime()
@now := time.now_ns()
`;

describe("requiredBuiltins", () => {
  it("names the host's builtins of the module, sorted", async () => {
    const { wasm } = await compileRules(REACHING);
    const policy = await compilePolicy(wasm);
    const names = ["http.send", "net.lookup_ip_addr", "opa.runtime", "time.now_ns"];
    expect(requiredBuiltins(policy)).toEqual(names);
    expect(requiredBuiltins(structuredClone(policy))).toEqual(names);
  });

  it("names none for a policy of native builtins", async () => {
    const { wasm } = await compileRules("@yes := count(input) > 1");
    expect(requiredBuiltins(await compilePolicy(wasm))).toEqual([]);
  });
});

describe("requiredCapabilities", () => {
  it("names what must be granted, once and sorted", () => {
    expect(requiredCapabilities(["time.now_ns", "opa.runtime", "http.send", "http.send", "toString"])).toEqual([
      "http",
      "runtime",
    ]);
    expect(requiredCapabilities([])).toEqual([]);
  });
});

describe("createInstance, on a policy that reaches out", () => {
  it("throws CAPABILITY_MISSING that names the builtins and what to hand in", async () => {
    const loading = createInstance(await compileRules(REACHING), { capabilities: { runtime: {} } });
    await expect(loading).rejects.toMatchObject({
      name: "EvaluationError",
      code: "CAPABILITY_MISSING",
      message: expect.stringMatching(/http\.send, net\.lookup_ip_addr(?!.*opa\.runtime).*capabilities\.http and/),
    });
  });

  it("loads with what it needs", async () => {
    const capabilities = { http: { hosts: [] }, lookup: { hosts: [] }, runtime: {} };
    const policy = await loadRules(REACHING, { capabilities });
    expect(policy.entrypoints).toHaveLength(4);
  });
});
