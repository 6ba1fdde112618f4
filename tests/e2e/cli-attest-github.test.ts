import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { codeOf } from "./cli-checkout.ts";
import type { Cli } from "./cli-run.ts";
import { createSmallPack, SOURCE, TAR } from "./small-pack.ts";
import type { SmallPack } from "./small-pack.ts";

let pack: SmallPack;
let cli: Cli;
let at: SmallPack["at"];
let statementAt: SmallPack["statementAt"];

beforeAll(async () => {
  pack = await createSmallPack();
  ({ cli, at, statementAt } = pack);
});
beforeEach(() => pack.emptyOut());
afterAll(() => pack.remove());

describe("policy-pack attest under GITHUB_ACTIONS", () => {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", pack.path, "-c", "user.name=A", "-c", "user.email=a@example.test", ...args], {
      encoding: "utf8",
      stdio: "pipe",
    }).trim();

  const environment = (commit: string): Record<string, string> => ({
    GITHUB_ACTIONS: "true",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "octo/pack",
    GITHUB_REPOSITORY_ID: "123",
    GITHUB_REPOSITORY_OWNER_ID: "45",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: commit,
    GITHUB_WORKFLOW_REF: "octo/pack/.github/workflows/policy-pack.yml@refs/heads/main",
    GITHUB_EVENT_NAME: "push",
    GITHUB_RUN_ID: "678",
    GITHUB_RUN_ATTEMPT: "1",
    RUNNER_ENVIRONMENT: "github-hosted",
  });

  const provenance = (env: Record<string, string>) =>
    cli.json(["attest", TAR, "--type", "slsaprovenance1", "--bundle", "out/b.json", "--dev-authority"], { env });

  it("states the run when the source is its commit, and refuses any other", async () => {
    git("init", "--quiet");
    git("add", SOURCE);
    git("-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "a");
    const commit = git("rev-parse", "HEAD");
    const { status, answer } = await provenance(environment(commit));
    expect([status, answer]).toMatchObject([0, { predicate: { buildDefinition: {} } }]);
    const { predicate } = await statementAt("out/b.json");
    expect(predicate).toMatchObject({
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: { workflow: { repository: "https://github.com/octo/pack", ref: "refs/heads/main" } },
        resolvedDependencies: [{ digest: { gitCommit: commit } }, { name: "source" }, {}, {}],
      },
      runDetails: { builder: { id: "https://github.com/octo/pack/.github/workflows/policy-pack.yml@refs/heads/main" } },
    });
    await rm(at("out/b.json"));
    const other = await provenance(environment("1".repeat(40)));
    expect([other.status, codeOf(other.answer), existsSync(at("out/b.json"))]).toEqual([2, "SOURCE_INVALID", false]);
  });

  it.each(["GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_WORKFLOW_REF", "RUNNER_ENVIRONMENT"])(
    "exits 2 when %s is empty, and fills nothing in",
    async (name) => {
      const { status, answer } = await provenance({ ...environment("1".repeat(40)), [name]: "" });
      expect([status, codeOf(answer), existsSync(at("out/b.json"))]).toEqual([2, "CONFIG_INVALID", false]);
    },
  );
});
