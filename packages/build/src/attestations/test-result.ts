import { hexOf } from "@policy-pack/pack";
import type { JsonObject, SourceFile } from "@policy-pack/pack";
import { digestOf } from "@policy-pack/pack";
import type { TestReport } from "../test-report.ts";
import { opaDescriptor, sourceDescriptor, toolkitDescriptor } from "./materials.ts";
import type { Materials } from "./materials.ts";
import { toDescriptor } from "./resource.ts";

export interface TestRun {
  readonly tests: TestReport;
  /** Percent of the lines of all Rego; 0 when a test failed. */
  readonly coverage: number;
  readonly materials: Materials;
  /** What was tested; its tests are listed as the run's configuration. */
  readonly files: readonly SourceFile[];
  /** Of the run, where it has one. */
  readonly url?: string;
}

/** FAILED when a test failed; WARNED when one was left out or there is none; otherwise PASSED. */
export function testResult({ passedTests, skippedTests, failedTests }: TestReport): "PASSED" | "WARNED" | "FAILED" {
  if (failedTests.length > 0) return "FAILED";
  return skippedTests.length > 0 || passedTests.length === 0 ? "WARNED" : "PASSED";
}

/**
 * The predicate of a run of the policies' tests: which passed, were left out (`warnedTests`) or failed, by name, and as
 * configuration the source, its test files, OPA and policy-pack, each with its digest. `coverage` is a field of ours.
 * Source: in-toto attestation framework, predicate "Test Result" v0.1.
 */
export function toTestResult({ tests, coverage, materials, files, url }: TestRun): JsonObject {
  return {
    result: testResult(tests),
    configuration: [
      sourceDescriptor(materials),
      ...files.filter(({ path }) => path.endsWith("_test.rego")).map(testFile),
      opaDescriptor(materials),
      toolkitDescriptor(materials),
    ],
    ...(url === undefined ? {} : { url }),
    passedTests: tests.passedTests,
    warnedTests: tests.skippedTests,
    failedTests: tests.failedTests,
    coverage: { percent: coverage },
  };
}

function testFile({ path, bytes }: SourceFile): JsonObject {
  return toDescriptor({ name: path, digest: { sha256: hexOf(digestOf(bytes)) } });
}
