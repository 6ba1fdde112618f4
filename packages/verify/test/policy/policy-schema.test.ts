import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parseVerificationPolicy, VERIFY_LIMITS } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import { ann, BAD_POLICIES, CONTRADICTORY_POLICIES, GOOD_POLICIES } from "../support/policies.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const source = readFileSync(
  new URL("../../../../docs/contracts/verification-policy.schema.json", import.meta.url),
  "utf8",
);
const schema = JSON.parse(source) as Schema;
const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
const isValid = (policy: object): boolean => validate(JSON.parse(JSON.stringify(policy)));
const fieldsOf = (name: string): readonly string[] => Object.keys(schema.$defs?.[name]?.properties ?? {});

/** Whether the parser knows a field: of an unknown one it says so before anything else. */
function isKnown(policy: object): boolean {
  try {
    parseVerificationPolicy(policy);
    return true;
  } catch (thrown) {
    return !String(thrown).includes("unknown field");
  }
}

describe("verification-policy.schema.json", () => {
  it.each(GOOD_POLICIES)("takes %s, as the parser does", (_, policy) => {
    expect([isValid(policy), validate.errors]).toEqual([true, null]);
  });

  it.each(BAD_POLICIES)("refuses %s, as the parser does", (_, policy) => {
    expect(isValid(policy)).toBe(false);
  });

  it.each(CONTRADICTORY_POLICIES)("takes %s, and leaves the contradiction to the parser", (_, policy) => {
    expect(isValid(policy)).toBe(true);
    expect(codeOf(() => parseVerificationPolicy(policy))).toBe("CONFIG_INVALID");
  });

  it("names fields that the parser knows, and no other", () => {
    const inPolicy = (name: string): object => ({ signers: [ann], [name]: 5 });
    const inSigner = (name: string): object => ({ signers: [{ ...ann, [name]: 5 }] });
    const inClaims = (name: string): object => ({ signers: [{ github: { [name]: 5 } }] });
    const inRole = (name: string): object => ({ signers: [ann], pause: { signers: [ann], [name]: 5 } });
    const inRule = (rule: object): object => ({
      signers: [ann],
      attestations: [{ predicateType: "https://a.b/c", ...rule }],
    });
    const tables: [readonly string[], (name: string) => object][] = [
      [Object.keys(schema.properties ?? {}), inPolicy],
      [fieldsOf("signer"), inSigner],
      [fieldsOf("github"), inClaims],
      [fieldsOf("role"), inRole],
      [fieldsOf("attestation"), (name) => inRule({ [name]: 5 })],
      [fieldsOf("constraint"), (name) => inRule({ constraints: [{ [name]: {} }] })],
      [fieldsOf("provenance"), (name) => inRule({ provenance: { [name]: 5 } })],
      [fieldsOf("decisionDiff"), (name) => inRule({ decisionDiff: { [name]: "x" } })],
    ];
    for (const [fields, policyWith] of tables) {
      expect(fields.length).toBeGreaterThan(1);
      expect(fields.filter((name) => !isKnown(policyWith(name)))).toEqual([]);
      expect(isKnown(policyWith("unheardOf"))).toBe(false);
    }
  });

  it("names the caps that the parser has", () => {
    const { maxSignerRules, maxTrustedRoots, maxAttestationRules, maxConstraints, maxIdentityLength } = VERIFY_LIMITS;
    for (const cap of [maxSignerRules, maxAttestationRules, maxConstraints])
      expect(source).toContain(`"maxItems": ${cap},`);
    expect(source).toContain(`"maxProperties": ${maxTrustedRoots},`);
    expect(source).toContain(`"maxLength": ${maxIdentityLength},`);
    expect(source).toContain(`"maxLength": ${VERIFY_LIMITS.maxPatternLength},`);
  });
});
