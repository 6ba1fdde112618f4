import { describe, expect, it } from "@jest/globals";
import { readGitHubRun } from "../../src/attestations/github-run.ts";
import { GITHUB_ENV, RUN } from "./facts.ts";

const REFUSED = expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" });

describe("readGitHubRun", () => {
  it("when the environment is a workflow's returns its run", () => {
    expect(readGitHubRun(GITHUB_ENV)).toEqual(RUN);
  });

  it("when path and ref hold an @ returns both whole", () => {
    const ref = "refs/tags/v1@2";
    const workflow = `octo/pack/.github/workflows/a@b.yml@${ref}`;
    const run = readGitHubRun({ ...GITHUB_ENV, GITHUB_REF: ref, GITHUB_WORKFLOW_REF: workflow });
    expect(run).toMatchObject({ ref, workflowPath: ".github/workflows/a@b.yml" });
  });

  it.each([{}, { GITHUB_ACTIONS: "" }, { GITHUB_ACTIONS: "1" }])(
    "when GITHUB_ACTIONS is not true returns none",
    (env) => {
      expect(readGitHubRun({ ...GITHUB_ENV, GITHUB_ACTIONS: undefined, ...env })).toBeUndefined();
    },
  );

  it.each(Object.keys(GITHUB_ENV).filter((name) => name !== "GITHUB_ACTIONS"))(
    "when %s is missing or empty throws CONFIG_INVALID",
    (name) => {
      for (const value of [undefined, ""]) {
        expect(() => readGitHubRun({ ...GITHUB_ENV, [name]: value })).toThrow(REFUSED);
      }
    },
  );

  it.each([
    ["GITHUB_SERVER_URL", "http://github.com"],
    ["GITHUB_SERVER_URL", "https://github.com/"],
    ["GITHUB_REPOSITORY", "octo"],
    ["GITHUB_REPOSITORY", "octo/pack/more"],
    ["GITHUB_REPOSITORY", "octo/.."],
    ["GITHUB_REPOSITORY", "../pack"],
    ["GITHUB_REPOSITORY_ID", "0123"],
    ["GITHUB_REPOSITORY_OWNER_ID", "-1"],
    ["GITHUB_REF", "main"],
    ["GITHUB_REF", "refs/heads/a b"],
    ["GITHUB_SHA", "abc"],
    ["GITHUB_SHA", "A".repeat(40)],
    ["GITHUB_EVENT_NAME", "a push"],
    ["GITHUB_RUN_ID", "1.5"],
    ["GITHUB_RUN_ATTEMPT", "0"],
    ["RUNNER_ENVIRONMENT", "laptop"],
    ["GITHUB_WORKFLOW_REF", "other/pack/.github/workflows/policy-pack.yml@refs/heads/main"],
    ["GITHUB_WORKFLOW_REF", "octo/pack/.github/workflows/policy-pack.yml@refs/heads/other"],
    ["GITHUB_WORKFLOW_REF", "octo/pack/.github/workflows/policy-pack.yml"],
    ["GITHUB_WORKFLOW_REF", "octo/pack/policy-pack.yml@refs/heads/main"],
    ["GITHUB_WORKFLOW_REF", "octo/pack/@refs/heads/main"],
  ])("when %s is %j throws CONFIG_INVALID", (name, value) => {
    expect(() => readGitHubRun({ ...GITHUB_ENV, [name]: value })).toThrow(REFUSED);
  });
});
