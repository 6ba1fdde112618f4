import { describe, expect, it } from "@jest/globals";
import { digestOf, PolicyPackError } from "@policy-pack/pack";
import { sigstoreVectors } from "@policy-pack/testkit";
import type { SigstoreVector } from "@policy-pack/testkit";
import { toVerificationPolicy, verifyArtifact } from "@policy-pack/verify";
import type { Artifact } from "@policy-pack/verify";

const dir = process.env["SIGSTORE_VECTORS"];

/** The code of the rejection, or "accepted"; anything thrown that has no code fails the test. */
function outcome(vector: SigstoreVector, artifact: Artifact): string {
  const { bundle, trustedRoot, key, identity, issuer } = vector;
  const flags = key === undefined ? { certificateIdentity: identity, certificateOidcIssuer: issuer } : { key };
  try {
    verifyArtifact({ artifact, bundle, trustedRoot, policy: toVerificationPolicy(flags) });
    return "accepted";
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) return thrown.code;
    throw thrown;
  }
}

if (dir === undefined || dir === "") {
  describe("the Sigstore conformance vectors [needs sigstore vectors]", () => {
    it.skip("are accepted and rejected as their names say: set SIGSTORE_VECTORS to their folder", () => undefined);
  });
} else {
  const vectors = sigstoreVectors(dir);

  describe("the Sigstore conformance vectors", () => {
    it("are there, good ones and bad ones", () => {
      expect(new Set(vectors.map(({ mustPass }) => mustPass))).toEqual(new Set([true, false]));
    });

    it.each(vectors.filter(({ mustPass }) => mustPass))("$name is accepted by bytes and by digest", (vector) => {
      expect(outcome(vector, { bytes: vector.artifact })).toBe("accepted");
      expect(outcome(vector, { digest: digestOf(vector.artifact) })).toBe("accepted");
    });

    it.each(vectors.filter(({ mustPass }) => !mustPass))("$name is rejected by bytes and by digest", (vector) => {
      const code = outcome(vector, { bytes: vector.artifact });
      expect(code).not.toBe("accepted");
      expect(outcome(vector, { digest: digestOf(vector.artifact) })).toBe(code);
    });
  });
}
