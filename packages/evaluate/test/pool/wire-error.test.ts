import { describe, expect, it } from "@jest/globals";
import { ConfigError, EvaluationError, FormatError, TrustError } from "@policy-pack/pack";

import { fromWireError, toWireError } from "../../src/pool/wire-error.ts";

describe("fromWireError", () => {
  it.each([
    new EvaluationError("MEMORY_EXCEEDED", "m"),
    new FormatError("INPUT_INVALID", "i"),
    new ConfigError("CONFIG_INVALID", "c"),
    new TrustError("DENYLISTED", "d"),
    new TypeError("t"),
  ])("gives back the class and the code of %s", (error) => {
    const back = fromWireError(structuredClone(toWireError(error)));
    expect(back).toBeInstanceOf(error.constructor);
    expect(back).toMatchObject({ message: error.message, ...("code" in error ? { code: error.code } : {}) });
  });

  it.each(["thrown", { odd: true }, new RangeError("r"), undefined])("makes %j a failed evaluation", (thrown) => {
    expect(fromWireError(toWireError(thrown))).toMatchObject({ name: "EvaluationError", code: "EVALUATION_FAILED" });
  });
});
