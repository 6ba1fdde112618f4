import { digestOf } from "@policy-pack/pack";
import type { BuildFacts } from "../../src/attestations/materials.ts";
import type { GitState } from "../../src/attestations/git-state.ts";
import type { GitHubRun } from "../../src/attestations/github-run.ts";

export const COMMIT = "1".repeat(40);

export const CLEAN: GitState = {
  commit: COMMIT,
  isClean: true,
  ref: "refs/heads/main",
  repository: "https://example.test/octo/pack",
};

/** A build, with the git state that is given. */
export function facts(git: GitState | undefined = CLEAN): BuildFacts {
  return {
    packId: "test-pack-v0",
    release: { revision: 2, previousDigest: digestOf(Buffer.from("before")) },
    materials: {
      source: digestOf(Buffer.from("source")),
      git,
      opa: { version: "1.2.3", digest: digestOf(Buffer.from("opa")) },
      toolkit: { version: "0.1.0", digest: digestOf(Buffer.from("toolkit")) },
    },
    startedOn: new Date("2026-01-01T00:00:00Z"),
    finishedOn: new Date("2026-01-01T00:00:02Z"),
  };
}

export const GITHUB_ENV: Readonly<Record<string, string>> = {
  GITHUB_ACTIONS: "true",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "octo/pack",
  GITHUB_REPOSITORY_ID: "123",
  GITHUB_REPOSITORY_OWNER_ID: "45",
  GITHUB_REF: "refs/heads/main",
  GITHUB_SHA: COMMIT,
  GITHUB_WORKFLOW_REF: "octo/pack/.github/workflows/policy-pack.yml@refs/heads/main",
  GITHUB_EVENT_NAME: "push",
  GITHUB_RUN_ID: "678",
  GITHUB_RUN_ATTEMPT: "1",
  RUNNER_ENVIRONMENT: "github-hosted",
};

export const RUN: GitHubRun = {
  repository: "https://github.com/octo/pack",
  ref: "refs/heads/main",
  workflowPath: ".github/workflows/policy-pack.yml",
  commit: COMMIT,
  eventName: "push",
  repositoryId: "123",
  repositoryOwnerId: "45",
  runnerEnvironment: "github-hosted",
  builderId: "https://github.com/octo/pack/.github/workflows/policy-pack.yml@refs/heads/main",
  invocationId: "https://github.com/octo/pack/actions/runs/678/attempts/1",
};
