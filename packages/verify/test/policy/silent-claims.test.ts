import { describe, expect, it } from "@jest/globals";
import { verifyArtifact } from "../../src/index.ts";
import { codeOf } from "../support/expect.ts";
import { signedBy } from "../support/signers.ts";
import { ARTIFACT, ISSUER, rootJson } from "../support/world.ts";

const uri = "https://github.com/acme/app";
const path = ".github/workflows/release.yml";
const verify = (claims: Readonly<Record<number, string>>): unknown =>
  verifyArtifact({
    artifact: { bytes: ARTIFACT },
    bundle: signedBy("ann@example.com", { claims }),
    trustedRoot: JSON.stringify(rootJson()),
    policy: { signers: [{ github: { repository: "acme/app", workflow: path }, certificateOidcIssuer: ISSUER }] },
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
});
