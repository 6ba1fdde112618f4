import { hexOf } from "@policy-pack/pack";
import type { JsonObject, SourceFile } from "@policy-pack/pack";
import { digestOf } from "@policy-pack/pack";
import type { ParityReport } from "../parity/parity.ts";
import type { TestReport } from "../test-report.ts";
import { opaDescriptor, sourceDescriptor, toolkitDescriptor } from "./materials.ts";
import type { Materials } from "./materials.ts";
import { toParityField, toParityTests } from "./parity-result.ts";
import { toDescriptor } from "./resource.ts";

export interface TestRun {
  readonly tests: TestReport;
  /** Percent of the lines of all Rego; 0 when a test failed. */
  readonly coverage: number;
  /** How the module held against OPA; undefined when it was not. */
  readonly parity: ParityReport | undefined;
  readonly materials: Materials;
  /** What was tested; its tests are listed as the run's configuration. */
  readonly files: readonly SourceFile[];
  /** Of the run, where it has one. */
  readonly url?: string;
}

/**
 * FAILED when a test failed or a decision of the module is not OPA's; WARNED when something was left out or there is no
 * test; otherwise PASSED.
 */
export function testResult({ tests, parity }: Pick<TestRun, "tests" | "parity">): "PASSED" | "WARNED" | "FAILED" {
  const held = toParityTests(parity);
  if (tests.failedTests.length + held.failed.length > 0) return "FAILED";
  const isWarned = tests.skippedTests.length + held.warned.length > 0 || tests.passedTests.length === 0;
  return isWarned ? "WARNED" : "PASSED";
}

/**
 * The predicate of a run of the policies' tests: which passed, were left out (`warnedTests`) or failed, by name, and as
 * configuration the source, its test files, OPA and policy-pack, each with its digest. That the module decides as OPA does
 * counts as a test of each entrypoint, and one of the tests. `coverage` and `parity` are fields of ours.
 * Source: in-toto attestation framework, predicate "Test Result" v0.1.
 */
export function toTestResult(run: TestRun): JsonObject {
  const { tests, coverage, parity, materials, files, url } = run;
  const held = toParityTests(parity);
  return {
    result: testResult(run),
    configuration: [
      sourceDescriptor(materials),
      ...files.filter(({ path }) => path.endsWith("_test.rego")).map(testFile),
      opaDescriptor(materials),
      toolkitDescriptor(materials),
    ],
    ...(url === undefined ? {} : { url }),
    passedTests: [...tests.passedTests, ...held.passed],
    warnedTests: [...tests.skippedTests, ...held.warned],
    failedTests: [...tests.failedTests, ...held.failed],
    coverage: { percent: coverage },
    ...(parity === undefined ? {} : { parity: toParityField(parity) }),
  };
}

function testFile({ path, bytes }: SourceFile): JsonObject {
  return toDescriptor({ name: path, digest: { sha256: hexOf(digestOf(bytes)) } });
}
