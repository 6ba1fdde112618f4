import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "@policy-pack/pack";
import { unmetByProvenance } from "../../src/policy/provenance.ts";

const repository = "https://github.com/octo/pack";
const ref = "refs/heads/main";
const digest = { gitCommit: "0123456789abcdef0123456789abcdef01234567" };

function github(workflow: object, uri: string): JsonObject {
  return JSON.parse(
    JSON.stringify({
      buildDefinition: {
        buildType: "https://actions.github.io/buildtypes/workflow/v1",
        externalParameters: { workflow },
        resolvedDependencies: [{ uri, digest }],
      },
    }),
  ) as JsonObject;
}

describe("unmetByProvenance, when the workflow does not say all of its source", () => {
  it("and a material spells out what is missing proves neither half", () => {
    expect(unmetByProvenance({ sourceRef: ref }, github({ repository, ref }, `git+${repository}@${ref}`))).toBe(
      undefined,
    );
    expect(unmetByProvenance({ sourceRef: ref }, github({ ref }, `git+undefined@${ref}`))).toBeDefined();
    const half = github({ repository }, `git+${repository}@undefined`);
    expect(unmetByProvenance({ sourceRepository: repository }, half)).toBeDefined();
  });
});
