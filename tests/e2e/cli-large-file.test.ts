import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { withTempDir } from "@policy-pack/testkit";
import { RESIDENT_OPTIONS, residentMegabytes } from "../support/resident.ts";
import { createCli } from "./cli-run.ts";

/** More than was ever held in memory, and quick to hash. */
const LARGE_BYTES = 600 * 1024 * 1024;
const MAX_RESIDENT_MB = 150;

describe("policy-pack with a file of 600 MiB", () => {
  it("signs and verifies it in constant memory", () =>
    withTempDir(async (dir) => {
      await writeFile(join(dir, "large"), "");
      await truncate(join(dir, "large"), LARGE_BYTES);
      const cli = await createCli(dir);
      const env = { NODE_OPTIONS: RESIDENT_OPTIONS };
      for (const verb of ["sign", "verify"]) {
        const args = [verb, "large", "--bundle", "large.sigstore.json", "--dev-authority", "authority"];
        const { status, stderr } = await cli.run(args, { env });
        expect([verb, status]).toEqual([verb, 0]);
        expect(residentMegabytes(stderr)).toBeLessThan(MAX_RESIDENT_MB);
      }
    }));
});
