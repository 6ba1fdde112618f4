import { describe, expect, it } from "@jest/globals";
import { parseVerificationPolicy, toVerificationPolicy } from "../../src/index.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import type { SignerFlags } from "../../src/policy/policy-flags.ts";
import { keyPair } from "../support/certificates.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { pemOf } from "../support/signers.ts";

const identity = { certificateIdentity: "ann@example.com", certificateOidcIssuer: "https://issuer.example.com" };
const patterns = { certificateIdentityRegexp: "^ann$", certificateOidcIssuerRegexp: "^https://issuer$" };
const key = pemOf(keyPair());
const sha = "0123456789abcdef0123456789abcdef01234567";

/** What the call says to people. */
function wordsOf(call: () => unknown): string {
  try {
    call();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("toVerificationPolicy", () => {
  it("when a workflow is named beside the identity returns its claims", () => {
    const flags = {
      githubWorkflowRepository: "acme/app",
      githubWorkflowRef: "refs/heads/main",
      githubWorkflowName: "Release",
      githubWorkflowTrigger: "push",
      githubWorkflowSha: sha,
    };
    const github = { repository: "acme/app", ref: "refs/heads/main", workflowName: "Release", event: "push", sha };
    expect(toVerificationPolicy({ ...identity, ...flags }).signers).toEqual([{ ...identity, github }]);
  });

  it("when both are patterns returns them", () => {
    expect(toVerificationPolicy(patterns).signers).toEqual([patterns]);
  });

  it.each<[string, SignerFlags]>([
    ["nothing", {}],
    ["an identity alone", { certificateIdentity: "a" }],
    ["an issuer alone", { certificateOidcIssuer: "a" }],
    ["an identity twice", { ...identity, certificateIdentityRegexp: "^a$" }],
    ["an issuer twice", { ...identity, certificateOidcIssuerRegexp: "^a$" }],
    ["a key and an identity", { ...identity, key }],
    ["a key and half an identity", { certificateIdentity: "a", key }],
    ["a key and an issuer", { certificateOidcIssuer: "a", key }],
    ["a key and a workflow", { githubWorkflowRepository: "acme/app", key }],
    ["a workflow alone", { githubWorkflowRepository: "acme/app" }],
  ])("when %s is given says which flags to give, before any of them is read", (_, flags) => {
    expect(codeOf(() => toVerificationPolicy(flags))).toBe("CONFIG_INVALID");
    expect(causeOf(() => toVerificationPolicy(flags))).toBeUndefined();
  });

  it.each<[string, SignerFlags]>([
    ["--certificate-identity", { ...identity, certificateIdentity: "" }],
    ["--certificate-identity-regexp", { ...patterns, certificateIdentityRegexp: "a" }],
    ["--certificate-oidc-issuer", { ...identity, certificateOidcIssuer: "" }],
    ["--certificate-oidc-issuer-regexp", { ...patterns, certificateOidcIssuerRegexp: ".*" }],
    ["--certificate-github-workflow-repository", { ...identity, githubWorkflowRepository: "app" }],
    ["--certificate-github-workflow-ref", { ...identity, githubWorkflowRef: "main" }],
    ["--certificate-github-workflow-name", { ...identity, githubWorkflowName: "" }],
    ["--certificate-github-workflow-trigger", { ...identity, githubWorkflowTrigger: "" }],
    ["--certificate-github-workflow-sha", { ...identity, githubWorkflowSha: "abc123" }],
    ["--key", { key: "" }],
  ])("when %s cannot be used throws CONFIG_INVALID with that flag and no field of a policy", (flag, flags) => {
    const read = (): unknown => toVerificationPolicy(flags);
    expect(codeOf(read)).toBe("CONFIG_INVALID");
    expect(causeOf(read)).toBeInstanceOf(MalformedError);
    expect(wordsOf(read).split(" ")[0]).toBe(flag);
    expect(wordsOf(read)).not.toMatch(/\.signers/);
  });

  it.each<[string, object, SignerFlags]>([
    ["github.ref", { ...identity, github: { ref: "main" } }, { ...identity, githubWorkflowRef: "main" }],
    [
      "certificateIdentityRegexp",
      { ...patterns, certificateIdentityRegexp: "^a$." },
      { ...patterns, certificateIdentityRegexp: "^a$." },
    ],
    ["publicKey", { publicKey: "x" }, { key: "x" }],
  ])("says of a flag what is said of the field %s, as one sentence", (field, rule, flags) => {
    const ofRule = wordsOf(() => parseVerificationPolicy({ signers: [rule] }));
    const [, reason] = /^\S+ cannot be used: it (.+)\.$/.exec(wordsOf(() => toVerificationPolicy(flags))) ?? [];
    expect(ofRule).toContain(`.signers.0.${field} ${reason}. `);
  });

  it("when it is no flag about a signer that is wrong says what a policy's reader says", () => {
    const flags = { ...identity, acceptStatements: "yes" as unknown as boolean };
    const policy = { signers: [identity], acceptStatements: "yes" };
    expect(wordsOf(() => toVerificationPolicy(flags))).toBe(wordsOf(() => parseVerificationPolicy(policy)));
  });

  it("when the flags are larger than a policy may be throws CONFIG_INVALID", () => {
    expect(codeOf(() => toVerificationPolicy({ key: "x".repeat(300_000) }))).toBe("CONFIG_INVALID");
  });
});
