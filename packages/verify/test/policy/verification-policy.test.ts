import { describe, expect, it } from "@jest/globals";
import { parseVerificationPolicy, toVerificationPolicy } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import { keys } from "../support/world.ts";

const identity = {
  certificateIdentity: "https://example.com/main",
  certificateOidcIssuer: "https://issuer.example.com",
};
const publicKey = keys.signer.publicKey.export({ format: "pem", type: "spki" }).toString();

describe("parseVerificationPolicy", () => {
  it("when the policy is good returns it, from text and from a value", () => {
    const policy = { signers: [identity, { publicKey }], minimumRevision: 3, packId: "policy-pack-v0" };
    expect(parseVerificationPolicy(policy)).toEqual(policy);
    expect(parseVerificationPolicy(JSON.stringify(policy))).toEqual(policy);
  });

  it.each<[string, unknown]>([
    ["is undefined", undefined],
    ["is null", null],
    ["is empty", {}],
    ["is not JSON", "{"],
    ["has no signers", { signers: [] }],
    ["has one signer that is no list", { signers: identity }],
    ["has a signer that is empty", { signers: [{}] }],
    ["has an identity without an issuer", { signers: [{ certificateIdentity: "a" }] }],
    ["has an issuer without an identity", { signers: [{ certificateOidcIssuer: "a" }] }],
    ["has an empty identity", { signers: [{ ...identity, certificateIdentity: "" }] }],
    ["has an empty issuer", { signers: [{ ...identity, certificateOidcIssuer: "" }] }],
    ["has an identity that is no string", { signers: [{ ...identity, certificateIdentity: /main/ }] }],
    ["has a signer with key and identity", { signers: [{ ...identity, publicKey }] }],
    ["has a key that is none", { signers: [{ publicKey: "junk" }] }],
    ["has an unknown field", { signers: [identity], threshold: 2 }],
    ["has a signer with an unknown field", { signers: [{ ...identity, certificateIdentityRegexp: ".*" }] }],
    ["has a revision of 0", { signers: [identity], minimumRevision: 0 }],
    ["has no text for a revision", { signers: [identity], minimumRevision: "" }],
    ["has a revision with a zero in front", { signers: [identity], minimumRevision: "01" }],
    ["has a revision in another base", { signers: [identity], minimumRevision: "0x1" }],
    ["has a revision below zero as text", { signers: [identity], minimumRevision: "-1" }],
    ["has a revision with a space", { signers: [identity], minimumRevision: "1 " }],
    ["has a broken revision", { signers: [identity], minimumRevision: 1.5 }],
    ["has NaN for a revision", { signers: [identity], minimumRevision: Number.NaN }],
    ["has no end for a revision", { signers: [identity], minimumRevision: Infinity }],
    ["has a function for a revision", { signers: [identity], minimumRevision: () => 3 }],
    ["has a symbol for a packId", { signers: [identity], packId: Symbol("policy-pack-v0") }],
    ["has null for a revision", { signers: [identity], minimumRevision: null }],
    ["has null for a revision as text", `{"signers":[${JSON.stringify(identity)}],"minimumRevision":null}`],
    ["has null for a packId", { signers: [identity], packId: null }],
    ["has null for a signer's key", { signers: [{ ...identity, publicKey: null }] }],
    ["has an empty packId", { signers: [identity], packId: "" }],
    ["has a field twice", `{"signers":[],"signers":[${JSON.stringify(identity)}]}`],
    ["has too many signers", { signers: Array(101).fill(identity) }],
    ["is larger than the cap", `{"signers":[${JSON.stringify(identity)}]}`.padEnd(300_000)],
  ])("when it %s throws CONFIG_INVALID", (_, source) => {
    expect(codeOf(() => parseVerificationPolicy(source))).toBe("CONFIG_INVALID");
  });
});

describe("toVerificationPolicy", () => {
  it("returns a policy of one signer", () => {
    expect(toVerificationPolicy(identity)).toEqual({ signers: [identity], acceptStatements: true });
    expect(toVerificationPolicy({ key: publicKey, certificateIdentity: undefined, acceptStatements: false })).toEqual({
      signers: [{ publicKey }],
      acceptStatements: false,
    });
  });

  it.each([
    ["nothing", {}],
    ["both", { ...identity, key: publicKey }],
    ["an identity alone", { certificateIdentity: "a" }],
    ["an issuer alone", { certificateOidcIssuer: "a" }],
    ["an empty identity", { ...identity, certificateIdentity: "" }],
    ["an empty key", { key: "" }],
    ["a key with half an identity", { key: publicKey, certificateIdentity: "a" }],
  ])("when %s is given throws CONFIG_INVALID", (_, flags) => {
    expect(codeOf(() => toVerificationPolicy(flags))).toBe("CONFIG_INVALID");
  });
});
