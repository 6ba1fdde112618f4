import { describe, expect, it } from "@jest/globals";

import { ConfigError } from "@policy-pack/pack";

import type { Capabilities } from "../../src/capabilities/capabilities.ts";
import { checkGrants, resolveHttp, resolveLookup } from "../../src/capabilities/grants.ts";

describe("checkGrants", () => {
  it("accepts nothing, and everything that means something", () => {
    checkGrants({});
    checkGrants({ http: { hosts: [] }, lookup: { hosts: ["a.test"] }, runtime: {} });
    checkGrants({
      http: { hosts: ["127.0.0.1", "::1"], timeoutMs: 1, maxResponseBytes: 1, maxRequests: 1, insecureTls: true },
    });
  });

  it.each<[string, unknown]>([
    ["hosts that are no list", { http: { hosts: "a.test" } }],
    ["a host with a path", { http: { hosts: ["a.test/x"] } }],
    ["a host with brackets", { http: { hosts: ["[::1]"] } }],
    ["an empty host", { lookup: { hosts: [""] } }],
    ["no time", { http: { hosts: [], timeoutMs: 0 } }],
    ["endless time", { lookup: { hosts: [], timeoutMs: Infinity } }],
    ["half a byte", { http: { hosts: [], maxResponseBytes: 0.5 } }],
    ["a text for a count", { http: { hosts: [], maxRequests: "9" } }],
    ["a text for a boolean", { http: { hosts: [], insecureTls: "false" } }],
    ["a list for the runtime", { runtime: [] }],
    ["null for the runtime", { runtime: null }],
  ])("refuses %s", (_title, capabilities) => {
    const check = (): void => {
      checkGrants(capabilities as Capabilities);
    };
    expect(check).toThrow(ConfigError);
    expect(check).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("resolveHttp and resolveLookup", () => {
  it("fill in the defaults, and compare hosts in lower case", () => {
    expect(resolveHttp({ hosts: ["A.test"] })).toEqual({
      hosts: ["a.test"],
      timeoutMs: 5000,
      maxResponseBytes: 1_048_576,
      maxRequests: 16,
      insecureTls: false,
    });
    expect(resolveLookup({ hosts: ["B.test"], timeoutMs: 7 })).toEqual({ hosts: ["b.test"], timeoutMs: 7 });
  });
});
