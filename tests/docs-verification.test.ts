import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { publicGoodTrustedRoot, withTempDir } from "@policy-pack/testkit";
import { createCli } from "./e2e/cli-run.ts";

const PAGE = join(import.meta.dirname, "../docs/verification.md");

/** The page's examples: each is a complete policy. */
async function readExamples(): Promise<readonly string[]> {
  const page = await readFile(PAGE, "utf8");
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = ""]) => json);
}

describe("docs/verification.md", () => {
  it("shows policies that policy check finds no fault in", async () => {
    const examples = await readExamples();
    expect(examples.length).toBeGreaterThan(5);
    await withTempDir(async (dir) => {
      await mkdir(join(dir, "roots"));
      for (const name of ["public-good", "ours"]) {
        await writeFile(join(dir, "roots", `${name}.json`), publicGoodTrustedRoot());
      }
      const cli = await createCli(dir);
      for (const example of examples) {
        await writeFile(join(dir, "policy.json"), example);
        const { answer } = await cli.json(["policy", "check", "policy.json"]);
        expect({ example, answer }).toEqual({ example, answer: expect.objectContaining({ ok: true, errors: [] }) });
      }
    });
  });

  it("names flags that verify has, and verbs that there are", async () => {
    const page = await readFile(PAGE, "utf8");
    const flags = new Set(page.match(/--[a-z][a-z-]+[a-z]/g));
    await withTempDir(async (dir) => {
      const cli = await createCli(dir);
      const verbs = [
        ["verify"],
        ["policy", "check"],
        ...["show", "check", "refresh"].map((verb) => ["trusted-root", verb]),
      ];
      const helps = await Promise.all(verbs.map((verb) => cli.run([...verb, "--help"])));
      const help = helps.map(({ stdout }) => stdout).join("\n");
      expect([...flags].filter((flag) => !help.includes(flag))).toEqual([]);
    });
  });
});
