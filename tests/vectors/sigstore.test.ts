import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { sigstoreVectors } from "@policy-pack/testkit";
import type { SigstoreVector } from "@policy-pack/testkit";
import { cliOutcomeOf, codeOf, runVerify, withVectorFiles } from "./cli.ts";
import { derivedVectors } from "./derived.ts";
import { artifactsOf, outcomeOfVector } from "./outcome.ts";

const dir = process.env["SIGSTORE_VECTORS"];
/** What the library says by bytes and by digest; the two must agree. */
function libraryOutcome(vector: SigstoreVector): string {
  const [byBytes, byDigest] = artifactsOf(vector).map((artifact) => outcomeOfVector(vector, artifact));
  expect(byDigest).toBe(byBytes);
  return byBytes ?? "";
}

async function expectOfCommand(vector: SigstoreVector, code: string): Promise<void> {
  await withVectorFiles(vector, async ({ dir: cwd, byFile, byDigest }) => {
    for (const args of [byFile, byDigest]) {
      expect(await runVerify(args, cwd)).toEqual(cliOutcomeOf(code));
    }
  });
}

if (dir === undefined || dir === "") {
  describe("the Sigstore conformance vectors [needs sigstore vectors]", () => {
    it.skip("are accepted and rejected as their names say: set SIGSTORE_VECTORS to their folder", () => undefined);
  });
} else {
  const vectors = sigstoreVectors(dir);
  const [good, bad] = [vectors.filter(({ mustPass }) => mustPass), vectors.filter(({ mustPass }) => !mustPass)];

  describe("the Sigstore conformance vectors", () => {
    it("are there, good ones and bad ones", () => {
      expect([good.length > 0, bad.length > 0]).toEqual([true, true]);
    });

    it.each(good)("$name is accepted by bytes and by digest, by library and command", async (vector) => {
      expect(libraryOutcome(vector)).toBe("accepted");
      await expectOfCommand(vector, "accepted");
    });

    it.each(bad)("$name is rejected by bytes and by digest, by library and command", async (vector) => {
      const code = libraryOutcome(vector);
      expect(code).not.toBe("accepted");
      // The command asks first who may have signed at all, as the library does: nothing here is the operator's mistake.
      expect(cliOutcomeOf(code).status).toBeGreaterThan(2);
      await expectOfCommand(vector, code);
    });

    it("are told apart by the command as a process of its own", async () => {
      const bin = join(import.meta.dirname, "../../clients/cli/bin/policy-pack.js");
      for (const vector of [...good.slice(0, 2), ...bad.slice(-2)]) {
        await withVectorFiles(vector, ({ dir: cwd, byFile }) => {
          const { status, stdout } = spawnSync(process.execPath, [bin, ...byFile], { cwd, encoding: "utf8" });
          expect([vector.name, status === 0, codeOf(stdout) === "accepted"]).toEqual([
            vector.name,
            vector.mustPass,
            vector.mustPass,
          ]);
          return Promise.resolve();
        });
      }
    });
  });

  describe("what the rest of the suite is about, made from the visible vectors", () => {
    it.each(derivedVectors(vectors))("$name: $expected", async (vector) => {
      expect(libraryOutcome(vector)).toBe(vector.expected);
      await expectOfCommand(vector, vector.expected);
    });

    it("a key and an identity at once are refused by the command", async () => {
      const [vector] = vectors.filter(({ key }) => key !== undefined);
      if (vector === undefined) throw new Error("no vector has a key");
      const { identity, issuer } = vector;
      const both = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
      await withVectorFiles(vector, async ({ dir: cwd, byFile }) => {
        expect(await runVerify([...byFile, ...both], cwd)).toEqual({ status: 2, code: "CONFIG_INVALID" });
      });
    });
  });
}
