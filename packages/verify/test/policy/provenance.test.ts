import { describe, expect, it } from "@jest/globals";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { provenanceRequirement, unmetByProvenance } from "../../src/policy/provenance.ts";

const repository = "https://github.com/octo/pack";
const ref = "refs/heads/main";
const path = ".github/workflows/release.yml";
const builderId = `${repository}/${path}@${ref}`;
const gitCommit = "0123456789abcdef0123456789abcdef01234567";
const source = { name: "commit", uri: `git+${repository}@${ref}`, digest: { gitCommit } };
const opa = { name: "opa", uri: "pkg:github/open-policy-agent/opa@v1.20.2", digest: { sha256: "0".repeat(64) } };
const workflow = { ref, repository, path };
const full = { sourceRepository: repository, sourceRef: ref, builderId, workflow: path };

interface Parts {
  readonly buildType?: JsonValue;
  readonly workflow?: JsonValue;
  readonly dependencies?: JsonValue;
  readonly builder?: JsonValue;
}

function github(parts: Parts = {}): JsonObject {
  return {
    buildDefinition: {
      buildType: parts.buildType ?? "https://actions.github.io/buildtypes/workflow/v1",
      externalParameters: { workflow: parts.workflow ?? workflow },
      resolvedDependencies: parts.dependencies ?? [opa, source],
    },
    runDetails: { builder: parts.builder ?? { id: builderId } },
  };
}

function local(dependencies: JsonValue, parts: Parts = {}): JsonObject {
  return github({
    buildType: "urn:policy-pack:build:local:v1",
    builder: { id: "urn:policy-pack:builder:local:v1" },
    ...parts,
    dependencies,
  });
}

describe("unmetByProvenance", () => {
  describe("when the build ran on GitHub", () => {
    it.each<[string, JsonValue]>([
      ["everything", full],
      ["the repository", { sourceRepository: repository }],
      ["the ref", { sourceRef: ref }],
      ["the builder", { builderId }],
      ["the workflow", { workflow: path }],
    ])("and %s is as demanded returns undefined", (_, required) => {
      expect(unmetByProvenance(provenanceRequirement(required), github())).toBeUndefined();
    });

    it("and the commit is named by SHA-256 returns undefined", () => {
      const dependencies = [{ ...source, digest: { gitCommit: "a".repeat(64) } }];
      expect(unmetByProvenance(full, github({ dependencies }))).toBeUndefined();
    });

    it.each<[string, JsonValue]>([
      ["another repository", { sourceRepository: "https://github.com/octo/other" }],
      ["a repository that goes on", { sourceRepository: `${repository}-fork` }],
      ["a repository with a slash", { sourceRepository: `${repository}/` }],
      ["a repository in another case", { sourceRepository: "https://github.com/Octo/pack" }],
      ["another host", { sourceRepository: "https://github.example.com/octo/pack" }],
      ["another ref", { sourceRef: "refs/tags/main" }],
      ["a ref that goes on", { sourceRef: `${ref}-2` }],
      ["another builder", { builderId: "https://github.com/actions/runner/github-hosted" }],
      ["the builder at another ref", { builderId: `${repository}/${path}@refs/heads/other` }],
      ["another workflow", { workflow: ".github/workflows/other.yml" }],
      ["a workflow's last part", { workflow: "release.yml" }],
      ["one thing right and one wrong", { ...full, workflow: "release.yml" }],
    ])("and the policy demands %s says what is wrong", (_, required) => {
      expect(unmetByProvenance(provenanceRequirement(required), github())).toMatch(/demands/);
    });

    it.each<[string, JsonObject, string]>([
      ["no repository", github({ workflow: { ref, path } }), "sourceRepository"],
      ["an empty repository", github({ workflow: { ...workflow, repository: "" } }), "sourceRepository"],
      [
        "a repository that is a list",
        github({ workflow: { ...workflow, repository: [repository] } }),
        "sourceRepository",
      ],
      ["no ref", github({ workflow: { repository, path } }), "sourceRef"],
      ["no workflow path", github({ workflow: { ref, repository } }), "workflow"],
      ["a workflow of null", github({ workflow: [null] }), "workflow"],
      ["no builder", github({ builder: {} }), "builderId"],
      ["a builder that is a text", github({ builder: builderId }), "builderId"],
      ["no materials", github({ dependencies: [] }), "sourceRepository"],
      ["materials that are no list", github({ dependencies: { 0: source } }), "sourceRepository"],
      ["materials without the source", github({ dependencies: [opa] }), "sourceRef"],
      ["a source that is a text", github({ dependencies: [source.uri] }), "sourceRef"],
      ["a source without a digest", github({ dependencies: [{ uri: source.uri }] }), "sourceRepository"],
      ["a source by tag", github({ dependencies: [{ ...source, digest: { gitTag: gitCommit } }] }), "sourceRepository"],
      [
        "a source with a short commit",
        github({ dependencies: [{ ...source, digest: { gitCommit: "0123456" } }] }),
        "sourceRef",
      ],
      [
        "a source with a long commit",
        github({ dependencies: [{ ...source, digest: { gitCommit: `${gitCommit}0` } }] }),
        "sourceRef",
      ],
      [
        "a source with a commit in upper case",
        github({ dependencies: [{ ...source, digest: { gitCommit: gitCommit.toUpperCase() } }] }),
        "sourceRef",
      ],
      [
        "a source of another ref",
        github({ dependencies: [{ ...source, uri: `git+${repository}@refs/heads/other` }] }),
        "sourceRef",
      ],
      [
        "a source of another repository",
        github({ dependencies: [{ ...source, uri: `git+${repository}-fork@${ref}` }] }),
        "sourceRepository",
      ],
      [
        "two commits of the source",
        github({ dependencies: [source, { ...source, digest: { gitCommit: "a".repeat(40) } }] }),
        "sourceRepository",
      ],
    ])("and it has %s does not meet %3$s", (_, predicate, name) => {
      const required = Object.fromEntries(Object.entries(full).filter(([field]) => field === name));
      expect(unmetByProvenance(required, github())).toBeUndefined();
      expect(unmetByProvenance(required, predicate)).toMatch(/is not proven/);
    });
  });

  describe("when the build was local", () => {
    it("and its one commit is as demanded returns undefined", () => {
      const required = { sourceRepository: repository, sourceRef: ref, builderId: "urn:policy-pack:builder:local:v1" };
      expect(unmetByProvenance(required, local([opa, source]))).toBeUndefined();
    });

    it.each<[string, JsonValue]>([
      ["nothing from git", [opa]],
      ["a commit without a place", [{ name: "commit", digest: { gitCommit } }]],
      ["two commits", [source, { ...source, uri: "git+https://github.com/octo/other@refs/heads/main" }]],
      ["a commit in a place without a ref", [{ ...source, uri: `git+${repository}` }]],
      ["a commit at a short ref", [{ ...source, uri: `git+${repository}@main` }]],
      ["a place without a commit", [{ uri: source.uri }]],
      ["a place with another before it", [{ ...source, uri: `git+ssh://git@example.com/${source.uri}` }]],
      ["a place of two lines", [{ ...source, uri: `${source.uri}\nrefs/heads/other` }]],
      ["a place over another protocol", [{ ...source, uri: `${repository}@${ref}` }]],
    ])("and has %s does not meet a repository or a ref", (_, dependencies) => {
      expect(unmetByProvenance({ sourceRepository: repository }, local(dependencies))).toMatch(/is not proven/);
      expect(unmetByProvenance({ sourceRef: ref }, local(dependencies))).toMatch(/is not proven/);
    });

    it("and comes from another place says what is wrong", () => {
      const dependencies = [{ ...source, uri: `git+${repository}@refs/heads/other` }];
      expect(unmetByProvenance({ sourceRef: ref }, local(dependencies))).toMatch(/other/);
    });

    it("and names a workflow does not meet it", () => {
      expect(unmetByProvenance({ workflow: path }, local([source]))).toMatch(/is not proven/);
    });
  });

  describe("when the build is of another type", () => {
    it.each([
      "https://actions.github.io/buildtypes/workflow/v2",
      "https://actions.github.io/buildtypes/workflow/v1/",
      1,
      "x",
    ])("%j meets the builder alone", (buildType) => {
      expect(unmetByProvenance({ builderId }, github({ buildType }))).toBeUndefined();
      expect(unmetByProvenance({ sourceRepository: repository }, github({ buildType }))).toMatch(/is not proven/);
      expect(unmetByProvenance({ sourceRef: ref }, github({ buildType }))).toMatch(/is not proven/);
      expect(unmetByProvenance({ workflow: path }, github({ buildType }))).toMatch(/is not proven/);
    });

    it.each(["sourceRepository", "sourceRef", "builderId", "workflow"] as const)(
      "and the predicate is empty does not meet %s",
      (name) => {
        expect(unmetByProvenance({ [name]: full[name] }, {})).toMatch(/is not proven/);
      },
    );
  });

  it("when what stands there is long shortens it", () => {
    const builder = { id: `https://example.com/${"a".repeat(100_000)}` };
    expect(unmetByProvenance({ builderId }, github({ builder }))?.length).toBeLessThan(500);
  });
});

describe("provenanceRequirement", () => {
  it.each<[string, JsonValue]>([
    ["null", null],
    ["a text", repository],
    ["empty", {}],
    ["empty but for null", { builderId: null }],
    ["partly null", { ...full, builderId: null }],
    ["with an unknown field", { ...full, sourceCommit: gitCommit }],
    ["with a repository without its host", { sourceRepository: "octo/pack" }],
    ["with an empty repository", { sourceRepository: "" }],
    ["with a short ref", { sourceRef: "main" }],
    ["with an empty ref", { sourceRef: "" }],
    ["with a ref of two lines", { sourceRef: "refs/heads/main\n" }],
    ["with a builder that is no URI", { builderId: "release.yml" }],
    ["with an empty workflow", { workflow: "" }],
    ["with a workflow that is a list", { workflow: [path] }],
  ])("when it is %s throws MalformedError", (_, value) => {
    expect(() => provenanceRequirement(value)).toThrow(MalformedError);
  });
});
