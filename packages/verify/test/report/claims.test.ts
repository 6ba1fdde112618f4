import { describe, expect, it } from "@jest/globals";
import { assessArtifact } from "../../src/index.ts";
import type { VerificationReport } from "../../src/index.ts";
import { messageBundle } from "../support/bundles.ts";
import { extension } from "../support/certificates.ts";
import { utf8 } from "../support/asn1.ts";
import { ARTIFACT, IDENTITY, ISSUER, leaf, leafExtensions, rootJson } from "../support/world.ts";

function reportOf(...extensions: readonly Buffer[]): VerificationReport {
  const certificate = leaf({ extensions: [...leafExtensions, ...extensions] });
  return assessArtifact({
    artifact: { bytes: ARTIFACT },
    bundle: JSON.stringify(messageBundle({ certificate })),
    trustedRoot: JSON.stringify(rootJson()),
    policy: { signers: [{ certificateIdentity: IDENTITY, certificateOidcIssuer: ISSUER }] },
  });
}
const REF = "1.3.6.1.4.1.57264.1.14";

describe("the claims that a report tells", () => {
  it("are those of the certificate", () => {
    const { bundles } = reportOf(extension(REF, utf8("refs/heads/main")));
    expect(bundles[0]?.signer).toMatchObject({ github: { ref: "refs/heads/main" } });
  });

  it("when they cannot be read are none, and the signature stands", () => {
    const { verified, bundles } = reportOf(extension(REF, Buffer.from("refs/heads/main")));
    expect([verified, bundles[0]?.outcome]).toEqual([true, "accepted"]);
    expect(bundles[0]?.signer).not.toHaveProperty("github");
  });
});
