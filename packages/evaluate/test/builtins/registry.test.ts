import { describe, expect, it } from "@jest/globals";

import { HOST_BUILTINS, loadBuiltins } from "../../src/builtins/registry.ts";

describe("loadBuiltins", () => {
  it("has every builtin that the registry names", async () => {
    expect(Object.keys(await loadBuiltins(HOST_BUILTINS)).toSorted()).toEqual(HOST_BUILTINS);
  });

  it("leaves out a name that no family has", async () => {
    expect(await loadBuiltins(["rego.parse_module"])).toEqual({});
  });
});
