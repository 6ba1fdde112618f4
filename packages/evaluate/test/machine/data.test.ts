import { describe, expect, it } from "@jest/globals";
import { compilePack } from "@policy-pack/testkit";

import { createInstance } from "../../src/index.ts";
import { moduleText } from "../support/policy.ts";

describe("createInstance, on a pack whose data no double carries", () => {
  const numbers = "[18446744073709551617,1.0,1e2,0.10,1e400,-0.0]";

  it("decides by every number as it was written, whichever way the data goes in", async () => {
    const { contents } = await compilePack({
      "opa/t/t.rego": moduleText("@n := data.a.n\n@b := data.b\n@more := data.a.n[0] + 1"),
      "data/a/data.json": `{"n": ${numbers}}`,
      "data/b/data.json": "[1]",
    });
    const instance = await createInstance(contents);
    const text = () => [instance.decideText(null, "t/n"), instance.decideText(null, "t/b")];
    expect(text()).toEqual([numbers, "[1]"]);
    expect(instance.decide(null, "t/more").value).toBe(18446744073709551618n);

    instance.setData({ a: { n: 1 }, b: 2 });
    expect(text()).toEqual(["1", "2"]);
    instance.setData(contents.data);
    expect(text()).toEqual([numbers, "[1]"]);

    const other = await createInstance({ ...contents, data: { a: { n: [1] }, b: 3 } });
    expect(other.decideText(null, "t/n")).toBe("[1]");
  });
});
