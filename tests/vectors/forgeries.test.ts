import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { createForgeries } from "@policy-pack/testkit";
import type { Attempt } from "@policy-pack/testkit";
import { parseVerificationPolicy, verifyArtifact } from "@policy-pack/verify";
import type { Artifact } from "@policy-pack/verify";
import { groupedBy, renderForgeries, withTable } from "./forgery-table.ts";
import { artifactsOf, outcomeOf } from "./outcome.ts";

const forgeries = createForgeries();
const groups = groupedBy(forgeries, ({ group }) => group);

function outcome({ bundle, trustedRoot, policy }: Attempt, artifact: Artifact): string {
  return outcomeOf(() => verifyArtifact({ artifact, bundle, trustedRoot, policy: parseVerificationPolicy(policy) }));
}

describe.each(groups)("forgeries of %s", (_, members) => {
  it.each(members)("$name: $expected", (forgery) => {
    const attempt = forgery.attempt();
    const [bytes, digest] = artifactsOf(attempt);
    expect(outcome(attempt, bytes)).toBe(forgery.expected);
    expect(outcome(attempt, digest)).toBe(forgery.expectedByDigest);
  });
});

describe("the forgeries", () => {
  it("have names of their own", () => {
    const names = forgeries.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it("stand in the README with their reasons, as they are", () => {
    const document = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
    expect(withTable(document, renderForgeries(forgeries))).toBe(document);
  });
});
