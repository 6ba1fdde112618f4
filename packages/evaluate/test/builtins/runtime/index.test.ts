import { describe, expect, it } from "@jest/globals";

import type { JsonObject } from "@policy-pack/pack";

import { RUNTIME_BUILTINS } from "../../../src/builtins/runtime/index.ts";
import { RegoDecimal } from "../../../src/values/values.ts";
import { callBuiltin, testContext, toRego } from "../../support/values.ts";

const runtime = (granted?: JsonObject) =>
  callBuiltin(
    RUNTIME_BUILTINS["opa.runtime"],
    [],
    testContext({ capabilities: granted === undefined ? {} : { runtime: granted } }),
  );

describe("opa.runtime", () => {
  it("returns what the caller grants, and nothing of this process", () => {
    expect(runtime({})).toEqual(toRego({}));
    expect(runtime({ env: { A: "b" }, list: [1, 1.5, null, true] })).toEqual(
      toRego({ env: { A: "b" }, list: [1, new RegoDecimal("1.5"), null, true] }),
    );
  });

  it("leaves out credentials and keys of the configuration", () => {
    const config = {
      services: { s: { url: "u", credentials: { bearer: "x" } } },
      keys: { k: { key: "x", private_key: "y", algorithm: "RS256" } },
      labels: null,
    };
    const shown = { services: { s: { url: "u" } }, keys: { k: { algorithm: "RS256" } }, labels: null };
    expect(runtime({ config })).toEqual(toRego({ config: shown }));
    expect(runtime({ config: { services: [{ credentials: 1, name: "s" }], keys: null } })).toEqual(
      toRego({ config: { services: [{ name: "s" }], keys: null } }),
    );
    expect(runtime({ config: "none" })).toEqual(toRego({ config: "none" }));
  });

  it.each<JsonObject>([{ services: 1 }, { services: [1] }, { keys: [] }, { keys: { k: 1 } }])(
    "has no answer for a configuration of another shape: %j",
    (config) => {
      expect(runtime({ config })).toBeUndefined();
    },
  );

  it("stops without the capability, and for one that is no object", () => {
    expect(() => runtime()).toThrow(TypeError);
    expect(() => runtime([] as unknown as JsonObject)).toThrow(TypeError);
  });
});
