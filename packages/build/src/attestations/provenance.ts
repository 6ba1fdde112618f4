import { ConfigError } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import type { GitHubRun } from "./github-run.ts";
import { commitDescriptor, opaDescriptor, sourceDescriptor, toolkitDescriptor, versionsOf } from "./materials.ts";
import type { BuildFacts, Materials } from "./materials.ts";

/** A run of a GitHub Actions workflow, as GitHub defines it. */
export const GITHUB_BUILD_TYPE = "https://actions.github.io/buildtypes/workflow/v1";
/** The events that the build type describes; of others it says that it must not be used. */
const BUILD_EVENTS: readonly string[] = ["create", "release", "push", "workflow_dispatch"];
/** A build on a machine that nobody vouches for: `docs/attestations.md` defines its parameters. */
export const LOCAL_BUILD_TYPE = "urn:policy-pack:build:local:v1";
export const LOCAL_BUILDER_ID = "urn:policy-pack:builder:local:v1";

/** Where a local build ran, for people who look for a difference. */
export interface LocalRun {
  /** Unique to this build. */
  readonly invocationId: string;
  readonly platform: string;
  readonly node: string;
}

/**
 * The SLSA provenance of a build on this machine. It names no builder but `urn:policy-pack:builder:local:v1`: who is
 * behind it is what its signature says, and nothing else.
 * Source: SLSA v1.0, "Provenance", with the build type of `docs/attestations.md`.
 */
export function localProvenance(facts: BuildFacts, run: LocalRun): JsonObject {
  const { packId, release, materials } = facts;
  const { git } = materials;
  const commit = git?.isClean === true ? [commitDescriptor(git.commit, git.repository, git.ref)] : [];
  return {
    buildDefinition: {
      buildType: LOCAL_BUILD_TYPE,
      externalParameters: { packId, revision: release.revision, previousDigest: release.previousDigest },
      internalParameters: { node: run.node, platform: run.platform },
      resolvedDependencies: [...commit, ...dependencies(materials)],
    },
    runDetails: runDetails(facts, LOCAL_BUILDER_ID, run.invocationId),
  };
}

/**
 * The SLSA provenance of a build in a GitHub Actions workflow. The source must be the commit of the run, byte for byte,
 * since the provenance says so; that the environment is GitHub's is proven by who signs, not here.
 * Source: SLSA v1.0, "Provenance"; https://actions.github.io/buildtypes/workflow/v1.
 * @throws ConfigError SOURCE_INVALID when the source is not the run's commit, or git cannot tell; CONFIG_INVALID when
 *   another event than a push, create, release or workflow_dispatch started the run
 */
export function githubProvenance(facts: BuildFacts, run: GitHubRun): JsonObject {
  const { packId, release, materials } = facts;
  checkEvent(run);
  checkCommit(materials, run);
  const { revision, previousDigest } = release;
  return {
    buildDefinition: {
      buildType: GITHUB_BUILD_TYPE,
      externalParameters: {
        runner_environment: run.runnerEnvironment,
        workflow: { ref: run.ref, repository: run.repository, path: run.workflowPath },
      },
      internalParameters: {
        github: {
          event_name: run.eventName,
          repository_id: run.repositoryId,
          repository_owner_id: run.repositoryOwnerId,
          // An external parameter by the build type's page; GitHub's own attestations have it here.
          runner_environment: run.runnerEnvironment,
        },
        policyPack: { packId, revision, previousDigest },
      },
      resolvedDependencies: [commitDescriptor(run.commit, run.repository, run.ref), ...dependencies(materials)],
    },
    runDetails: runDetails(facts, run.builderId, run.invocationId),
  };
}

function dependencies(materials: Materials): readonly JsonObject[] {
  return [sourceDescriptor(materials), opaDescriptor(materials), toolkitDescriptor(materials)];
}

function runDetails({ materials, startedOn, finishedOn }: BuildFacts, id: string, invocationId: string): JsonObject {
  return {
    builder: { id, version: versionsOf(materials) },
    metadata: { invocationId, startedOn: startedOn.toISOString(), finishedOn: finishedOn.toISOString() },
  };
}

function checkEvent({ eventName }: GitHubRun): void {
  if (BUILD_EVENTS.includes(eventName)) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    `GitHub's build type does not describe runs for ${eventName}; attest a build of ${BUILD_EVENTS.join(", ")}.`,
  );
}

function checkCommit({ git }: Materials, run: GitHubRun): void {
  if (git?.isClean === true && git.commit === run.commit) return;
  const found =
    git === undefined
      ? "git cannot tell which commit it is"
      : git.commit === run.commit
        ? "its files differ from the commit's"
        : `it stands at ${git.commit}`;
  throw new ConfigError(
    "SOURCE_INVALID",
    `The run is of commit ${run.commit}, but of the source ${found}; check out that commit, whole, and change nothing.`,
  );
}
