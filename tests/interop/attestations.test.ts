import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { toPredicateType } from "@policy-pack/pack";
import { codeOf, DEV_IDENTITY, DEV_ISSUER, DEV_ROOT } from "../e2e/cli-checkout.ts";
import { createSmallPack, SOURCE, TAR } from "../e2e/small-pack.ts";
import type { SmallPack } from "../e2e/small-pack.ts";
import { describeWith } from "./tools.ts";

const run = promisify(execFile);

/** Those that policy-pack makes itself; and what cosign calls them, which knows names for two. */
const TYPES: readonly (readonly [string, string])[] = [
  ["slsaprovenance1", "slsaprovenance1"],
  ["cyclonedx", "cyclonedx"],
  ["test-result", toPredicateType("test-result")],
  ["release", toPredicateType("release")],
  ["vsa", toPredicateType("vsa")],
  ["denylist", toPredicateType("denylist")],
  ["pause", toPredicateType("pause")],
];
const LIST = { version: 1, issuedAt: "2026-01-01T00:00:00Z", expires: "2999-01-01T00:00:00Z" };

let pack: SmallPack;
beforeAll(async () => {
  pack = await createSmallPack();
  await pack.emptyOut();
  await writeFile(pack.at("out/denylist.json"), JSON.stringify({ ...LIST, entries: [] }));
  await writeFile(pack.at("out/pause.json"), JSON.stringify({ ...LIST, paused: false, reason: "none" }));
});
afterAll(() => pack.remove());

/** Has policy-pack state it, about the pack or about the list itself. */
async function attest(type: string): Promise<{ readonly bundle: string; readonly artifact: string }> {
  const bundle = `out/${type}.sigstore.json`;
  const isList = type === "denylist" || type === "pause";
  const predicate = isList ? ["--predicate", `out/${type}.json`] : [];
  const args =
    type === "vsa"
      ? ["rebuild", SOURCE, "--expect", pack.digest, "--attest", bundle]
      : ["attest", ...(isList ? [] : [TAR]), "--type", type, ...predicate, "--bundle", bundle];
  const { status, stderr } = await pack.cli.run(args);
  expect([type, status, stderr]).toEqual([type, 0, ""]);
  return { bundle, artifact: isList ? `out/${type}.json` : TAR };
}

describeWith("cosign", "cosign and our attestations", (cosign) => {
  const env = { ...process.env, COSIGN_PASSWORD: "" };
  const ask = (...args: string[]) => run(cosign, args, { cwd: pack.path, env, timeout: 30_000 });

  async function isAccepted(bundle: string, type: string, artifact: string): Promise<boolean> {
    const trust = [...DEV_ROOT, ...DEV_IDENTITY, ...DEV_ISSUER, "--use-signed-timestamps"];
    try {
      await ask("verify-blob-attestation", "--bundle", bundle, ...trust, "--type", type, artifact);
      return true;
    } catch (error) {
      expect((error as { code: unknown }).code).not.toBe("ENOENT");
      return false;
    }
  }

  describe("ours", () => {
    it.each(TYPES)("accepts %s about its artifact, under its type, and under no other", async (type, name) => {
      const { bundle, artifact } = await attest(type);
      expect(await isAccepted(bundle, name, artifact)).toBe(true);
      expect(await isAccepted(bundle, "spdxjson", artifact)).toBe(false);
      expect(await isAccepted(bundle, name, `${SOURCE}/README.md`)).toBe(false);
    });
  });

  describe("cosign's", () => {
    beforeAll(async () => {
      const none = ["--no-default-fulcio", "--no-default-oidc", "--no-default-rekor", "--no-default-tsa"];
      await ask("signing-config", "create", ...none, "--out", "out/signing-config.json");
      await ask("generate-key-pair", "--output-key-prefix", "out/cosign");
    });

    it.each(TYPES)("is accepted as %s about its artifact, under its type, and under no other", async (type, name) => {
      const { bundle: ours, artifact } = await attest(type);
      const { predicate } = await pack.statementAt(ours);
      await writeFile(pack.at("out/predicate.json"), JSON.stringify(predicate));
      const bundle = `out/${type}.cosign.json`;
      const key = ["--key", "out/cosign.key", "--signing-config", "out/signing-config.json", ...DEV_ROOT];
      const statement = ["--predicate", "out/predicate.json", "--type", name, "--bundle", bundle];
      await ask("attest-blob", "-y", ...key, ...statement, artifact);
      const verify = (file: string, as: string) =>
        pack.cli.json([
          "verify-attestation",
          file,
          "--type",
          as,
          "--bundle",
          bundle,
          "--key",
          "out/cosign.pub",
          ...DEV_ROOT,
        ]);
      const accepted = await verify(artifact, type);
      expect([accepted.status, accepted.answer]).toMatchObject([0, { verified: true, attestations: [{ predicate }] }]);
      const other = await verify(artifact, "spdxjson");
      expect([other.status, codeOf(other.answer)]).toEqual([5, "PREDICATE_MISSING"]);
      const elsewhere = await verify(`${SOURCE}/README.md`, type);
      expect([elsewhere.status, codeOf(elsewhere.answer)]).toEqual([5, "PREDICATE_MISSING"]);
    });
  });
});
