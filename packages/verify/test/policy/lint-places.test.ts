import { describe, expect, it } from "@jest/globals";
import { lintVerificationPolicy } from "../../src/index.ts";
import { keyPair } from "../support/certificates.ts";
import { pemOf } from "../support/signers.ts";

const ann = { certificateIdentity: "ann@example.com", certificateOidcIssuer: "https://issuer.example.com" };
const key = { publicKey: pemOf(keyPair()) };
const [sooner, later] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
const statement = { predicateType: "https://example.com/v1" };

describe("lintVerificationPolicy", () => {
  it.each<[string, unknown, string]>([
    ["what is no object", [], ""],
    ["no signer", {}, ""],
    ["an unknown field", { signers: [ann], thresold: 2 }, "/thresold"],
    ["an unknown field with a slash", { signers: [ann], "a/b~c": 2 }, "/a~1b~0c"],
    ["an unknown field of a signer", { signers: [ann, { ...ann, nam: "a" }] }, "/signers/1/nam"],
    ["a key that is none", { signers: [ann, { publicKey: "x" }] }, "/signers/1/publicKey"],
    ["a null", { signers: [ann], packId: null }, "/packId"],
    ["a null in a signer", { signers: [{ ...ann, name: null }] }, "/signers/0/name"],
    ["a null in a list", { signers: [ann, null] }, "/signers/1"],
    ["a number that JSON has not", { signers: [ann], minimumRevision: Number.NaN }, "/minimumRevision"],
    [
      "a null in a role's signer",
      { signers: [ann], denylist: { signers: [{ ...ann, github: null }] } },
      "/denylist/signers/0/github",
    ],
    ["a role's signer", { signers: [ann], denylist: { signers: [{ ...ann, x: 1 }] } }, "/denylist/signers/0/x"],
    ["a threshold without signers", { attestations: [{ ...statement, signers: [ann] }], threshold: 1 }, "/threshold"],
    [
      "acceptStatements without signers",
      { attestations: [{ ...statement, signers: [ann] }], acceptStatements: true },
      "/acceptStatements",
    ],
    ["text that is no JSON", "{", ""],
    ["a field twice", `{"signers":[],"signers":[${JSON.stringify(ann)}]}`, ""],
    ["two without names", { signers: [ann, key], threshold: 2 }, "/signers"],
    [
      "a window that ends before it begins",
      { signers: [{ ...ann, notBefore: later, notAfter: sooner }] },
      "/signers/0",
    ],
    [
      "such a window in the eleventh place",
      { signers: [...Array<object>(10).fill(ann), { ...ann, notBefore: later, notAfter: sooner }] },
      "/signers/10",
    ],
    [
      "such a window in a denylist's signer",
      { signers: [ann], denylist: { signers: [{ ...ann, notBefore: later, notAfter: sooner }] } },
      "/denylist/signers/0",
    ],
    [
      "one signer by two names for an attestation",
      {
        signers: [ann],
        attestations: [
          {
            ...statement,
            signers: [
              { name: "a", ...ann },
              { name: "b", ...ann },
            ],
          },
        ],
      },
      "/attestations/0/signers",
    ],
    ["a trusted root that is none", { signers: [ann], trustedRoots: { ours: {} } }, "/trustedRoots/ours"],
  ])("when there is %s says where", (_, policy, pointer) => {
    expect(lintVerificationPolicy(policy)).toMatchObject({ errors: [expect.any(String)], pointer });
  });

  it("when a field is mistyped names the one that was meant", () => {
    const { errors } = lintVerificationPolicy({ signers: [ann], thresold: 2 });
    expect(errors.join()).toContain('"threshold"');
  });

  it("when nothing is wrong has no place", () => {
    expect(lintVerificationPolicy({ signers: [ann] })).not.toHaveProperty("pointer");
  });
});
