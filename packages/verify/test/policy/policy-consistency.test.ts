import { describe, expect, it } from "@jest/globals";
import { parseVerificationPolicy } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import {
  ann,
  BAD_POLICIES,
  bob,
  CONTRADICTORY_POLICIES,
  GOOD_POLICIES,
  UNSAYABLE_POLICIES,
} from "../support/policies.ts";

describe("parseVerificationPolicy", () => {
  it.each(GOOD_POLICIES)("when it has %s returns it, frozen, and reads it again as itself", (_, policy) => {
    const parsed = parseVerificationPolicy(policy);
    expect(parseVerificationPolicy(parsed)).toBe(parsed);
    expect(parseVerificationPolicy(JSON.stringify(parsed))).toEqual(parsed);
    expect(Object.isFrozen(parsed) && Object.isFrozen(parsed.signers ?? parsed.attestations)).toBe(true);
  });

  it.each([...BAD_POLICIES, ...CONTRADICTORY_POLICIES, ...UNSAYABLE_POLICIES])(
    "when it has %s throws CONFIG_INVALID",
    (_, policy) => {
      expect(codeOf(() => parseVerificationPolicy(policy))).toBe("CONFIG_INVALID");
    },
  );

  it("when what it read is changed afterwards keeps what it read", () => {
    const source = { signers: [{ ...ann }] };
    const parsed = parseVerificationPolicy(source);
    source.signers[0] = bob;
    expect(parsed.signers).toEqual([ann]);
    expect(() => {
      Object.assign(parsed, { signers: [bob] });
    }).toThrow(TypeError);
  });
});
