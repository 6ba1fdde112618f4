import { describe, expect, it } from "@jest/globals";
import { compilePack } from "@policy-pack/testkit";
import { createDecider, SIMULATION_TIME_NS } from "../../src/decide/decider.ts";
import { DEFAULT_OUTCOME_RULES } from "../../src/outcomes/outcome.ts";

const ENTRYPOINT = "# METADATA\n# scope: document\n# entrypoint: true\n";
const RULES = [
  "now := time.now_ns()",
  'lots := [rand.intn("a", 1000000), uuid.rfc4122("a")]',
  "environment := opa.runtime()",
  'answer := http.send({"method": "get", "url": "http://127.0.0.1:1/"}).status_code',
  'address := net.lookup_ip_addr("localhost")',
];

describe("createDecider", () => {
  it("when a policy asks for the time, lots, an environment or a host decides alike each time, and reaches none", async () => {
    const rego = `package a\n\n${RULES.map((rule) => `${ENTRYPOINT}${rule}\n`).join("\n")}`;
    const { contents } = await compilePack({ "opa/a/a.rego": rego });
    const [first, second] = [
      await createDecider(contents, DEFAULT_OUTCOME_RULES),
      await createDecider(contents, DEFAULT_OUTCOME_RULES),
    ];
    const ask = (decider: typeof first): unknown[] =>
      ["lots", "environment", "answer", "address"].map((rule) => decider.decide({ input: {} }, `a/${rule}`));
    expect(ask(first)).toEqual(ask(second));
    expect(ask(first)).toMatchObject([
      { value: [expect.any(Number), expect.any(String)] },
      { value: {} },
      { outcome: "DENY", error: "DECISION_UNDEFINED" },
      { outcome: "DENY", error: "DECISION_UNDEFINED" },
    ]);
    const { error } = first.decide({ input: {}, timeNs: 5n }, "a/now");
    expect([error, first.decide({ input: {}, timeNs: 5n }, "a/now").value]).toEqual([undefined, 5]);
    expect(SIMULATION_TIME_NS).toBe(1_767_225_600_000_000_000n);
  });
});
