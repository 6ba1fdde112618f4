import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";

import { EvaluationError } from "@policy-pack/pack";

import type { Capabilities } from "../../src/capabilities/capabilities.ts";
import { onRelease, releaseCapabilities } from "../../src/capabilities/release.ts";
import { startLoopback } from "../support/loopback.ts";
import type { Loopback } from "../support/loopback.ts";
import { loadRules } from "../support/policy.ts";

const RULES = `
@status := http.send({"method": "GET", "url": input.url}).status_code
@counts := [http.send({"method": "GET", "url": sprintf("%s?%d", [input.url, i])}).raw_body | some i in input.indexes]
@refused if not http.send({"method": "GET", "url": input.url})
@addresses := net.lookup_ip_addr(input.name)
@environment := opa.runtime().env
`;
const capabilities: Capabilities = {
  http: { hosts: ["127.0.0.1"], maxRequests: 2 },
  lookup: { hosts: ["127.0.0.1"] },
  runtime: { env: { REGION: "eu" } },
};

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(async () => {
  releaseCapabilities(capabilities);
  await loopback.close();
});

describe("a policy with capabilities", () => {
  it("asks servers and name servers in the middle of a decision", async () => {
    const instance = await loadRules(RULES, { capabilities });
    expect(instance.decide({ url: `${loopback.http}/status?code=418` }, "t/status").value).toBe(418);
    expect(instance.decide({ name: "127.0.0.1" }, "t/addresses").value).toEqual(["127.0.0.1"]);
    expect(instance.decide({}, "t/environment").value).toEqual({ REGION: "eu" });
  });

  it("asks once a decision, and again in the next", async () => {
    const instance = await loadRules(RULES, { capabilities });
    const ask = (): unknown => instance.decide({ url: `${loopback.http}/count`, indexes: [1, 2, 1] }, "t/counts").value;
    expect(ask()).toEqual(["1", "1", "1"]);
    expect(ask()).toEqual(["2", "2", "2"]);
  });

  it("has no answer from a host that is not granted, and says so", async () => {
    const instance = await loadRules(RULES, { capabilities });
    const { value, builtinErrors } = instance.decide({ url: "http://localhost:1/" }, "t/refused");
    expect(value).toBe(true);
    expect(builtinErrors).toEqual([{ builtin: "http.send", message: expect.stringContaining("localhost") }]);
  });

  it("stops at a limit, which is no answer that `not` could take", async () => {
    const instance = await loadRules(RULES, { capabilities });
    const ask = (): unknown => instance.decide({ url: `${loopback.http}/text`, indexes: [1, 2, 3] }, "t/counts");
    expect(ask).toThrow(EvaluationError);
    expect(ask).toThrow(expect.objectContaining({ code: "BUILTIN_FAILED" }));
  });

  it("releases its capabilities when it is closed", async () => {
    const [granted, release] = [{ ...capabilities }, jest.fn()];
    const instance = await loadRules(RULES, { capabilities: granted });
    onRelease(granted, release);
    instance.close();
    instance.close();
    expect(release).toHaveBeenCalledTimes(1);
  });

  it("does not load with capabilities that mean nothing", async () => {
    const granted: Capabilities = { ...capabilities, http: { hosts: ["127.0.0.1"], maxRequests: 0 } };
    await expect(loadRules(RULES, { capabilities: granted })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it.each(["http", "lookup", "runtime"] as const)("does not load without %s", async (name) => {
    const granted = Object.fromEntries(Object.entries(capabilities).filter(([granted]) => granted !== name));
    await expect(loadRules(RULES, { capabilities: granted })).rejects.toMatchObject({ code: "CAPABILITY_MISSING" });
  });
});
