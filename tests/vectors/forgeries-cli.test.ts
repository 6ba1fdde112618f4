import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { createForgeries, withTempDir } from "@policy-pack/testkit";
import type { Attempt } from "@policy-pack/testkit";
import { cliOutcomeOf, runVerify } from "./cli.ts";

/** The members of a family are the same to the command: one of each is enough here. */
const forgeries = createForgeries().filter(
  ({ family }, index, all) => family === undefined || all.findIndex((other) => other.family === family) === index,
);

async function writeAttempt(cwd: string, { artifact, bundle, trustedRoot, policy }: Attempt): Promise<void> {
  await writeFile(join(cwd, "artifact"), artifact);
  await writeFile(join(cwd, "bundle.json"), bundle);
  await writeFile(join(cwd, "root.json"), trustedRoot);
  await writeFile(join(cwd, "policy.json"), JSON.stringify(policy));
}

describe("policy-pack verify, given a forgery", () => {
  it.each(forgeries)("$group: $name: $expected", async ({ attempt, expected, expectedByDigest }) => {
    await withTempDir(async (cwd) => {
      const made = attempt();
      await writeAttempt(cwd, made);
      const flags = ["--bundle", "bundle.json", "--policy", "policy.json", "--trusted-root", "root.json", "--json"];
      expect(await runVerify(["verify", "artifact", ...flags], cwd)).toEqual(cliOutcomeOf(expected));
      const digest = digestOf(made.artifact);
      expect(await runVerify(["verify", digest, ...flags], cwd)).toEqual(cliOutcomeOf(expectedByDigest));
    });
  });
});
