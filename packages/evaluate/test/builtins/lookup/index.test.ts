import { afterAll, describe, expect, it } from "@jest/globals";

import { LOOKUP_BUILTINS } from "../../../src/builtins/lookup/index.ts";
import { releaseCapabilities } from "../../../src/capabilities/release.ts";
import type { Capabilities } from "../../../src/capabilities/capabilities.ts";
import { RegoSet } from "../../../src/values/values.ts";
import { callBuiltin, testContext } from "../../support/values.ts";

/** Longer than a name can be: no name server is asked. */
const NO_NAME = "x".repeat(300);
const capabilities: Capabilities = { lookup: { hosts: ["localhost", "127.0.0.1", NO_NAME] } };
const look = (name: unknown, granted = capabilities) =>
  callBuiltin(LOOKUP_BUILTINS["net.lookup_ip_addr"], [name], testContext({ capabilities: granted }));

afterAll(() => {
  releaseCapabilities(capabilities);
});

describe("net.lookup_ip_addr", () => {
  it("returns the addresses of a granted name as a set", () => {
    const addresses = look("localhost");
    expect(addresses).toBeInstanceOf(RegoSet);
    expect((addresses as RegoSet).members.some((address) => address === "127.0.0.1" || address === "::1")).toBe(true);
    expect(look("127.0.0.1")).toEqual(new RegoSet(["127.0.0.1"]));
  });

  it("returns nothing for a name that does not exist, is not granted, or is no text", () => {
    expect(look(NO_NAME)).toBeUndefined();
    expect(look("example.test")).toBeUndefined();
    expect(look(1)).toBeUndefined();
  });

  it("asks once a decision", () => {
    const context = testContext({ capabilities, once: (key) => new RegoSet([key]) as never });
    expect(callBuiltin(LOOKUP_BUILTINS["net.lookup_ip_addr"], ["localhost"], context)).toEqual(
      new RegoSet(["net.lookup_ip_addr localhost"]),
    );
  });

  it("asks once for a name that does not exist", () => {
    let asked = 0;
    const plain = testContext();
    const once = <T>(key: string, make: () => T): T =>
      plain.once(key, () => {
        asked++;
        return make();
      });
    const context = testContext({ capabilities, once });
    const ask = () => callBuiltin(LOOKUP_BUILTINS["net.lookup_ip_addr"], [NO_NAME], context);
    expect([ask(), ask()]).toEqual([undefined, undefined]);
    expect(asked).toBe(1);
  });

  it("stops without the capability", () => {
    expect(() => look("localhost", {})).toThrow(TypeError);
  });
});
