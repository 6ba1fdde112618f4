import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { checkOutputFolder } from "../src/output-folder.ts";
import { createKeyHolder, runJson, writeFiles } from "./signed-files.ts";
import { createTerminal, withFolder } from "./support.ts";

const INVALID = { status: 2, answer: { error: { code: "OUTPUT_FAILED" } } };

describe("checkOutputFolder", () => {
  it("takes a folder that is there, and the folders of a pack", () =>
    withFolder(async (cwd) => {
      const terminal = createTerminal({ cwd });
      for (const path of ["f", "contracts/a/v0/signing/f", "dist/a/v0/f"]) {
        await expect(checkOutputFolder(terminal, join(cwd, path))).resolves.toBeUndefined();
      }
    }));

  it.each(["a/f", "file/f", "contracts/a/v0/f", "contracts/a/signing/f", "dist/a/f", "dist/a/v0/more/f"])(
    "throws OUTPUT_FAILED for %s where its folder is not",
    (path) =>
      withFolder(async (cwd) => {
        await writeFile(join(cwd, "file"), "");
        const checking = checkOutputFolder(createTerminal({ cwd }), join(cwd, path));
        await expect(checking).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      }),
  );
});

describe("verbs that write a file", () => {
  it.each([
    ["sign --bundle", ["sign", "file", "--dev-authority", "--bundle", "a/b/c.json"]],
    ["sign --bundle of lines", ["sign", "file", "--dev-authority", "--bundle", "a/b/c.jsonl"]],
    ["sign --bundle-dir two deep", ["sign", "file", "--dev-authority", "--bundle-dir", "a/b"]],
    [
      "attest --bundle",
      ["attest", "file", "--type", "custom", "--predicate", "p.json", "--dev-authority", "--bundle", "a/b.json"],
    ],
    ["verify --attest", ["verify", "file", "--bundle", "b.json", "--key", "k.pub", "--attest", "a/b.json"]],
    ["trusted-root refresh --out", ["trusted-root", "refresh", "--out", "a/b.json", "--mirror", "http://127.0.0.1:9"]],
    ["build --tar", ["build", "contracts/a/v0", "--tar", "a/b.tar"]],
    ["generate-key-pair", ["generate-key-pair", "--format", "pkcs8", "--output-key-prefix", "a/b"]],
  ])("%s exit 2 with OUTPUT_FAILED where the folder is not, and make none", (_name, args) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { file: "file", "p.json": {}, "k.pub": (await createKeyHolder()).publicKey, "b.json": {} });
      expect(await runJson(cwd, ...args)).toMatchObject(INVALID);
      expect(existsSync(join(cwd, "a"))).toBe(false);
    }),
  );

  it("sign --bundle-dir makes that folder, and takes it when it is there", () =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "file"), "file");
      const args = ["sign", "file", "--dev-authority", "--bundle-dir", "signatures"];
      for (const count of [1, 2]) {
        expect((await runJson(cwd, ...args)).status).toBe(0);
        expect(await readdir(join(cwd, "signatures"))).toHaveLength(count);
      }
    }));

  it("sign makes the pack's signing/ and says of a file that is not there that it is not", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, "dist/a/v0"), { recursive: true });
      await writeFile(join(cwd, "dist/a/v0/a-v0.tar"), "tar");
      expect((await runJson(cwd, "sign", "dist/a/v0/a-v0.tar", "--dev-authority")).status).toBe(0);
      expect(await readdir(join(cwd, "contracts/a/v0/signing"))).toEqual(["cosign.bundle.json"]);
      expect(await runJson(cwd, "sign", "none/file", "--dev-authority")).toMatchObject({
        answer: { error: { code: "CONFIG_INVALID" } },
      });
    }));
});
