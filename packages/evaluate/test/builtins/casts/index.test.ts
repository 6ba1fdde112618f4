import { describe, expect, it } from "@jest/globals";

import { CAST_BUILTINS } from "../../../src/builtins/casts/index.ts";
import { RegoSet } from "../../../src/values/values.ts";
import { callBuiltin, toRego } from "../../support/values.ts";

const VALUES: Readonly<Record<string, unknown>> = {
  array: [2, 1],
  boolean: false,
  null: null,
  number: 1,
  object: { a: 1 },
  set: new Set([1]),
  string: "",
};

describe.each([
  ["cast_array", ["array", "set"]],
  ["cast_boolean", ["boolean"]],
  ["cast_null", ["null"]],
  ["cast_object", ["object"]],
  ["cast_set", ["array", "set"]],
  ["cast_string", ["string"]],
])("%s", (name, accepted) => {
  it.each(Object.entries(VALUES))("takes or refuses a value: %s", (type, value) => {
    const cast = callBuiltin(CAST_BUILTINS[name], [value]);
    expect(cast !== undefined).toBe(accepted.includes(type));
    if (accepted.length === 1 && cast !== undefined) expect(cast).toEqual(toRego(value));
  });
});

describe("cast_array and cast_set", () => {
  it("turn one into the other", () => {
    expect(callBuiltin(CAST_BUILTINS["cast_array"], [new Set(["b", "a"])])).toEqual(["a", "b"]);
    expect(callBuiltin(CAST_BUILTINS["cast_set"], [["b", "a", "b"]])).toEqual(new RegoSet(["a", "b"]));
  });
});
