import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { openPrivateKey, signBlob } from "@policy-pack/sign";
import { CLI_LIMITS } from "../src/limits.ts";
import { runJson, writeFiles } from "./signed-files.ts";
import { withFolder } from "./support.ts";

describe("policy-pack verify of a file too large to be held, signed with Ed25519", () => {
  const large = "x".repeat(CLI_LIMITS.maxHeldArtifactBytes + 1);

  it("reads the file whole, and says of a digest alone that it does not do", () =>
    withFolder(async (cwd) => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      const signer = await openPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString(), {});
      const bundle = await signBlob(Buffer.from(large), { signer, witnesses: [] });
      const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
      await writeFiles(cwd, { file: large, changed: `y${large.slice(1)}`, "b.json": bundle, "key.pem": pem });
      const flags = ["--key", "key.pem", "--bundle", "b.json"];
      expect(await runJson(cwd, "verify", "file", ...flags)).toMatchObject({ status: 0, answer: { verified: true } });
      expect(await runJson(cwd, "verify", "changed", ...flags)).toMatchObject({ status: 4, code: "DIGEST_MISMATCH" });
      const byDigest = await runJson(cwd, "verify", digestOf(Buffer.from(large)), ...flags);
      expect(byDigest).toMatchObject({ status: 3, code: "INPUT_INVALID", answer: { report: { verified: false } } });
    }));
});
