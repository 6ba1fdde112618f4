import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import { toRelease } from "../../src/attestations/release.ts";
import { toRebuildSummary } from "../../src/attestations/rebuild-summary.ts";
import { testResult, toTestResult } from "../../src/attestations/test-result.ts";
import { toVerificationSummary } from "../../src/attestations/verification-summary.ts";
import type { ParityReport } from "../../src/parity/parity.ts";
import { CLEAN, COMMIT, facts } from "./facts.ts";

const DIGEST = digestOf(Buffer.from("pack"));
const HELD: ParityReport = {
  generator: "policy-pack-inputs/1",
  seed: 42,
  inputs: 10,
  cases: 1,
  decisions: 22,
  entrypoints: [
    { entrypoint: "a/allow", decisions: 11, differences: 0 },
    { entrypoint: "a/reasons", decisions: 11, differences: 0 },
    { entrypoint: "b/none", decisions: 0, differences: 0 },
  ],
  tests: 1,
  testDifferences: [],
  differences: [],
  notCompared: [],
};
const DIFFERENCE = {
  entrypoint: "a/reasons",
  count: 2,
  from: "case:x",
  input: { x: "" },
  opa: "undefined",
  module: "0",
};
const DIFFERING: ParityReport = {
  ...HELD,
  entrypoints: HELD.entrypoints.map((one) => ({ ...one, differences: one.entrypoint === "a/reasons" ? 2 : 0 })),
  differences: [DIFFERENCE],
};
const TEST_DIFFERS: ParityReport = {
  ...HELD,
  testDifferences: [{ name: "data.a_test.test_x", opa: "passed", module: "failed" }],
};
const PARTLY: ParityReport = {
  ...HELD,
  notCompared: [{ name: "data.a_test.test_y", why: "it calls rego.parse_module" }],
};
const UNSEEN: ParityReport = { ...HELD, notCompared: [{ name: "a/reasons", why: "it has no value" }] };
const NONE = { passedTests: [], skippedTests: [], failedTests: [] };

describe("testResult", () => {
  it.each([
    ["PASSED", { ...NONE, passedTests: ["a"] }],
    ["WARNED", { ...NONE, passedTests: ["a"], skippedTests: ["b"] }],
    ["WARNED", NONE],
    ["FAILED", { passedTests: ["a"], skippedTests: ["b"], failedTests: ["c"] }],
  ])("returns %s for %j", (result, tests) => {
    expect(testResult({ tests, parity: undefined })).toBe(result);
  });

  it.each([
    ["PASSED", "both decide alike", HELD],
    ["WARNED", "something could not be asked of both", PARTLY],
    ["WARNED", "an entrypoint showed nothing", UNSEEN],
    ["FAILED", "a decision differs", DIFFERING],
    ["FAILED", "a test differs", TEST_DIFFERS],
  ])("returns %s when %s", (result, _what, parity) => {
    expect(testResult({ tests: { ...NONE, passedTests: ["a"] }, parity })).toBe(result);
  });
});

describe("toTestResult", () => {
  it("when tests ran names them, the coverage and what was tested with what", () => {
    const { materials } = facts();
    const tests = { passedTests: ["data.a.test_x"], skippedTests: ["data.a.todo_test_y"], failedTests: [] };
    const files = ["opa/a.rego", "opa/a_test.rego"].map((path) => ({ path, bytes: Buffer.from(path) }));
    const parity = undefined;
    const predicate = toTestResult({
      tests,
      coverage: 99.5,
      parity,
      materials,
      files,
      url: "https://example.test/run",
    });
    expect(predicate).toMatchObject({
      result: "WARNED",
      url: "https://example.test/run",
      passedTests: tests.passedTests,
      warnedTests: tests.skippedTests,
      failedTests: [],
      coverage: { percent: 99.5 },
    });
    expect(predicate["configuration"]).toMatchObject([
      { name: "source", digest: { sha256: materials.source.slice(7) } },
      { name: "opa/a_test.rego", digest: { sha256: digestOf(Buffer.from("opa/a_test.rego")).slice(7) } },
      { name: "opa" },
      { name: "policy-pack" },
    ]);
    expect(predicate).not.toHaveProperty("parity");
    expect(toTestResult({ tests, coverage: 1, parity, materials, files })).not.toHaveProperty("url");
  });

  it.each([
    [HELD, ["parity:a/allow", "parity:a/reasons", "parity:tests"], [], []],
    [DIFFERING, ["parity:a/allow", "parity:tests"], [], ["parity:a/reasons"]],
    [TEST_DIFFERS, ["parity:a/allow", "parity:a/reasons"], [], ["parity:tests"]],
    [PARTLY, ["parity:a/allow", "parity:a/reasons", "parity:tests"], ["parity:data.a_test.test_y"], []],
    [UNSEEN, ["parity:a/allow", "parity:tests"], ["parity:a/reasons"], []],
  ])("when the module was held against OPA (%#) tells it as tests, and how to do it again", (parity, ...named) => {
    const { materials } = facts();
    const predicate = toTestResult({ tests: NONE, coverage: 1, parity, materials, files: [] });
    expect([predicate["passedTests"], predicate["warnedTests"], predicate["failedTests"]]).toEqual(named);
    const { entrypoints, ...field } = parity;
    expect(entrypoints).toHaveLength(3);
    expect(predicate["parity"]).toEqual(field);
  });
});

describe("toRelease", () => {
  it("when given a pack names its package URL with the revision, and what came before", () => {
    expect(toRelease({ packId: "test-pack-v0", revision: "2", previousDigest: DIGEST })).toEqual({
      purl: "pkg:generic/test-pack-v0@2",
      releaseId: "test-pack-v0",
      packId: "test-pack-v0",
      revision: 2,
      previousDigest: DIGEST,
    });
  });
});

describe("toVerificationSummary", () => {
  const summary = {
    verifierId: "https://example.test/verifier",
    versions: { "policy-pack": "0.1.0" },
    timeVerified: new Date("2026-01-01T00:00:00Z"),
    resourceUri: "pkg:generic/test-pack-v0@2",
    policy: { uri: "urn:policy", digest: DIGEST },
    inputs: [{ name: "a.sigstore.json", digest: DIGEST }],
  };
  const common = {
    verifier: { id: "https://example.test/verifier", version: { "policy-pack": "0.1.0" } },
    timeVerified: "2026-01-01T00:00:00.000Z",
    resourceUri: "pkg:generic/test-pack-v0@2",
    policy: { uri: "urn:policy", digest: { sha256: DIGEST.slice(7) } },
    inputAttestations: [{ name: "a.sigstore.json", digest: { sha256: DIGEST.slice(7) } }],
    slsaVersion: "1.0",
  };

  it("when it passed lists the levels", () => {
    const outcome = { result: "PASSED" as const, levels: ["SLSA_BUILD_LEVEL_1"] };
    expect(toVerificationSummary({ ...summary, outcome })).toEqual({
      ...common,
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_1"],
    });
  });

  it("when it failed lists FAILED alone, and why", () => {
    const outcome = { result: "FAILED" as const, code: "IDENTITY_MISMATCH" };
    expect(toVerificationSummary({ ...summary, outcome })).toEqual({
      ...common,
      verificationResult: "FAILED",
      verifiedLevels: ["FAILED"],
      failure: { code: "IDENTITY_MISMATCH" },
    });
  });
});

describe("toRebuildSummary", () => {
  it("when the bytes were the same says who built them again, and from what", () => {
    expect(toRebuildSummary(facts(), DIGEST, "https://example.test/rebuilder")).toMatchObject({
      verifier: { id: "https://example.test/rebuilder", version: { opa: "1.2.3", "policy-pack": "0.1.0" } },
      timeVerified: "2026-01-01T00:00:02.000Z",
      resourceUri: "pkg:generic/test-pack-v0@2",
      policy: { uri: "urn:policy-pack:policy:byte-identical-rebuild:v1" },
      verificationResult: "PASSED",
      verifiedLevels: ["POLICY_PACK_REBUILT"],
      rebuild: {
        digest: DIGEST,
        isByteIdentical: true,
        resolvedDependencies: [{ digest: { gitCommit: COMMIT } }, {}, {}, {}],
      },
    });
  });

  it("when the source is no commit names none", () => {
    const predicate = toRebuildSummary(facts({ ...CLEAN, isClean: false }), DIGEST, "urn:x");
    expect(predicate["rebuild"]).toMatchObject({ resolvedDependencies: [{ name: "source" }, {}, {}] });
  });
});
