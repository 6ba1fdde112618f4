import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { canonicalEntries, encodeTar } from "@policy-pack/pack";
import { repackFolderUnsafe } from "../src/folder.ts";
import { createTerminal, withFolder } from "./support.ts";

describe("repackFolderUnsafe", () => {
  it("returns the tar that the files make", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, "p/opa/a"), { recursive: true });
      await writeFile(join(cwd, "p/opa/a/a.rego"), "package a");
      await writeFile(join(cwd, "p/README.md"), "# a");
      const files = [
        { path: "README.md", bytes: Buffer.from("# a") },
        { path: "opa/a/a.rego", bytes: Buffer.from("package a") },
      ];
      const tar = await repackFolderUnsafe(createTerminal({ cwd }), "p");
      expect(Buffer.from(tar).equals(encodeTar(canonicalEntries(files)))).toBe(true);
    }));

  it("throws SOURCE_INVALID for a link and for a file that no pack holds", () =>
    withFolder(async (cwd) => {
      const terminal = createTerminal({ cwd });
      await mkdir(join(cwd, "link"));
      await symlink("/etc/hostname", join(cwd, "link/README.md"));
      await expect(repackFolderUnsafe(terminal, "link")).rejects.toMatchObject({ code: "SOURCE_INVALID" });
      await mkdir(join(cwd, "other"));
      await writeFile(join(cwd, "other/notes.txt"), "");
      await expect(repackFolderUnsafe(terminal, "other")).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    }));
});
