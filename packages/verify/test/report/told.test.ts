import { describe, expect, it } from "@jest/globals";
import { assessArtifact, assessPack, VerifiedPack, verifyArtifact, verifyPack } from "../../src/index.ts";
import type { VerificationPolicy, VerifyArtifactOptions, VerifyPackOptions } from "../../src/index.ts";
import { messageBundle, STATEMENT } from "../support/bundles.ts";
import { codeOf } from "../support/expect.ts";
import { packOf } from "../support/packs.ts";
import { signedBy, statedBy } from "../support/signers.ts";
import { ARTIFACT, IDENTITY, ISSUER, rootJson } from "../support/world.ts";

const ann = { certificateIdentity: "ann@example.com", certificateOidcIssuer: ISSUER };
const stated = statedBy("ann@example.com");
const options = (bundle: string, policy: VerificationPolicy): VerifyArtifactOptions => ({
  artifact: { bytes: ARTIFACT },
  bundle,
  trustedRoot: JSON.stringify(rootJson()),
  policy,
});

describe("what is told of a bundle", () => {
  it("when it meets several rules is told once", () => {
    const { predicateType } = STATEMENT;
    const policy = { signers: [ann], acceptStatements: true, attestations: [{ predicateType }, { predicateType }] };
    const verified = verifyArtifact(options(stated, policy));
    expect([verified.bundles.length, verified.attestations.length, verified.signers.length]).toEqual([1, 1, 1]);
    expect(verified.seen).toStrictEqual({});
  });

  it("when it is a statement has its type and its subjects", () => {
    const subject = [...STATEMENT.subject, { name: "other", digest: { sha512: "00" } }, { digest: { sha512: "01" } }];
    const { bundles } = assessArtifact(
      options(statedBy("ann@example.com", { subject }), { signers: [ann], acceptStatements: true }),
    );
    expect(bundles[0]?.statement).toEqual({
      predicateType: STATEMENT.predicateType,
      subjects: [
        { name: "artifact", digest: `sha256:${STATEMENT.subject[0]?.digest.sha256 ?? ""}` },
        { name: "other", digest: null },
        { name: null, digest: null },
      ],
    });
  });

  it("when it is a signature has no statement, and no claims where none are made", () => {
    const { bundles } = assessArtifact(options(signedBy("ann@example.com"), { signers: [ann] }));
    expect(bundles[0]).not.toHaveProperty("statement");
    expect(bundles[0]?.signer).not.toHaveProperty("github");
    expect(bundles[0]?.logEntries).toMatchObject([{ kind: "hashedrekord 0.0.1", checkpoint: { treeSize: "2" } }]);
  });

  it("when it proves nothing names no trusted root", () => {
    const root = JSON.parse(JSON.stringify(rootJson())) as NonNullable<VerificationPolicy["trustedRoots"]>[string];
    const policy = { trustedRoots: { ours: root }, signers: [ann] };
    const told = (bundle: string): unknown =>
      assessArtifact({ ...options(bundle, policy), trustedRoot: undefined }).bundles[0];
    expect(told(signedBy("ann@example.com"))).toHaveProperty("trustedRoot", "ours");
    expect(told(JSON.stringify(messageBundle({ artifact: Buffer.from("x") })))).not.toHaveProperty("trustedRoot");
  });

  it("when an old bundle has only a promise of the log says that there is no checkpoint", () => {
    const bundle = messageBundle();
    const { certificate, tlogEntries } = bundle.verificationMaterial;
    delete bundle.verificationMaterial.certificate;
    for (const entry of tlogEntries) delete entry.inclusionProof;
    bundle.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    bundle.verificationMaterial.x509CertificateChain = { certificates: certificate === undefined ? [] : [certificate] };
    const policy = { signers: [{ ...ann, certificateIdentity: IDENTITY }] };
    const { verified, bundles } = assessArtifact(options(JSON.stringify(bundle), policy));
    expect([verified, bundles[0]?.logEntries[0]?.checkpoint]).toEqual([true, null]);
  });
});

describe("a pack", () => {
  const pack = packOf("7");
  const limits = { maxPackBytes: pack.length, maxFiles: 100, maxFileBytes: 1_000_000, maxNameBytes: 255 };
  const given: VerifyPackOptions = {
    pack,
    bundle: JSON.stringify(messageBundle({ artifact: pack })),
    trustedRoot: JSON.stringify(rootJson()),
    policy: { signers: [{ ...ann, certificateIdentity: IDENTITY }] },
    limits,
  };

  it("when it is as large as is read is read, and beyond that not looked at", () => {
    expect(assessPack(given).report.verified).toBe(true);
    const smaller = { ...limits, maxPackBytes: pack.length - 1 };
    expect(codeOf(() => assessPack({ ...given, limits: smaller }))).toBe("LIMIT_EXCEEDED");
  });

  it("when it was verified cannot be made from what another one is made of", () => {
    const { evidence, packId, revision } = verifyPack(given);
    const look = { tar: pack, limits, facts: { packId, revision }, verified: evidence };
    expect(() => {
      Reflect.construct(VerifiedPack, [Symbol("verifyPack"), look]);
    }).toThrow(TypeError);
  });
});
