import { describe, expect, it } from "@jest/globals";
import { FormatError } from "@policy-pack/pack";
import { naming } from "../src/naming.ts";
import { runJson, writeFiles } from "./signed-files.ts";
import { withFolder } from "./support.ts";

describe("naming", () => {
  it("returns what comes out, and throws an error of the same class and code that names the file", async () => {
    expect(await naming("f", () => Promise.resolve(1))).toBe(1);
    const thrown = new FormatError("MANIFEST_INVALID", "It is wrong.");
    const named: unknown = await naming("some file", () => Promise.reject(thrown)).catch((error: unknown) => error);
    expect(named).toBeInstanceOf(FormatError);
    expect(named).toMatchObject({ code: "MANIFEST_INVALID", message: expect.stringContaining("some file") });
  });

  it("throws what is no error of ours as it is", async () => {
    const thrown = new TypeError("a bug");
    await expect(naming("f", () => Promise.reject(thrown))).rejects.toBe(thrown);
  });
});

describe("verbs whose file is not what it should be", () => {
  const SERVICES = ["--rekor-url", "https://log.example", "--trusted-root", "bad.txt"];
  it.each([
    ["attest as the pack", ["attest", "bad.txt", "--type", "slsaprovenance1", "--dev-authority"]],
    ["attest as the released pack", ["attest", "bad.txt", "--type", "release", "--dev-authority"]],
    ["attest as the predicate", ["attest", "app", "--type", "custom", "--predicate", "bad.txt", "--dev-authority"]],
    ["attest as the denylist", ["attest", "app", "--type", "denylist", "--predicate", "bad.json", "--dev-authority"]],
    ["sign as the signing config", ["sign", "app", "--key", "app.key", "--signing-config", "bad.txt"]],
    ["sign as a usable signing config", ["sign", "app", "--key", "app.key", "--signing-config", "bad.json"]],
    ["sign as the identity token", ["sign", "app", "--identity-token", "bad.txt"]],
    ["sign as the trusted root", ["sign", "app", "--key", "app.key", ...SERVICES]],
    ["trusted-root check as the root", ["trusted-root", "check", "bad.txt"]],
    ["sign as the private key", ["sign", "app", "--key", "bad.txt"]],
  ])("name it: %s", (_name, args) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { app: "app", "bad.txt": "# no such thing", "bad.json": {} });
      await runJson(cwd, "generate-key-pair", "--format", "pkcs8", "--output-key-prefix", "app");
      const { status, answer } = await runJson(cwd, ...args);
      expect(status).not.toBe(0);
      expect(answer).toMatchObject({ error: { message: expect.stringMatching(/bad\.(txt|json)/) } });
    }),
  );
});
