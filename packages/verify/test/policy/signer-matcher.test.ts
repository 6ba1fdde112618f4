import { describe, expect, it } from "@jest/globals";
import { parseCertificate } from "../../src/certificates/certificate.ts";
import { readWorkflowClaims } from "../../src/certificates/workflow-claims.ts";
import { createSignerMatcher, GITHUB_ISSUER } from "../../src/policy/signer-matcher.ts";
import type { GitHubClaims, SignerRule } from "../../src/index.ts";
import type { Signer } from "../../src/proof/signer.ts";
import { extension } from "../support/certificates.ts";
import { certificateOf, hintOf, pemOf } from "../support/signers.ts";
import { keys, leaf } from "../support/world.ts";

const WORKFLOW = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";
const claims = {
  9: WORKFLOW,
  11: "github-hosted",
  12: "https://github.com/acme/app",
  13: "a".repeat(40),
  14: "refs/heads/main",
  15: "1234",
  17: "5678",
  18: WORKFLOW,
  20: "push",
  22: "public",
  23: "production",
};
const signer: Signer = { kind: "certificate", identity: WORKFLOW, identityKind: "uri", issuer: GITHUB_ISSUER };
const certificate = parseCertificate(certificateOf("x@example.com", { claims }));

function isSigner(rule: SignerRule, other: Partial<Signer> = {}, made = certificate): boolean {
  return createSignerMatcher(rule, "signers[0]").isSigner({ ...signer, ...other } as Signer, made);
}
const github = (wanted: GitHubClaims): SignerRule => ({ github: wanted });

describe("a rule about GitHub's claims", () => {
  it.each<[GitHubClaims]>([
    [{ repository: "acme/app" }],
    [{ repository: "https://github.com/acme/app" }],
    [{ repository: "acme/app", workflow: ".github/workflows/release.yml" }],
    [{ repositoryId: "1234", workflow: ".github/workflows/release.yml" }],
    [{ repository: "acme/app", ref: "refs/heads/main", event: "push", sha: "a".repeat(40) }],
    [{ ownerId: "5678", runnerEnvironment: "github-hosted", visibility: "public", environment: "production" }],
    [{ repository: "acme/app", buildSigner: WORKFLOW }],
  ])("when all of %j are made accepts", (wanted) => {
    expect(isSigner(github(wanted))).toBe(true);
  });

  it.each<[GitHubClaims]>([
    [{ repository: "acme/ap" }],
    [{ repository: "acme/app2" }],
    [{ repository: "ACME/app" }],
    [{ repository: "https://github.com/acme/app/" }],
    [{ repository: "https://ghe.example.com/acme/app" }],
    [{ repository: "acme/app", workflow: ".github/workflows/release.ym" }],
    [{ repository: "acme/app", workflow: ".github/workflows/other.yml" }],
    [{ repository: "acme/app", ref: "refs/heads/mai" }],
    [{ repository: "acme/app", ref: "refs/tags/main" }],
    [{ repository: "acme/app", sha: "b".repeat(40) }],
    [{ repository: "acme/app", event: "pull_request_target" }],
    [{ repository: "acme/app", repositoryId: "12345" }],
    [{ repository: "acme/app", ownerId: "567" }],
    [{ repository: "acme/app", runnerEnvironment: "self-hosted" }],
    [{ repository: "acme/app", environment: "staging" }],
    [{ repository: "acme/app", visibility: "private" }],
    [{ repository: "acme/app", buildSigner: `${WORKFLOW}2` }],
    [{ repository: "acme/app", workflowName: "release" }],
  ])("when one of %j is not made refuses", (wanted) => {
    expect(isSigner(github(wanted))).toBe(false);
  });

  it("when the file's name goes on behind an @ refuses", () => {
    const file = "https://github.com/acme/app/.github/workflows/release.yml@evil.yml@refs/heads/main";
    const other = parseCertificate(certificateOf("x@example.com", { claims: { ...claims, 18: file } }));
    const rule = github({ repository: "acme/app", workflow: ".github/workflows/release.yml" });
    expect(isSigner(rule, {}, other)).toBe(false);
  });

  it("when another issuer vouches refuses, unless the rule names it", () => {
    const issuer = "https://evil.example.com";
    expect(isSigner(github({ repository: "acme/app" }), { issuer })).toBe(false);
    expect(isSigner({ github: { repository: "acme/app" }, certificateOidcIssuer: issuer }, { issuer })).toBe(true);
    expect(isSigner({ github: { repository: "acme/app" }, certificateOidcIssuer: issuer })).toBe(false);
  });

  it("when it stands beside an identity wants both", () => {
    const rule = { certificateIdentity: WORKFLOW, certificateOidcIssuer: GITHUB_ISSUER, github: { event: "push" } };
    expect(isSigner(rule)).toBe(true);
    expect(isSigner(rule, { identity: `${WORKFLOW}2` })).toBe(false);
    expect(isSigner({ ...rule, github: { event: "schedule" } })).toBe(false);
  });

  it("when the certificate makes no claims, or broken ones, refuses", () => {
    const rule = github({ repository: "acme/app" });
    expect(isSigner(rule, {}, parseCertificate(leaf()))).toBe(false);
    const broken = extension("1.3.6.1.4.1.57264.1.12", Buffer.from("https://github.com/acme/app"));
    expect(isSigner(rule, {}, parseCertificate(leaf({ extensions: [broken] })))).toBe(false);
  });

  it("when the signer is a key refuses", () => {
    const matcher = createSignerMatcher(github({ repository: "acme/app" }), "x");
    expect(matcher.isSigner({ kind: "key", keyHint: hintOf(keys.signer) }, undefined)).toBe(false);
  });
});

describe("readWorkflowClaims", () => {
  it("reads the title from the older, bare extension", () => {
    const title = extension("1.3.6.1.4.1.57264.1.4", Buffer.from("Release"));
    expect(readWorkflowClaims(parseCertificate(leaf({ extensions: [title] })))).toEqual({ workflowName: "Release" });
    const broken = extension("1.3.6.1.4.1.57264.1.4", Buffer.from([0xff]));
    expect(() => readWorkflowClaims(parseCertificate(leaf({ extensions: [broken] })))).toThrow();
  });
});

describe("a rule about an identity", () => {
  const rule: SignerRule = { certificateIdentity: WORKFLOW, certificateOidcIssuer: GITHUB_ISSUER };
  const pattern: SignerRule = {
    certificateIdentityRegexp: "^https://github\\.com/acme/[^/]+/\\.github/workflows/release\\.yml@refs/heads/main$",
    certificateOidcIssuer: GITHUB_ISSUER,
  };

  it.each([
    ["whole", rule],
    ["by a pattern", pattern],
    [
      "by a pattern of the issuer",
      { certificateIdentity: WORKFLOW, certificateOidcIssuerRegexp: "^https://token\\..+$" },
    ],
  ])("when it names it %s accepts that one", (_, wanted) => {
    expect(isSigner(wanted)).toBe(true);
  });

  it.each<[string, Partial<Signer>]>([
    ["goes on", { identity: `${WORKFLOW}-evil` }],
    ["begins earlier", { identity: `x${WORKFLOW}` }],
    ["differs in a character", { identity: WORKFLOW.replace("github.com", "githubxcom") }],
    ["goes on in a new line", { identity: `${WORKFLOW}\n` }],
    ["has another issuer", { issuer: `${GITHUB_ISSUER}/` }],
    ["is swapped with the issuer", { identity: GITHUB_ISSUER, issuer: WORKFLOW }],
  ])("when the identity %s refuses", (_, other) => {
    expect(isSigner(rule, other)).toBe(false);
    expect(isSigner(pattern, other)).toBe(false);
  });

  it("when a whole identity looks like a pattern takes it as it is", () => {
    expect(isSigner({ certificateIdentity: "^.*$", certificateOidcIssuer: GITHUB_ISSUER })).toBe(false);
  });
});

describe("a rule about a key", () => {
  it("accepts that key alone, and no certificate over it", () => {
    const matcher = createSignerMatcher({ publicKey: pemOf(keys.signer) }, "x");
    expect(matcher.isSigner({ kind: "key", keyHint: hintOf(keys.signer) }, undefined)).toBe(true);
    expect(matcher.isSigner({ kind: "key", keyHint: hintOf(keys.other) }, undefined)).toBe(false);
    expect(matcher.isSigner(signer, certificate)).toBe(false);
  });
});
