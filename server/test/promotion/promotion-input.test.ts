import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "@policy-pack/pack";
import { toPolicyInput } from "../../src/promotion/promotion-input.ts";

const SCHEMA: JsonObject = {
  type: "object",
  required: ["snapshot", "cost"],
  properties: {
    snapshot: {
      type: "object",
      required: ["service", "p95Ms"],
      properties: { service: { type: "string" }, p95Ms: { type: "number" }, readP95Ms: { type: "number" } },
    },
    cost: { type: "object", required: ["usd"], properties: { usd: { type: "number" } } },
  },
};

const WHOLE: JsonObject = { snapshot: { service: "a", p95Ms: 1 }, cost: { usd: 0 } };

describe("toPolicyInput", () => {
  it("takes what the schema names", () => {
    expect(toPolicyInput(SCHEMA, WHOLE)).toEqual({ input: WHOLE, missing: [] });
  });

  it("leaves everything else out, at every depth", () => {
    const known = { ...WHOLE, releaseId: "1", snapshot: { service: "a", p95Ms: 1, secret: true }, extra: { usd: 1 } };
    expect(toPolicyInput(SCHEMA, known).input).toEqual(WHOLE);
  });

  it("keeps a value of the wrong type, for the policy to refuse", () => {
    const known = { snapshot: "fast", cost: { usd: "free" } };
    expect(toPolicyInput(SCHEMA, known).input).toEqual(known);
  });

  it("names what is missing down to the field", () => {
    expect(toPolicyInput(SCHEMA, { snapshot: { service: "a" } }).missing).toEqual(["snapshot.p95Ms", "cost.usd"]);
    expect(toPolicyInput(SCHEMA, {}).missing).toEqual(["snapshot.service", "snapshot.p95Ms", "cost.usd"]);
  });

  it("takes zero and false for what is there", () => {
    const schema = { type: "object", required: ["a", "b"], properties: { a: {}, b: {} } };
    expect(toPolicyInput(schema, { a: 0, b: false })).toEqual({ input: { a: 0, b: false }, missing: [] });
  });

  it("names what a schema demands without describing it, and nothing of the prototype", () => {
    const schema = { type: "object", required: ["constructor"], properties: { toString: {} } };
    expect(toPolicyInput(schema, {})).toEqual({ input: {}, missing: ["constructor"] });
    const hostile = JSON.parse('{"__proto__": {"a": 1}}') as JsonObject;
    const named = JSON.parse('{"properties": {"__proto__": {}, "a": {}}, "required": ["a"]}') as JsonObject;
    expect(toPolicyInput(named, hostile).missing).toEqual(["a"]);
  });
});
