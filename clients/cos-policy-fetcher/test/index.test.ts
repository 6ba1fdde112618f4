import { describe, expect, it } from "@jest/globals";
import * as pack from "@policy-pack/pack";
import * as verify from "@policy-pack/verify";
import * as fetcher from "../src/index.ts";
import type { Decision, ErrorCode, Signer, SignerRule, TrustedRoot, VerificationPolicy } from "../src/index.ts";

/** Compiles only as long as the types are exported. */
export type Exported = [Decision, ErrorCode, Signer, SignerRule, TrustedRoot, VerificationPolicy];

describe("cos-policy-fetcher", () => {
  it("exports the very classes that it throws", () => {
    const errors = Object.entries(pack).filter(([name]) => name.endsWith("Error"));
    expect(errors).toHaveLength(7);
    expect(fetcher).toMatchObject(Object.fromEntries(errors));
  });

  it("exports the parser of trusted roots", () => {
    expect(fetcher.parseTrustedRoot).toBe(verify.parseTrustedRoot);
  });
});
