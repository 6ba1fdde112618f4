import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { PUBLIC_GOOD, readPublicGoodRoot } from "../src/public-good.ts";
import { checkRoot } from "../src/root-report.ts";
import { createTerminal, withFolder } from "./support.ts";

const EMPTY = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1" });

async function run(cwd: string, ...args: readonly string[]): Promise<{ status: number; answer: unknown }> {
  const terminal = createTerminal({ cwd });
  const status = await runCli(["trusted-root", ...args, "--json"], terminal);
  return { status, answer: JSON.parse(terminal.out()) as unknown };
}

describe("policy-pack trusted-root show", () => {
  it("shows the root that verify uses: the public-good one, a file's, the development authority's", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, ".policy-pack/dev-authority"), { recursive: true });
      await writeFile(join(cwd, ".policy-pack/dev-authority/trusted_root.json"), readPublicGoodRoot());
      await writeFile(join(cwd, "root.json"), readPublicGoodRoot());
      const authorities = expect.arrayContaining([
        expect.objectContaining({ role: "certificate authority", key: expect.objectContaining({ kind: "P-384" }) }),
      ]);
      expect(await run(cwd, "show")).toEqual({ status: 0, answer: { source: PUBLIC_GOOD, authorities } });
      const named = await run(cwd, "show", "--trusted-root", "root.json");
      expect(named).toEqual({ status: 0, answer: { source: "root.json", authorities } });
      const dev = await run(cwd, "show", "--dev-authority");
      expect(dev).toEqual({ status: 0, answer: { source: expect.stringContaining("development"), authorities } });
    }));

  it("prints a table for people", async () => {
    const terminal = createTerminal();
    expect(await runCli(["trusted-root", "show"], terminal)).toBe(0);
    expect(terminal.out()).toMatch(
      /^certificate authority +https:\/\/fulcio\.sigstore\.dev +2022-04-13 +2031-10-05 +P-384 /m,
    );
  });

  it.each([
    ["two roots", ["--trusted-root", "/dev/null", "--dev-authority", "x"], 2, "CONFIG_INVALID"],
    ["a root that is not there", ["--trusted-root", "/nonexistent"], 2, "CONFIG_INVALID"],
    ["no development authority", ["--dev-authority", "/nonexistent"], 2, "CONFIG_INVALID"],
    ["a root that is none", ["--trusted-root", "/dev/null"], 3, "TRUSTED_ROOT_INVALID"],
  ])("throws for %s", async (_name, flags, status, code) => {
    const found = await run("/", "show", ...flags);
    expect(found).toMatchObject({ status, answer: { error: { code } } });
  });
});

describe("policy-pack trusted-root check", () => {
  const check = async (cwd: string, root: string, now: string): Promise<unknown> => {
    await writeFile(join(cwd, "root.json"), root);
    return checkRoot(createTerminal({ cwd }), "root.json", 30, new Date(now));
  };

  it("answers 0 while every kind is open, and 5 once one has ended or will soon", () =>
    withFolder(async (cwd) => {
      const root = readPublicGoodRoot();
      expect(await check(cwd, root, "2026-01-01")).toMatchObject({ exitCode: 0, json: { ok: true, problems: [] } });
      expect(await check(cwd, root, "2031-09-20")).toMatchObject({
        exitCode: 5,
        json: { ok: false, problems: [{ kind: "ending", role: "certificate authority" }] },
      });
      expect(await check(cwd, root, "2032-01-01")).toMatchObject({
        exitCode: 5,
        json: { ok: false, problems: [{ kind: "ended", role: "certificate authority", until: null }] },
      });
    }));

  it("answers for a root without authorities: nothing ends", () =>
    withFolder(async (cwd) => {
      expect(await check(cwd, EMPTY, "2026-01-01")).toMatchObject({ exitCode: 0, json: { authorities: [] } });
    }));

  it.each([
    ["a file that is no root", ["/dev/null"], 3, "TRUSTED_ROOT_INVALID"],
    ["a file that is not there", ["/nonexistent"], 2, "CONFIG_INVALID"],
    ["a file without an end", ["/dev/zero"], 3, "LIMIT_EXCEEDED"],
    ["days that are no number", ["/dev/null", "--within", "-1"], 2, "CONFIG_INVALID"],
    ["no file", [], 2, "CONFIG_INVALID"],
  ])("throws for %s", async (_name, args, status, code) => {
    expect(await run("/", "check", ...args)).toMatchObject({ status, answer: { error: { code } } });
  });
});
