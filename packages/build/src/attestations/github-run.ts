import { ConfigError } from "@policy-pack/pack";

/** A run of a GitHub Actions workflow, as its environment tells it. */
export interface GitHubRun {
  /** `https://github.com/owner/name`. */
  readonly repository: string;
  readonly ref: string;
  /** Of the workflow, in the repository. */
  readonly workflowPath: string;
  readonly commit: string;
  readonly eventName: string;
  readonly repositoryId: string;
  readonly repositoryOwnerId: string;
  readonly runnerEnvironment: string;
  /** The workflow at its ref: who answers for what it makes. */
  readonly builderId: string;
  readonly invocationId: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ID = /^[1-9][0-9]{0,19}$/;

/** What each variable looks like on GitHub (documentation, "Default environment variables"). */
const VARIABLES = {
  GITHUB_SERVER_URL: /^https:\/\/[a-z0-9.-]{1,200}(?::[0-9]{1,5})?$/,
  // A name of dots alone would be another place in a URL.
  GITHUB_REPOSITORY: /^(?!\.+\/)[A-Za-z0-9_.-]{1,100}\/(?!\.+$)[A-Za-z0-9_.-]{1,100}$/,
  GITHUB_REPOSITORY_ID: ID,
  GITHUB_REPOSITORY_OWNER_ID: ID,
  GITHUB_REF: /^refs\/[^\s\p{Cc}]{1,500}$/u,
  GITHUB_SHA: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/,
  GITHUB_WORKFLOW_REF: /^[^\s\p{Cc}]{1,1000}$/u,
  GITHUB_EVENT_NAME: /^[a-z_]{1,100}$/,
  GITHUB_RUN_ID: ID,
  GITHUB_RUN_ATTEMPT: ID,
  RUNNER_ENVIRONMENT: /^(?:github-hosted|self-hosted)$/,
} as const;

type Variables = Readonly<Record<keyof typeof VARIABLES, string>>;

const WORKFLOW_PATH = /^\.github\/workflows\/[^/]{1,200}\.ya?ml$/;

/**
 * Reads the run that the environment describes; undefined outside GitHub Actions. Nothing proves that it is true: only
 * the certificate that a run's own token brings does. An environment that says it is GitHub's and lacks a part is
 * refused, never filled in.
 * Source: https://actions.github.io/buildtypes/workflow/v1, "Build Definition" and "Run details".
 * @throws ConfigError CONFIG_INVALID
 */
export function readGitHubRun(env: Environment): GitHubRun | undefined {
  if (env["GITHUB_ACTIONS"] !== "true") return undefined;
  const run = readVariables(env);
  const repository = `${run.GITHUB_SERVER_URL}/${run.GITHUB_REPOSITORY}`;
  return {
    repository,
    ref: run.GITHUB_REF,
    workflowPath: workflowPathOf(run),
    commit: run.GITHUB_SHA,
    eventName: run.GITHUB_EVENT_NAME,
    repositoryId: run.GITHUB_REPOSITORY_ID,
    repositoryOwnerId: run.GITHUB_REPOSITORY_OWNER_ID,
    runnerEnvironment: run.RUNNER_ENVIRONMENT,
    builderId: `${run.GITHUB_SERVER_URL}/${run.GITHUB_WORKFLOW_REF}`,
    invocationId: `${repository}/actions/runs/${run.GITHUB_RUN_ID}/attempts/${run.GITHUB_RUN_ATTEMPT}`,
  };
}

function readVariables(env: Environment): Variables {
  const entries = Object.entries(VARIABLES).map(([name, form]) => {
    const value = env[name];
    if (value === undefined || value === "") throw refused(`${name} is missing`);
    if (!form.test(value)) throw refused(`${name} is ${JSON.stringify(value.slice(0, 100))}, which it cannot be here`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Record<keyof typeof VARIABLES, string>;
}

/** The repository stands before the path and the ref behind it; both may hold an `@`. */
function workflowPathOf({
  GITHUB_WORKFLOW_REF: workflow,
  GITHUB_REPOSITORY: name,
  GITHUB_REF: ref,
}: Variables): string {
  const before = `${name}/`;
  const behind = `@${ref}`;
  const path = workflow.slice(before.length, -behind.length);
  if (workflow === `${before}${path}${behind}` && WORKFLOW_PATH.test(path)) return path;
  throw refused("GITHUB_WORKFLOW_REF names no workflow of this repository at GITHUB_REF");
}

function refused(why: string): ConfigError {
  return new ConfigError(
    "CONFIG_INVALID",
    `GITHUB_ACTIONS is "true", but ${why}; run it in a workflow of GitHub Actions, or unset GITHUB_ACTIONS.`,
  );
}
