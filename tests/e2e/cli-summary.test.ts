import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { codeOf, DEV_IDENTITY, DEV_ISSUER, DEV_ROOT } from "./cli-checkout.ts";
import type { Cli } from "./cli-run.ts";
import { createSmallPack, TAR } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

const BUNDLE = "contracts/access/v1/signing/cosign.bundle.json";
const SUMMARY = "out/summary.sigstore.json";
const TRUST = [...DEV_IDENTITY, ...DEV_ISSUER, ...DEV_ROOT];
const STRANGER = ["--certificate-identity", "x@example.test", ...DEV_ISSUER, ...DEV_ROOT];

let pack: SmallPack;
let cli: Cli;
let at: SmallPack["at"];
let statementAt: SmallPack["statementAt"];

beforeAll(async () => {
  pack = await createSmallPack();
  ({ cli, at, statementAt } = pack);
  await cli.run(["sign", TAR]);
  await cli.run(["attest", TAR, "--type", "slsaprovenance1", "--bundle", "provenance.sigstore.json"]);
});
beforeEach(() => pack.emptyOut());
afterAll(() => pack.remove());

const digestAt = async (path: string): Promise<string> => digestOf(await readFile(at(path))).slice(7);
const verify = (...flags: string[]) => cli.json(["verify", TAR, "--bundle", BUNDLE, ...flags]);

describe("policy-pack verify --attest", () => {
  it("signs a summary of what was verified, by which policy, with which bundles", async () => {
    const id = ["--verifier-id", "https://example.test/verifier", "--resource-uri", "pkg:generic/access-v1@1"];
    const { status, answer } = await verify(...TRUST, "--attest", SUMMARY, ...id, "--attest-dev-authority");
    expect([status, answer]).toMatchObject([0, { verified: true, summary: { bundle: at(SUMMARY) } }]);
    const { predicateType, subject, predicate } = await statementAt(SUMMARY);
    expect(predicateType).toBe("https://slsa.dev/verification_summary/v1");
    expect(subject).toEqual([{ name: "access-v1.tar", digest: { sha256: pack.digest.slice(7) } }]);
    expect(predicate).toEqual({
      verifier: { id: "https://example.test/verifier", version: { "policy-pack": expect.any(String) } },
      timeVerified: expect.stringMatching(/^\d{4}-\d\d-\d\dT[0-9:.]+Z$/),
      resourceUri: "pkg:generic/access-v1@1",
      policy: {
        uri: expect.stringMatching(/^urn:policy-pack:policy:sha256:/),
        digest: { sha256: expect.any(String) },
      },
      inputAttestations: [{ name: "cosign.bundle.json", digest: { sha256: await digestAt(BUNDLE) } }],
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_0"],
      slsaVersion: "1.0",
      trustedRoot: { digest: { sha256: await digestAt(".policy-pack/dev-authority/trusted_root.json") } },
    });
    const proven = await cli.json(["verify-attestation", TAR, "--type", "vsa", "--bundle", SUMMARY, ...TRUST]);
    expect([proven.status, proven.answer]).toMatchObject([0, { attestations: [{ predicate }] }]);
  });

  it("names a policy document by its bytes, and level 1 where that demanded provenance", async () => {
    const [, certificateIdentity] = DEV_IDENTITY;
    const [, certificateOidcIssuer] = DEV_ISSUER;
    const signers = [{ certificateIdentity, certificateOidcIssuer }];
    const attestations = [{ predicateType: "https://slsa.dev/provenance/v1" }];
    await writeFile(at("out/policy.json"), JSON.stringify({ signers, attestations }));
    const bundles = ["--bundle", "provenance.sigstore.json", "--policy", "out/policy.json", ...DEV_ROOT];
    expect((await verify(...bundles, "--attest", SUMMARY)).status).toBe(0);
    expect((await statementAt(SUMMARY)).predicate).toMatchObject({
      policy: { digest: { sha256: await digestAt("out/policy.json") } },
      inputAttestations: [{ name: "cosign.bundle.json" }, { name: "provenance.sigstore.json" }],
      verifiedLevels: ["SLSA_BUILD_LEVEL_1"],
    });
  });

  it("signs nothing when the verification fails", async () => {
    const { status, answer } = await verify(...STRANGER, "--attest", SUMMARY);
    expect([status, codeOf(answer), existsSync(at(SUMMARY))]).toEqual([5, "IDENTITY_MISMATCH", false]);
  });

  it("signs that it failed only when asked to, and still fails", async () => {
    const { status, answer } = await verify(...STRANGER, "--attest", SUMMARY, "--attest-failure");
    expect([status, codeOf(answer)]).toEqual([5, "IDENTITY_MISMATCH"]);
    expect((await statementAt(SUMMARY)).predicate).toMatchObject({
      verificationResult: "FAILED",
      verifiedLevels: ["FAILED"],
      failure: { code: "IDENTITY_MISMATCH" },
    });
  });

  it("names a file by its name and digest, and a digest by itself", async () => {
    for (const [file, uri] of [
      [TAR, `pkg:generic/access-v1.tar?checksum=${pack.digest}`],
      [pack.digest, `urn:policy-pack:artifact:${pack.digest}`],
    ] as const) {
      const { status } = await cli.json(["verify", file, "--bundle", BUNDLE, ...TRUST, "--attest", SUMMARY]);
      expect([status, (await statementAt(SUMMARY)).predicate["resourceUri"]]).toEqual([0, uri]);
    }
  });

  it.each([
    ["flags are about a summary that is not asked for", ["--attest-failure"]],
    ["a signer is named for no summary", ["--attest-key", "x.key"]],
    ["the summary would replace the file", ["--attest", TAR]],
    ["the summary would replace what it sums up", ["--attest", BUNDLE]],
    ["the verifier's id is no URI", ["--attest", SUMMARY, "--verifier-id", "me"]],
    ["the resource is no URI", ["--attest", SUMMARY, "--resource-uri", "me"]],
    ["the key is not there", ["--attest", SUMMARY, "--attest-key", "out/none.key"]],
  ])("exits 2 when %s", async (_what, flags) => {
    const before = await readFile(at(TAR));
    expect((await verify(...TRUST, ...flags)).status).toBe(2);
    expect([existsSync(at(SUMMARY)), before.equals(await readFile(at(TAR)))]).toEqual([false, true]);
  });

  it("exits 2 in an environment that is only partly GitHub's, unless it is told who verifies", async () => {
    const env = { GITHUB_ACTIONS: "true" };
    const args = ["verify", TAR, "--bundle", BUNDLE, ...TRUST, "--attest", SUMMARY, "--attest-dev-authority"];
    const refused = await cli.json(args, { env });
    expect([refused.status, codeOf(refused.answer)]).toEqual([2, "CONFIG_INVALID"]);
    expect((await cli.json([...args, "--verifier-id", "urn:me"], { env })).status).toBe(0);
  });
});

describe("policy-pack verify-attestation", () => {
  const check = (...flags: string[]) =>
    cli.json(["verify-attestation", TAR, "--bundle", "provenance.sigstore.json", ...flags]);

  it("proves a statement of the type about the file, and prints it", async () => {
    const local = ["--builder-id", "urn:policy-pack:builder:local:v1"];
    const { status, answer } = await check("--type", "slsaprovenance1", ...TRUST, ...local);
    const { predicate } = await statementAt("provenance.sigstore.json");
    expect([status, answer]).toMatchObject([0, { verified: true, digest: pack.digest, attestations: [{ predicate }] }]);
  });

  it.each([
    ["it is of another type", ["--type", "release", ...TRUST], 5, "PREDICATE_MISSING"],
    ["somebody else signed it", ["--type", "slsaprovenance1", ...STRANGER], 5, "PREDICATE_MISSING"],
    [
      "another builder is wanted",
      ["--type", "slsaprovenance1", ...TRUST, "--builder-id", "urn:x"],
      5,
      "PREDICATE_REJECTED",
    ],
    [
      "its source is not proven",
      ["--type", "slsaprovenance1", ...TRUST, "--source-repository", "https://example.test/a"],
      5,
      "PREDICATE_REJECTED",
    ],
    ["no workflow ran", ["--type", "slsaprovenance1", ...TRUST, "--workflow", "a.yml"], 5, "PREDICATE_REJECTED"],
    [
      "a ref is wanted",
      ["--type", "slsaprovenance1", ...TRUST, "--source-ref", "refs/heads/a"],
      5,
      "PREDICATE_REJECTED",
    ],
    ["no type is named", TRUST, 2, "CONFIG_INVALID"],
    [
      "provenance is wanted of another type",
      ["--type", "release", ...TRUST, "--builder-id", "urn:x"],
      2,
      "CONFIG_INVALID",
    ],
    ["nobody is named", ["--type", "slsaprovenance1"], 2, "CONFIG_INVALID"],
  ])("fails when %s", async (_what, flags, exit, code) => {
    const { status, answer } = await check(...flags);
    expect([status, codeOf(answer)]).toEqual([exit, code]);
  });

  it("applies the rules that a policy has for the type", async () => {
    const [, certificateIdentity] = DEV_IDENTITY;
    const [, certificateOidcIssuer] = DEV_ISSUER;
    const signers = [{ certificateIdentity, certificateOidcIssuer }];
    for (const [packId, exit] of [
      ["access-v1", 0],
      ["other-v1", 5],
    ] as const) {
      const constraints = [{ pointer: "/buildDefinition/externalParameters/packId", equals: packId }];
      const attestations = [{ predicateType: "https://slsa.dev/provenance/v1", constraints }];
      await writeFile(at("out/policy.json"), JSON.stringify({ signers, attestations }));
      const { status } = await check("--type", "slsaprovenance1", "--policy", "out/policy.json", ...DEV_ROOT);
      expect(status).toBe(exit);
    }
  });
});
