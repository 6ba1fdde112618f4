import { describe, expect, it } from "@jest/globals";
import { githubProvenance, localProvenance } from "../../src/attestations/provenance.ts";
import { CLEAN, COMMIT, facts, RUN } from "./facts.ts";

const LOCAL = { invocationId: "urn:uuid:1", platform: "linux/x64", node: "v24" };

interface Provenance {
  readonly buildDefinition: { readonly resolvedDependencies: readonly Record<string, unknown>[] };
}

const materialsOf = (predicate: unknown): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    (predicate as Provenance).buildDefinition.resolvedDependencies.map((it) => [String(it["name"]), it]),
  );

describe("localProvenance", () => {
  it("when the build is local names the local builder, its parameters, times and versions", () => {
    const { release } = facts();
    expect(localProvenance(facts(), LOCAL)).toMatchObject({
      buildDefinition: {
        buildType: "urn:policy-pack:build:local:v1",
        externalParameters: { packId: "test-pack-v0", revision: 2, previousDigest: release.previousDigest },
        internalParameters: { node: "v24", platform: "linux/x64" },
      },
      runDetails: {
        builder: { id: "urn:policy-pack:builder:local:v1", version: { opa: "1.2.3", "policy-pack": "0.1.0" } },
        metadata: {
          invocationId: "urn:uuid:1",
          startedOn: "2026-01-01T00:00:00.000Z",
          finishedOn: "2026-01-01T00:00:02.000Z",
        },
      },
    });
  });

  it("when the source is a commit names each material with its digest", () => {
    const materials = materialsOf(localProvenance(facts(), LOCAL));
    const { source, opa, toolkit } = facts().materials;
    expect(materials).toEqual({
      commit: {
        name: "commit",
        uri: "git+https://example.test/octo/pack@refs/heads/main",
        digest: { gitCommit: COMMIT },
      },
      source: {
        name: "source",
        digest: { sha256: source.slice(7), dirHash: source.slice(7) },
        annotations: { git: "clean" },
      },
      opa: {
        name: "opa",
        uri: "pkg:github/open-policy-agent/opa@v1.2.3",
        digest: { sha256: opa.digest.slice(7) },
      },
      "policy-pack": {
        name: "policy-pack",
        uri: "pkg:npm/%40policy-pack/cli@0.1.0",
        digest: { sha256: toolkit.digest.slice(7), dirHash: toolkit.digest.slice(7) },
      },
    });
  });

  it("when the source is no commit says so and names none", () => {
    const dirty = materialsOf(localProvenance(facts({ ...CLEAN, isClean: false }), LOCAL));
    expect([dirty["commit"], dirty["source"]?.["annotations"]]).toEqual([undefined, { git: "dirty" }]);
    const none = materialsOf(
      localProvenance({ ...facts(), materials: { ...facts().materials, git: undefined } }, LOCAL),
    );
    expect([none["commit"], none["source"]?.["annotations"]]).toEqual([undefined, { git: "none" }]);
  });

  it("when git does not know where the commit is from gives the commit without a place", () => {
    const { commit } = materialsOf(localProvenance(facts({ ...CLEAN, repository: undefined }), LOCAL));
    expect(commit).toEqual({ name: "commit", digest: { gitCommit: COMMIT } });
  });
});

describe("githubProvenance", () => {
  it("when the source is the run's commit gives the fields of GitHub's build type", () => {
    const predicate = githubProvenance(facts(), RUN);
    const { release } = facts();
    expect(predicate).toMatchObject({
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: {
          runner_environment: "github-hosted",
          workflow: { ref: RUN.ref, repository: RUN.repository, path: RUN.workflowPath },
        },
        internalParameters: {
          github: { event_name: "push", repository_id: "123", repository_owner_id: "45" },
          policyPack: { packId: "test-pack-v0", revision: 2, previousDigest: release.previousDigest },
        },
      },
      runDetails: { builder: { id: RUN.builderId }, metadata: { invocationId: RUN.invocationId } },
    });
    expect(Object.keys((predicate["buildDefinition"] as { externalParameters: object }).externalParameters)).toEqual([
      "runner_environment",
      "workflow",
    ]);
    expect(materialsOf(predicate)["commit"]).toEqual({
      name: "commit",
      uri: "git+https://github.com/octo/pack@refs/heads/main",
      digest: { gitCommit: COMMIT },
    });
  });

  it.each([
    ["git cannot tell", undefined],
    ["the files differ from the commit's", { ...CLEAN, isClean: false }],
    ["it stands at another commit", { ...CLEAN, commit: "2".repeat(40) }],
  ])("when %s throws SOURCE_INVALID", (_what, git) => {
    const built = { ...facts(), materials: { ...facts().materials, git } };
    expect(() => githubProvenance(built, RUN)).toThrow(
      expect.objectContaining({ name: "ConfigError", code: "SOURCE_INVALID" }),
    );
  });

  it.each(["pull_request", "schedule", "workflow_run"])(
    "when a %s started the run throws CONFIG_INVALID",
    (eventName) => {
      expect(() => githubProvenance(facts(), { ...RUN, eventName })).toThrow(
        expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" }),
      );
    },
  );
});
