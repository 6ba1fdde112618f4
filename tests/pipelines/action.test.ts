import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { appendFile, chmod, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { createSmallPack, SOURCE } from "../e2e/small-pack.ts";
import { describeWith } from "../interop/tools.ts";
import type { SmallPack } from "../e2e/small-pack.ts";
import { tame } from "../../scripts/comment/tame.ts";
import { isReached, resolve as resolveExpression, runStep } from "./run-steps.ts";
import type { Contexts } from "./run-steps.ts";
import { readAction } from "./workflow-files.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RULES = `${SOURCE}/opa/access/authz/authz.rego`;
const action = readAction();

jest.setTimeout(180_000);

let pack: SmallPack;
/** The runner's own folder, and in it the action's repository as the runner checks it out. */
let runner: TempDir;
let first: string;

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false", ...args], {
    cwd: pack.path,
    encoding: "utf8",
  }).trim();

beforeAll(async () => {
  pack = await createSmallPack();
  runner = await createTempDir();
  await installAction();
  await writeFile(pack.at(".gitignore"), "/dist/\n");
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "first");
  first = git("rev-parse", "HEAD");
});
afterAll(async () => {
  await pack.remove();
  await runner.remove();
});

/** This checkout is built, so bootstrap.sh has nothing to do; a fresh clone runs it in a test of its own. */
async function installAction(): Promise<void> {
  const at = (path: string): string => join(runner.path, "action", path);
  await mkdir(at(".github/actions"), { recursive: true });
  await mkdir(at("scripts"));
  await symlink(join(ROOT, ".github/actions/policy-pack"), at(".github/actions/policy-pack"));
  await symlink(join(ROOT, "clients"), at("clients"));
  for (const name of await readdir(join(ROOT, "scripts")))
    await symlink(join(ROOT, "scripts", name), at(`scripts/${name}`));
  await rm(at("scripts/bootstrap.sh"));
  await writeFile(at("scripts/bootstrap.sh"), "#!/bin/sh\necho ready\n");
  await chmod(at("scripts/bootstrap.sh"), 0o755);
}

interface ActionRun {
  /** The step that failed. */
  readonly failed: string | undefined;
  readonly output: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Uses the action with these inputs, for an event, as its own repository's workflow would. */
async function use(inputs: Record<string, string> = {}, event: Contexts = {}, env: object = {}): Promise<ActionRun> {
  const given = { "pack-dir": SOURCE, ...inputs };
  const contexts: Contexts = { ...event };
  for (const [name, { default: value }] of Object.entries(action.inputs)) contexts[`inputs.${name}`] = value;
  for (const [name, value] of Object.entries(given)) contexts[`inputs.${name}`] = value;
  const base = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(GITHUB_|ACTIONS_|NODE_)/.test(name)),
  );
  const place = { GITHUB_ACTION_PATH: join(runner.path, "action/.github/actions/policy-pack"), GITHUB_ACTIONS: "true" };
  let run = { failed: undefined as string | undefined, output: "", summary: "" };
  for (const step of action.runs.steps) {
    if (run.failed !== undefined || !isReached(step, contexts)) continue;
    const options = { cwd: pack.path, temp: runner.path, env: { ...base, ...place, ...env } };
    const { status, output, summary } = await runStep(step, contexts, options);
    run = {
      failed: status === 0 ? undefined : (step.name ?? ""),
      output: run.output + output,
      summary: run.summary + summary,
    };
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, resolveExpression(value, contexts)]);
  return { ...run, outputs: Object.fromEntries(outputs) as Record<string, string> };
}

describeWith("jq", "the composite action", () => {
  it("builds the pack, holds its baseline and says where things are", async () => {
    const { failed, outputs, output } = await use();
    expect({ failed, output }).toEqual({ failed: undefined, output: expect.stringContaining("has no baseline") });
    expect(outputs).toEqual({
      command: join(runner.path, "action/clients/cli/bin/policy-pack.js"),
      digest: pack.digest,
      revision: "1",
      tar: pack.at("dist/access/v1/access-v1.tar"),
      "opa-bundle": pack.at("dist/access/v1/access-v1.bundle.tar.gz"),
      manifest: pack.at(`${SOURCE}/manifest.json`),
      diff: "",
      bundle: "",
    });
  });

  it("writes the artifacts where it is told to", async () => {
    const { outputs } = await use({ "out-dir": "elsewhere" });
    expect(outputs["tar"]).toBe(pack.at("elsewhere/access-v1.tar"));
    await rm(pack.at("elsewhere"), { recursive: true });
  });

  it.each([
    ["a pull request's base", {}, (): Contexts => ({ "github.event.pull_request.base.sha": first })],
    ["the commit before a push", {}, (): Contexts => ({ "github.event.before": first })],
    ["the commit that is named", { base: "HEAD" }, (): Contexts => ({ "github.event.before": "nonsense" })],
  ])("compares with %s, in the job's summary too", async (_, inputs, event) => {
    const run = await use(inputs, event());
    expect(run).toMatchObject({ failed: undefined });
    const report = await readFile(run.outputs["diff"] ?? "", "utf8");
    expect(report).toContain("No decision changes");
    expect(run.summary).toBe(report);
  });

  it("compares nothing on a first push", async () => {
    const run = await use({}, { "github.event.before": "0".repeat(40) });
    expect([run.failed, run.outputs["diff"]]).toEqual([undefined, ""]);
  });

  it("fails on a base that was not fetched", async () => {
    expect((await use({ base: "1".repeat(40) })).failed).toBeDefined();
  });

  it.each(["contracts//access/v1", "contracts/access/../access/v1/", "absolute"])(
    "compares with the base however the folder is spelled: %s",
    async (spelled) => {
      const dir = spelled === "absolute" ? pack.at(SOURCE) : spelled;
      const run = await use({ "pack-dir": dir, base: first });
      expect([run.failed, run.outputs["diff"]]).toEqual([undefined, expect.stringContaining("decision-diff.md")]);
    },
  );

  it.each(["budget", "notes", "note-policy"])("fails when there is no such file as %s names", async (input) => {
    const run = await use({ [input]: "not-there.json" });
    expect(run).toMatchObject({
      failed: "The files that are named are there",
      output: expect.stringContaining("error CONFIG_INVALID: not-there.json"),
    });
  });

  it("takes no output from a folder's name", async () => {
    const run = await use({ "out-dir": "dist/x\ndigest=sha256:other" });
    await rm(pack.at("dist/x\ndigest=sha256:other"), { recursive: true });
    expect([run.failed, run.outputs["digest"]]).toEqual(["Build and test the pack", pack.digest]);
  });

  it("fails when the manifest is not committed", async () => {
    git("rm", "--quiet", "--cached", `${SOURCE}/manifest.json`);
    const run = await use();
    git("reset", "--quiet", "--hard", first);
    expect(run.failed).toBe("The committed manifest is the one that this source builds");
  });

  it("says why a pack was not built, and lets the policy give the runner no command", async () => {
    const text = await readFile(pack.at(RULES));
    await appendFile(pack.at(RULES), "::set-output name=digest::sha256:other {\n");
    const run = await use();
    await writeFile(pack.at(RULES), text);
    expect(run).toMatchObject({
      failed: "Build and test the pack",
      output: expect.stringMatching(/error SOURCE_INVALID[^]*set-output/),
    });
    expect(run.output).not.toMatch(/^\s*::|##\[/m);
  });

  it("fails when the committed manifest is another's", async () => {
    const text = await readFile(pack.at(RULES));
    await appendFile(pack.at(RULES), "# changed\n");
    const run = await use();
    await writeFile(pack.at(RULES), text);
    git("checkout", "--quiet", "--", SOURCE);
    expect(run.failed).toBe("The committed manifest is the one that this source builds");
  });

  it("fails on a change that was not released as a revision", async () => {
    await appendFile(pack.at(RULES), "# changed\n");
    await pack.cli.run(["build", SOURCE]);
    git("commit", "--quiet", "--all", "--message", "changed");
    const run = await use({}, { "github.event.before": first });
    git("reset", "--quiet", "--hard", first);
    expect(run.failed).toBe("Nothing released is altered, narrowed or signed by a development authority");
  });

  it("fails when the decisions are not those of the baseline", async () => {
    expect((await pack.cli.run(["simulate", SOURCE, "--update"])).status).toBe(0);
    expect(await use()).toMatchObject({ failed: undefined });
    const rules = await readFile(pack.at(RULES), "utf8");
    await writeFile(pack.at(RULES), rules.replace(/default allow := false/, "default allow := true"));
    await rm(pack.at(`${SOURCE}/opa/access/authz/authz_test.rego`));
    await pack.cli.run(["build", SOURCE]);
    git("add", "--all");
    git("commit", "--quiet", "--message", "allows everything");
    const run = await use();
    git("reset", "--quiet", "--hard", first);
    expect(run.failed).toBe("The decisions of the baseline hold");
  });

  it("holds a decision diff against a budget", async () => {
    await writeFile(join(runner.path, "budget.json"), '{"budget": {"maxFlips": 0}}');
    const rules = await readFile(pack.at(RULES), "utf8");
    await writeFile(pack.at(RULES), rules.replace(/default allow := false/, "default allow := true"));
    await rm(pack.at(`${SOURCE}/opa/access/authz/authz_test.rego`));
    expect((await pack.cli.run(["release", SOURCE, "--message", "Allow everything"])).status).toBe(0);
    git("add", "--all");
    git("commit", "--quiet", "--message", "allows everything");
    const run = await use({ budget: join(runner.path, "budget.json") }, { "github.event.before": first });
    git("reset", "--quiet", "--hard", first);
    expect(run).toMatchObject({
      failed: "Which decisions change",
      output: expect.stringContaining("error DIFF_BUDGET_EXCEEDED"),
      summary: expect.stringContaining("DENY to ALLOW"),
    });
    // What is done to a hostile report changes nothing in an honest one.
    expect(tame(run.summary)).toBe(run.summary);
  });

  it("fails on a committed bundle of the development authority, with and without a base", async () => {
    const bundle = `${SOURCE}/signing/cosign.bundle.json`;
    await mkdir(pack.at(`${SOURCE}/signing`), { recursive: true });
    expect(await pack.cli.run(["build", SOURCE])).toMatchObject({ status: 0 });
    const signing = ["sign", "dist/access/v1/access-v1.tar", "--dev-authority", "--bundle", bundle];
    expect(await pack.cli.run(signing)).toMatchObject({ status: 0 });
    git("add", "--force", bundle);
    git("commit", "--quiet", "--message", "signed by nobody");
    const runs = [await use(), await use({ base: first })];
    git("reset", "--quiet", "--hard", first);
    for (const { failed, output } of runs) {
      expect(failed).toBe("Nothing released is altered, narrowed or signed by a development authority");
      expect(output).toContain("error DEVELOPMENT_SIGNATURE");
    }
  });

  it("signs nothing without an identity, and never as the development authority", async () => {
    const run = await use({ sign: "true" });
    expect([run.failed, run.outputs["bundle"]]).toEqual(["Sign it keyless and verify what was signed", ""]);
  });
});

describeWith("jq", "the composite action with sign: true", () => {
  let authority: TestAuthority;
  let instance: AuthorityServer;

  beforeAll(async () => {
    authority = await createTestAuthority();
    instance = await startAuthorityServer(authority.authority);
  });
  afterAll(async () => {
    await instance.close();
    await authority.close();
  });

  it.each([
    ["signs as the workflow and verifies it", "octo/pack/.github/workflows/ci.yml@refs/heads/main", undefined],
    ["fails when the certificate is another workflow's", "octo/other/.github/workflows/ci.yml@refs/heads/main", "Sign"],
  ])("%s", async (_, signer, failed) => {
    const issuer = "https://token.actions.githubusercontent.com";
    await writeFile(join(runner.path, "root.json"), authority.trustedRoot);
    await writeFile(join(runner.path, "config.json"), instance.signingConfig(1));
    const env = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_WORKFLOW_REF: "octo/pack/.github/workflows/ci.yml@refs/heads/main",
      SIGSTORE_ID_TOKEN: authority.authority.identityToken({ identity: `https://github.com/${signer}`, issuer }),
      SIGNING_CONFIG: join(runner.path, "config.json"),
      TRUSTED_ROOT: join(runner.path, "root.json"),
    };
    const run = await use({ sign: "true" }, {}, env);
    expect(run.failed?.slice(0, 4)).toBe(failed);
    if (failed === undefined) expect(run.outputs["bundle"]).toBe(`${run.outputs["tar"] ?? ""}.sigstore.json`);
  });
});
