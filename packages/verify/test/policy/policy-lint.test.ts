import { describe, expect, it } from "@jest/globals";
import { lintVerificationPolicy } from "../../src/index.ts";
import { keyPair } from "../support/certificates.ts";
import { at, pemOf } from "../support/signers.ts";
import { keys, logJson, rootJson } from "../support/world.ts";

const ann = { certificateIdentity: "ann@example.com", certificateOidcIssuer: "https://issuer.example.com" };
const key = { publicKey: pemOf(keyPair()) };
const workflow = {
  github: { repository: "acme/app", ownerId: "5", workflow: ".github/workflows/release.yml", ref: "refs/heads/main" },
};
const root = rootJson();
const provenance = { predicateType: "https://slsa.dev/provenance/v1", provenance: { sourceRef: "refs/heads/main" } };

describe("lintVerificationPolicy", () => {
  it.each<[string, object]>([
    ["one identity", { signers: [ann] }],
    ["a workflow in full", { signers: [workflow] }],
    ["a key", { signers: [key] }],
    [
      "a rotation",
      {
        signers: [
          { name: "a", ...key, notAfter: at(5) },
          { name: "a", ...ann, notBefore: at(0) },
        ],
        minimumTimestamps: 1,
      },
    ],
    ["an attestation with demands", { signers: [ann], attestations: [provenance] }],
    ["a pack", { signers: [ann], packId: "a-v0", minimumRevision: 5 }],
    [
      "two roots that must both vouch",
      {
        signers: [
          { name: "a", ...ann, trustedRoot: "a" },
          { name: "b", ...workflow, trustedRoot: "b" },
        ],
        threshold: 2,
        trustedRoots: { a: root, b: root },
      },
    ],
  ])("when the policy is of %s says nothing", (_, policy) => {
    expect(lintVerificationPolicy(policy)).toEqual({ errors: [], warnings: [] });
  });

  it.each<[string, object, RegExp]>([
    [
      "a pattern that takes anything",
      { signers: [{ certificateIdentityRegexp: "^a.*$", certificateOidcIssuer: "b" }] },
      /^signers\[0\]: "\.\*"/,
    ],
    [
      "a pattern of the issuer",
      { signers: [{ certificateIdentity: "a", certificateOidcIssuerRegexp: "^b$" }] },
      /issuer/,
    ],
    [
      "a repository's name alone",
      { signers: [{ github: { ...workflow.github, ownerId: undefined } }] },
      /repositoryId/,
    ],
    ["no workflow", { signers: [{ github: { ...workflow.github, workflow: undefined } }] }, /every workflow/],
    ["no ref", { signers: [{ github: { ...workflow.github, ref: undefined } }] }, /every branch/],
    ["a dangerous event", { signers: [{ github: { ...workflow.github, event: "pull_request_target" } }] }, /strangers/],
    ["a window whose time nothing has to prove", { signers: [{ ...key, notBefore: at(0) }] }, /needs a proven time/],
    ["a key that begins later", { signers: [{ ...key, notBefore: at(0) }], minimumTimestamps: 1 }, /stamped again/],
    ["a key and an oldest time", { signers: [key], oldestSigningTime: at(0), minimumTimestamps: 1 }, /stamped again/],
    ["an end without a successor", { signers: [{ ...ann, notAfter: at(0) }] }, /successor/],
    [
      "an end before its successor",
      {
        signers: [
          { name: "a", ...ann, notAfter: at(0) },
          { name: "a", ...workflow, notBefore: at(1) },
        ],
      },
      /successor/,
    ],
    [
      "an end with somebody else after it",
      {
        signers: [
          { name: "a", ...ann, notAfter: at(0) },
          { name: "b", ...workflow },
        ],
      },
      /successor/,
    ],
    ["an end in a role", { signers: [ann], pause: { signers: [{ ...ann, notAfter: at(0) }] } }, /^pause\.signers\[0\]/],
    [
      "one repository under two names",
      {
        signers: [
          { name: "a", ...workflow },
          { name: "b", ...workflow },
        ],
        threshold: 2,
      },
      /one repository/,
    ],
    [
      "a threshold over a pattern",
      {
        signers: [
          { name: "a", certificateIdentityRegexp: "^a$", certificateOidcIssuer: "b" },
          { name: "b", ...ann },
        ],
        threshold: 2,
      },
      /several identities/,
    ],
    [
      "several roots of which one is enough",
      { signers: [{ ...ann, trustedRoot: "a" }], trustedRoots: { a: root, b: root } },
      /any one of them/,
    ],
    ["no log", { signers: [ann], minimumLogEntries: 0, minimumTimestamps: 1 }, /unseen/],
    ["neither log nor timestamp", { signers: [ann], minimumLogEntries: 0 }, /^minimumTimestamps/],
    ["statements that count", { signers: [ann], acceptStatements: true }, /tests failed/],
    [
      "an attestation of any content",
      { signers: [ann], attestations: [{ predicateType: provenance.predicateType }] },
      /any content/,
    ],
    ["a revision of any pack", { signers: [ann], minimumRevision: 5 }, /packId/],
  ])("when it has %s warns", (_, policy, warning) => {
    const { errors, warnings } = lintVerificationPolicy(policy);
    expect([errors, warnings.filter((text) => warning.test(text)).length]).toEqual([[], 1]);
  });

  it("when a log proves no time warns, unless a timestamp is demanded", () => {
    const silent = logJson(keys.log);
    silent.publicKey = {
      ...silent.publicKey,
      keyDetails: "PKIX_ED25519",
      rawBytes: "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    };
    const policy = { signers: [ann], trustedRoots: { a: { ...root, tlogs: [silent] } } };
    expect(lintVerificationPolicy(policy).warnings).toHaveLength(1);
    expect(lintVerificationPolicy({ ...policy, minimumTimestamps: 1 }).warnings).toEqual([]);
  });

  it("when it cannot be used says why, and nothing else", () => {
    for (const policy of ["{", {}, { signers: [{}] }, undefined, 5]) {
      const { errors, warnings } = lintVerificationPolicy(policy);
      expect([errors.length, warnings]).toEqual([1, []]);
    }
  });
});
