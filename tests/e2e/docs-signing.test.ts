import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "@jest/globals";
import { withTempDir } from "@policy-pack/testkit";
import { describeWith } from "../interop/tools.ts";

const PAGE = join(import.meta.dirname, "../../docs/signing.md");
const BIN = join(import.meta.dirname, "../../clients/cli/bin/policy-pack.js");
const MINUTE = 60_000;

describeWith("openssl", "docs/signing.md", () => {
  it(
    "prints commands that work in their order",
    () =>
      withTempDir(async (cwd) => {
        const page = await readFile(PAGE, "utf8");
        const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);
        expect(blocks.length).toBeGreaterThan(4);
        const bin = join(cwd, "bin");
        await mkdir(bin);
        await writeFile(join(bin, "policy-pack"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
        await chmod(join(bin, "policy-pack"), 0o755);
        await writeFile(join(cwd, "app.tar"), "any file");
        const env = { PATH: [bin, process.env["PATH"] ?? ""].join(delimiter) };
        await promisify(execFile)("sh", ["-euc", blocks.join("\n")], { cwd, env });
        expect(await readdir(join(cwd, "signatures"))).toHaveLength(2);
        expect((await readFile(join(cwd, "all.sigstore.jsonl"), "utf8")).trimEnd().split("\n")).toHaveLength(2);
      }),
    MINUTE,
  );
});
