import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runChecks } from "../src/checks.ts";
import type { Check } from "../src/checks.ts";
import { createTerminal, withFolder } from "./support.ts";

async function writeTool(dir: string, name: string, prints: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, name), `#!/bin/sh\necho '${prints}'\n`);
  await chmod(join(dir, name), 0o755);
}

/** The checks on a machine whose PATH holds only `tools`. */
async function checksWith(
  tools: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  prepare: (dir: string) => Promise<void> = () => Promise.resolve(),
): Promise<Map<string, Check>> {
  return withFolder(async (cwd) => {
    for (const [name, prints] of Object.entries(tools)) await writeTool(join(cwd, "bin"), name, prints);
    await prepare(cwd);
    const terminal = createTerminal({ cwd, env: { ...env, PATH: join(cwd, "bin") } });
    const checks = await runChecks(terminal, join(cwd, "authority"));
    return new Map(checks.map((check) => [check.name.replace(/^OPA .*/, "OPA"), check]));
  });
}

describe("runChecks", () => {
  it("says which tools are there in which version", async () => {
    const checks = await checksWith({
      cosign: "GitVersion:    v3.1.1",
      tar: "tar (GNU tar) 1.35",
      git: "git version 2.50",
    });
    expect(checks.get("cosign")).toMatchObject({ state: "ok", found: expect.stringMatching(/^v3\.1\.1 \(\//) });
    expect(checks.get("GNU tar")?.found).toMatch(/^1\.35 /);
    expect(checks.get("git")?.found).toMatch(/^2\.50 /);
    expect(checks.get("npm")).toMatchObject({ state: "missing", required: false, found: null });
  });

  it("tells the tools that it runs no password and no token", async () => {
    await withFolder(async (cwd) => {
      await writeTool(join(cwd, "bin"), "git", "");
      await writeFile(join(cwd, "bin", "git"), '#!/bin/sh\necho "git version 2.50$COSIGN_PASSWORD"\n');
      const terminal = createTerminal({ cwd, env: { COSIGN_PASSWORD: "secret", PATH: join(cwd, "bin") } });
      const checks = await runChecks(terminal, join(cwd, "authority"));
      expect(checks.find(({ name }) => name === "git")?.found).toMatch(/^2\.50 /);
    });
  });

  it("does not take a tool of the same name for the one that is meant", async () => {
    const checks = await checksWith({ tar: "bsdtar 3.5" });
    expect(checks.get("GNU tar")).toMatchObject({ state: "unfit", advice: expect.any(String) });
  });

  it("runs nothing of the working folder's .bin/", async () => {
    const checks = await checksWith({}, {}, async (cwd) => {
      await writeTool(join(cwd, ".bin"), "cosign", "GitVersion: v3.1.1");
      await writeTool(join(cwd, ".bin"), "opa", "Version: 1.20.2");
    });
    expect(["cosign", "OPA"].map((name) => checks.get(name)?.state)).toEqual(["missing", "missing"]);
  });

  it("finds cosign in the checkout's .bin/ from any folder, and nothing through a relative PATH", async () => {
    await withFolder(async (dir) => {
      await writeTool(join(dir, ".bin"), "cosign", "GitVersion: v3.1.1");
      await writeTool(join(dir, "inner", "bin"), "git", "git version 2.50");
      const options = { cwd: join(dir, "inner"), env: { PATH: "bin:inner/bin" } };
      const states = async (checkout?: string): Promise<unknown[]> => {
        const terminal = createTerminal(checkout === undefined ? options : { ...options, checkout });
        const checks = await runChecks(terminal, join(dir, "authority"));
        return ["cosign", "git"].map((name) => checks.find((check) => check.name === name)?.state);
      };
      expect(await states(dir)).toEqual(["ok", "missing"]);
      expect(await states()).toEqual(["missing", "missing"]);
    });
  });

  it("requires OPA in the pinned version and says how to get it", async () => {
    const missing = (await checksWith({})).get("OPA");
    expect(missing).toMatchObject({ state: "missing", required: true, found: null });
    for (const way of ["PATH", ".bin/opa", "dev_install_opa.sh", "go install"]) expect(missing?.advice).toContain(way);
    const other = (await checksWith({ opa: "Version: 0.1.0" })).get("OPA");
    expect(other).toMatchObject({ state: "unfit", found: expect.stringMatching(/^0\.1\.0 /) });
  });

  it("says until when the public-good root certifies", async () => {
    expect((await checksWith({})).get("public-good trusted root")).toMatchObject({
      state: "ok",
      found: expect.stringMatching(/^certifies until \d{4}-/),
    });
  });

  it("tells a missing development authority from a broken one", async () => {
    expect((await checksWith({})).get("development authority")?.state).toBe("missing");
    const broken = await checksWith({}, {}, async (cwd) => {
      await mkdir(join(cwd, "authority"));
      await writeFile(join(cwd, "authority/trusted_root.json"), "{");
    });
    expect(broken.get("development authority")).toMatchObject({ state: "unfit", required: false });
  });

  const github = { ACTIONS_ID_TOKEN_REQUEST_URL: "u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t", GITHUB_ACTIONS: "true" };
  it.each([
    ["nothing", {}, "ok", /development authority/],
    ["a token", { SIGSTORE_ID_TOKEN: "secret-token" }, "ok", /SIGSTORE_ID_TOKEN/],
    ["GitHub with OIDC", github, "ok", /GitHub/],
    ["GitHub without OIDC", { GITHUB_ACTIONS: "true" }, "missing", /without OIDC/],
    ["half of GitHub's OIDC", { ACTIONS_ID_TOKEN_REQUEST_URL: "u" }, "missing", /without OIDC/],
    ["empty variables", { SIGSTORE_ID_TOKEN: "", ACTIONS_ID_TOKEN_REQUEST_URL: "" }, "ok", /development authority/],
  ])("says what will sign with %s in the environment, and never the token", async (_name, env, state, found) => {
    const check = (await checksWith({}, env)).get("signing identity");
    expect(check?.state).toBe(state);
    expect(check?.found).toMatch(found);
    expect(JSON.stringify(check)).not.toContain("secret-token");
  });
});
