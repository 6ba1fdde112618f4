import { describe, expect, it } from "@jest/globals";
import { verifyArtifact } from "../../src/index.ts";
import type { GitHubClaims } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import { signedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, rootJson } from "../support/world.ts";

const uri = "https://github.com/acme/app";
const path = ".github/workflows/release.yml";
const verify = (
  claims: Readonly<Record<number, string>>,
  github: GitHubClaims = { repository: "acme/app", workflow: path },
): unknown =>
  verifyArtifact({
    artifact: { bytes: ARTIFACT },
    bundle: signedBy("ann@example.com", { claims }),
    trustedRoot: JSON.stringify(rootJson()),
    policy: { signers: [{ github, certificateOidcIssuer: ISSUER }] },
  });

describe("a rule that names a workflow", () => {
  it("when the certificate says repository and build configuration accepts it", () => {
    expect(() => verify({ 12: uri, 18: `${uri}/${path}@refs/heads/main` })).not.toThrow();
  });

  it.each<[string, Readonly<Record<number, string>>]>([
    ["the repository alone", { 12: uri }],
    ["the build configuration alone", { 18: `${uri}/${path}@refs/heads/main` }],
    ["nothing", {}],
  ])("when the certificate says %s throws IDENTITY_MISMATCH", (_, claims) => {
    expect(codeOf(() => verify(claims))).toBe("IDENTITY_MISMATCH");
  });

  it("and an owner, when the certificate does not say the repository, throws IDENTITY_MISMATCH", () => {
    const github = { ownerId: "5", workflow: path };
    const config = (repository: string): string => `${repository}/${path}@refs/heads/main`;
    expect(() => verify({ 12: uri, 17: "5", 18: config(uri) }, github)).not.toThrow();
    expect(codeOf(() => verify({ 17: "5", 18: config("undefined") }, github))).toBe("IDENTITY_MISMATCH");
  });
});

describe("a rule that names the issuer by a pattern", () => {
  const isBy = (pattern: string): (() => unknown) => {
    const rule = { certificateIdentity: "ann@example.com", certificateOidcIssuerRegexp: pattern };
    const trustedRoot = JSON.stringify(rootJson());
    const bundle = signedBy("ann@example.com");
    return () => verifyArtifact({ artifact: { bytes: ARTIFACT }, bundle, trustedRoot, policy: { signers: [rule] } });
  };

  it("accepts that issuer, whoever it is, and no other", () => {
    expect(isBy("^https://issuer\\.example\\.com$")).not.toThrow();
    expect(codeOf(isBy("^https://token\\..+$"))).toBe("IDENTITY_MISMATCH");
  });
});
