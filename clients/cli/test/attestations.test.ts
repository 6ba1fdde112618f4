import { describe, expect, it } from "@jest/globals";
import { PREDICATE_TYPES } from "@policy-pack/pack";
import { parseVerificationPolicy } from "@policy-pack/verify";
import type { VerificationPolicy } from "@policy-pack/verify";
import { toAttestationPolicy } from "../src/attestations/attestation-policy.ts";
import { builderCheck, GITHUB_ISSUER } from "../src/attestations/builder-check.ts";
import { LOCAL_VERIFIER_ID, readVerifierId } from "../src/verifier-id.ts";

const SIGNER = { certificateIdentity: "a@example.test", certificateOidcIssuer: "https://example.test" };
const OTHER = { certificateIdentity: "b@example.test", certificateOidcIssuer: "https://example.test" };
const TYPE = PREDICATE_TYPES.slsaProvenance;
const INVALID = expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" });

describe("toAttestationPolicy", () => {
  it("when the policy names signers alone demands a statement of theirs, and no signature of the artifact", () => {
    const policy = { signers: [SIGNER], threshold: 1, acceptStatements: true, packId: "a-v0", minimumRevision: 2 };
    const wanted = toAttestationPolicy(policy, { predicateType: TYPE });
    expect(wanted).toEqual({ attestations: [{ predicateType: TYPE, signers: [SIGNER] }] });
    expect(() => parseVerificationPolicy(wanted)).not.toThrow();
  });

  it("when the policy has rules for the type keeps them, with its signers where they name none, and no others", () => {
    const constraints = [{ pointer: "/a", exists: true }];
    const policy: VerificationPolicy = {
      signers: [SIGNER],
      minimumTimestamps: 1,
      attestations: [
        { predicateType: TYPE, constraints },
        { predicateType: TYPE, signers: [OTHER] },
        { predicateType: PREDICATE_TYPES.release },
      ],
    };
    expect(toAttestationPolicy(policy, { predicateType: TYPE })).toEqual({
      minimumTimestamps: 1,
      attestations: [
        { predicateType: TYPE, signers: [SIGNER], constraints },
        { predicateType: TYPE, signers: [OTHER] },
      ],
    });
  });

  it("when a provenance is wanted demands it besides the policy's own rules", () => {
    const policy: VerificationPolicy = { signers: [SIGNER], attestations: [{ predicateType: TYPE, threshold: 1 }] };
    const provenance = { builderId: "urn:x" };
    expect(toAttestationPolicy(policy, { predicateType: TYPE, provenance }).attestations).toEqual([
      { predicateType: TYPE, threshold: 1, signers: [SIGNER] },
      { predicateType: TYPE, provenance, signers: [SIGNER] },
    ]);
  });

  it("when a denylist is demanded keeps demanding it", () => {
    const denylist = { signers: [SIGNER] };
    expect(toAttestationPolicy({ signers: [SIGNER], denylist }, { predicateType: TYPE })).toMatchObject({ denylist });
  });

  it("when a provenance is wanted of another type throws CONFIG_INVALID", () => {
    const wanted = { predicateType: PREDICATE_TYPES.release, provenance: { builderId: "urn:x" } };
    expect(() => toAttestationPolicy({ signers: [SIGNER] }, wanted)).toThrow(INVALID);
  });

  it("when nobody is named who may state it throws CONFIG_INVALID", () => {
    const policy: VerificationPolicy = { attestations: [{ predicateType: TYPE, signers: [SIGNER] }] };
    expect(() => toAttestationPolicy(policy, { predicateType: PREDICATE_TYPES.release })).toThrow(INVALID);
  });
});

describe("builderCheck", () => {
  const builder = "https://github.com/octo/pack/.github/workflows/a.yml@refs/heads/main";
  const certificate = (identity: string, issuer: string) =>
    ({ signer: { kind: "certificate", identity, issuer } }) as Parameters<ReturnType<typeof builderCheck>>[0];

  it("when GitHub certified another workflow throws SIGNING_FAILED", () => {
    expect(() => {
      builderCheck(builder)(certificate(`${builder}-evil`, GITHUB_ISSUER));
    }).toThrow(expect.objectContaining({ name: "ConfigError", code: "SIGNING_FAILED" }));
  });

  it("when GitHub certified this one, or nobody says anything of a workflow, says nothing", () => {
    const key = { signer: { kind: "key", keyHint: "x" } } as ReturnType<typeof certificate>;
    for (const verified of [certificate(builder, GITHUB_ISSUER), certificate("a", "https://example.test"), key]) {
      expect(() => {
        builderCheck(builder)(verified);
      }).not.toThrow();
    }
  });
});

describe("readVerifierId", () => {
  it("when a flag says it returns that, else nobody in particular", async () => {
    expect(await readVerifierId({ GITHUB_ACTIONS: "true" }, "urn:me")).toBe("urn:me");
    expect(await readVerifierId({}, undefined)).toBe(LOCAL_VERIFIER_ID);
  });

  it("when the environment is only partly GitHub's throws CONFIG_INVALID", async () => {
    await expect(readVerifierId({ GITHUB_ACTIONS: "true" }, undefined)).rejects.toThrow(INVALID);
  });
});
