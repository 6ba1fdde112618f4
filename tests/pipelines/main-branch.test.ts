import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile, chmod, cp, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startAuthorityServer } from "@policy-pack/dev-authority";
import type { AuthorityServer } from "@policy-pack/dev-authority";
import { createTempDir, createTestAuthority } from "@policy-pack/testkit";
import type { TempDir, TestAuthority } from "@policy-pack/testkit";
import { createSmallPack } from "../e2e/small-pack.ts";
import { describeWith } from "../interop/tools.ts";
import type { SmallPack } from "../e2e/small-pack.ts";
import { isReached, runStep } from "./run-steps.ts";
import type { Contexts, StepRun } from "./run-steps.ts";
import { readWorkflows } from "./workflow-files.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const WORKFLOW = "octo/pack/.github/workflows/policy-pack.yml@refs/heads/main";
const SIGNER = { identity: `https://github.com/${WORKFLOW}`, issuer: "https://token.actions.githubusercontent.com" };
const SOURCE = "contracts/access/v1";
const RULES = `${SOURCE}/opa/access/authz/authz.rego`;

/** The workflow's environment, for the pack of this test. */
const ENV = {
  PACK_DIR: SOURCE,
  OUT_DIR: "dist/access/v1",
  PACK_TAR: "dist/access/v1/access-v1.tar",
  BUNDLE_JSON: `${SOURCE}/signing/cosign.bundle.json`,
  MANIFEST: `${SOURCE}/manifest.json`,
  ATTESTATIONS: "dist/access/v1/access-v1.attestations.jsonl",
};
/** What make does in this checkout would build the checkout; the scripts behind it are run, and the rest was done. */
const MAKE: Readonly<Record<string, string>> = {
  make: "true",
  "make contract-test": "true",
  "make sign": 'scripts/cosign_sign.sh "$PACK_TAR" "$BUNDLE_JSON"',
};
/** GitHub's releases, as far as the scripts ask: folders. */
const GH = `#!/usr/bin/env bash
set -euo pipefail
[ -n "$GH_TOKEN" ] && [ "$GH_REPO" = octo/pack ]
printf '%s\\n' "$*" >>"$RELEASES.log"
case "$1 $2" in
"release list") ls "$RELEASES" ;;
"release create")
  tag=$3 && shift 3 && mkdir "$RELEASES/$tag"
  while [ $# -gt 0 ]; do case $1 in --*) shift 2 ;; *) cp "$1" "$RELEASES/$tag/" && shift ;; esac; done ;;
"release download")
  tag=$3 && shift 3
  while [ $# -gt 0 ]; do case $1 in --pattern) files+=("$2") ;; --dir) dir=$2 ;; esac; shift 2; done
  for file in "\${files[@]}"; do cp "$RELEASES/$tag/$file" "$dir/"; done ;;
*) exit 1 ;;
esac
`;

jest.setTimeout(300_000);

let pack: SmallPack;
let tools: TempDir;
let authority: TestAuthority;
let instance: AuthorityServer;
let environment: Record<string, string | undefined>;

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false", ...args], {
    cwd: pack.path,
    encoding: "utf8",
  }).trim();
const releases = (...path: string[]): string => join(tools.path, "releases", ...path);

beforeAll(async () => {
  pack = await createSmallPack();
  tools = await createTempDir();
  authority = await createTestAuthority();
  instance = await startAuthorityServer(authority.authority);
  for (const name of ["scripts", "clients", "node_modules", "package.json", ".bin"]) {
    await symlink(join(ROOT, name), pack.at(name));
  }
  await mkdir(releases());
  await writeFile(join(tools.path, "gh"), GH);
  await chmod(join(tools.path, "gh"), 0o755);
  await writeFile(join(tools.path, "root.json"), authority.trustedRoot);
  await writeFile(join(tools.path, "config.json"), instance.signingConfig(1));
  await writeFile(pack.at(".gitignore"), "/*\n!/contracts\n!/.gitignore\ncosign.bundle.json\n");
  git("init", "--quiet");
  git("add", ".gitignore");
  git("commit", "--quiet", "--message", "nothing yet");
  commit("first");
});
afterAll(async () => {
  await instance.close();
  await authority.close();
  await pack.remove();
  await tools.remove();
});

/** Commits what is there, as a push to main that the jobs then run for. */
function commit(message: string): void {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", message);
  environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GITHUB_|ACTIONS_|MC_|NODE_)/.test(name))),
    ...ENV,
    PATH: `${tools.path}:${process.env["PATH"] ?? ""}`,
    RELEASES: releases(),
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "octo/pack",
    GITHUB_REPOSITORY_ID: "123",
    GITHUB_REPOSITORY_OWNER_ID: "45",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: git("rev-parse", "HEAD"),
    GITHUB_WORKFLOW_REF: WORKFLOW,
    GITHUB_EVENT_NAME: "push",
    GITHUB_RUN_ID: "678",
    GITHUB_RUN_ATTEMPT: "1",
    RUNNER_ENVIRONMENT: "github-hosted",
    SIGSTORE_ID_TOKEN: authority.authority.identityToken(SIGNER),
    SIGNING_CONFIG: join(tools.path, "config.json"),
    TRUSTED_ROOT: join(tools.path, "root.json"),
  };
}

interface JobRun {
  readonly failed: string | undefined;
  readonly output: string;
}

/** Runs a job's steps in order until one fails; the artifact of one job is where the next looks for it. */
async function runJob(name: string, contexts: Contexts, change: Record<string, string> = {}): Promise<JobRun> {
  const steps = readWorkflows().find((workflow) => workflow.name === "policy-pack")?.jobs[name]?.steps ?? [];
  let output = "";
  for (const step of steps.filter(({ run }) => run !== undefined)) {
    if (!isReached(step, contexts)) continue;
    const runner = { cwd: pack.path, temp: tools.path, env: { ...environment, BASE: "HEAD~1", ...change } };
    const known = { ...step, run: MAKE[step.run ?? ""] ?? step.run ?? "" };
    const { status, output: printed }: StepRun = await runStep(known, contexts, runner);
    output += printed;
    if (status !== 0) return { failed: step.name ?? step.run, output };
  }
  return { failed: undefined, output };
}

/** A push to main: build, sign and release, each only when the one before passed. */
async function push(change: Record<string, string> = {}): Promise<JobRun> {
  const contexts: Contexts = { "github.token": "t", "github.repository": "octo/pack", "github.event_name": "push" };
  let last: JobRun = { failed: undefined, output: "" };
  for (const name of ["build", "sign", "release"]) {
    if (name === "release") await cp(pack.at("dist/release"), pack.at("signed/dist/release"), { recursive: true });
    last = await runJob(name, contexts, change);
    contexts[`needs.${name}.outputs.digest`] = contexts["steps.pack.outputs.digest"] ?? "";
    if (last.failed !== undefined) return last;
  }
  return last;
}

interface Policy {
  readonly minimumRevision: number;
  readonly attestations: readonly object[];
}

async function policyOf(release: string): Promise<Policy> {
  return JSON.parse(await readFile(releases(release, "verification-policy.json"), "utf8")) as Policy;
}

/** The commands of the first release's README that begin like this, each as what follows the program's name. */
async function commandsOf(beginning: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(releases("access-v1-r1", "README.md"), "utf8");
  return [...text.matchAll(new RegExp(`^ {4}(${beginning} [^]*?[^\\\\])$`, "gm"))].map(([, command = ""]) =>
    command.replaceAll("\\\n", " ").trim().split(/\s+/).slice(1),
  );
}

describeWith("jq", "policy-pack.yml on main, with real scripts and signatures", () => {
  it("releases the first revision with all that it takes to verify it offline", async () => {
    expect(await push()).toMatchObject({ failed: undefined });
    expect((await readdir(releases("access-v1-r1"))).sort()).toEqual([
      "README.md",
      "SHA256SUMS",
      "access-v1.attestations.jsonl",
      "access-v1.bundle.tar.gz",
      "access-v1.sigstore.json",
      "access-v1.tar",
      "manifest.json",
      "trusted_root.json",
      "verification-policy.json",
    ]);
    expect((await policyOf("access-v1-r1")).attestations).toHaveLength(4);
  });

  it("gives a folder whose README's commands verify it", async () => {
    const commands = await commandsOf("policy-pack (?:verify|verify-attestation)");
    expect(commands).toHaveLength(2);
    for (const args of commands) {
      const options = { cwd: releases("access-v1-r1"), encoding: "utf8" } as const;
      expect(execFileSync(join(ROOT, "clients/cli/bin/policy-pack.js"), args, options)).toContain(SIGNER.identity);
    }
  });

  describeWith("cosign", "the folder's signature", (cosign) => {
    it("is verified by the README's command of cosign, and by none for another pack", async () => {
      const [args = [], ...others] = await commandsOf("cosign verify-blob");
      expect([args.length, others]).toEqual([10, []]);
      const verify = (...words: readonly string[]) =>
        spawnSync(cosign, [...words], { cwd: releases("access-v1-r1"), encoding: "utf8" });
      expect(verify(...args)).toMatchObject({ status: 0, stderr: expect.stringContaining("Verified OK") });
      expect(verify(...args.map((word) => (word === "access-v1.tar" ? "README.md" : word))).status).not.toBe(0);
    });
  });

  it("passes over a revision that is released with the same bytes", async () => {
    const { digest } = JSON.parse((await pack.cli.run(["build", SOURCE, "--json"])).stdout) as { digest: string };
    const contexts = { "github.token": "t", "github.repository": "octo/pack" };
    const run = await runJob("release", { ...contexts, "needs.build.outputs.digest": digest.replace("sha256:", "") });
    expect(run).toMatchObject({ failed: undefined, output: expect.stringContaining("was published before") });
    expect(await readdir(releases())).toEqual(["access-v1-r1"]);
  });

  it("refuses a bundle of the development authority", async () => {
    const development = ["sign", ENV.PACK_TAR, "--dev-authority", "--bundle", ENV.BUNDLE_JSON];
    expect((await pack.cli.run(development)).status).toBe(0);
    const signing = readWorkflows().find(({ name }) => name === "policy-pack")?.jobs["sign"]?.steps ?? [];
    const gather = signing.find(({ run }) => run === "scripts/release_folder.sh dist/release");
    const runner = { cwd: pack.path, temp: tools.path, env: environment };
    await rm(pack.at("dist/release"), { recursive: true });
    expect((await runStep(gather ?? {}, {}, runner)).status).not.toBe(0);
    expect(existsSync(pack.at("dist/release"))).toBe(false);
  });

  it("states which decisions differ from the revision before, and has verifiers demand it", async () => {
    await appendFile(pack.at(RULES), "\n# a comment is a change of the bytes\n");
    expect((await pack.cli.run(["release", SOURCE, "--message", "Say more"])).status).toBe(0);
    commit("second");
    expect(await push()).toMatchObject({ failed: undefined });
    const { minimumRevision, attestations } = await policyOf("access-v1-r2");
    const { manifest } = JSON.parse(await readFile(releases("access-v1-r1", "manifest.json"), "utf8")) as {
      manifest: { digest: { value: string } };
    };
    expect([minimumRevision, attestations.at(-1)]).toEqual([
      2,
      { predicateType: "urn:policy-pack:decision-diff:v1", decisionDiff: { from: `sha256:${manifest.digest.value}` } },
    ]);
  });

  it("stops a change that is no new revision", async () => {
    await appendFile(pack.at(RULES), "# and another\n");
    await pack.cli.run(["build", SOURCE]);
    commit("not released");
    expect(await push()).toMatchObject({ failed: expect.stringContaining("Nothing released is altered") });
    expect((await readdir(releases())).sort()).toEqual(["access-v1-r1", "access-v1-r2"]);
  });
});
