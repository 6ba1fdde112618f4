import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ARTIFACT, IDENTITY, ISSUER, messageBundle, rootJson, withTempDir } from "@policy-pack/testkit";
import { writeFile } from "node:fs/promises";
import { RESIDENT_OPTIONS, residentMegabytes } from "../support/resident.ts";
import { codeOf } from "./cli.ts";

const BIN = join(import.meta.dirname, "../../clients/cli/bin/policy-pack.js");
const MIB = 1024 * 1024;

/** A good bundle with so much white space behind it, which JSON allows. */
function writeBlown(path: string, mebibytes: number): void {
  const file = openSync(path, "w");
  writeSync(file, JSON.stringify(messageBundle()));
  const space = Buffer.alloc(MIB, " ");
  for (let written = 0; written < mebibytes; written += 1) writeSync(file, space);
  closeSync(file);
}

describe("a bundle of 100 MB", () => {
  it("is refused by the command for its size, in memory that could not hold it", async () => {
    await withTempDir(async (cwd) => {
      writeBlown(join(cwd, "bundle.json"), 100);
      await writeFile(join(cwd, "artifact"), ARTIFACT);
      await writeFile(join(cwd, "root.json"), JSON.stringify(rootJson()));
      const trust = [
        "--trusted-root",
        "root.json",
        "--certificate-identity",
        IDENTITY,
        "--certificate-oidc-issuer",
        ISSUER,
      ];
      const args = ["verify", "artifact", "--bundle", "bundle.json", ...trust, "--json"];
      const env = { ...process.env, NODE_OPTIONS: RESIDENT_OPTIONS };
      const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, env, encoding: "utf8" });
      expect([status, codeOf(stdout)]).toEqual([3, "LIMIT_EXCEEDED"]);
      const held = residentMegabytes(stderr);
      expect(held).toBeGreaterThan(10);
      expect(held).toBeLessThan(150);
    });
  });
});
