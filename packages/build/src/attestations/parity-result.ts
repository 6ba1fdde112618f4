import type { JsonObject } from "@policy-pack/pack";
import type { ParityReport } from "../parity/parity.ts";

/** The names under which a parity gate stands among tests. */
export interface ParityTests {
  readonly passed: readonly string[];
  readonly warned: readonly string[];
  readonly failed: readonly string[];
}

const TESTS = "parity:tests";

/**
 * The gate as tests: `parity:<entrypoint>` for each entrypoint that was asked, and `parity:tests` for the pack's own tests.
 * What could not be asked of both is a warning, `parity:<name>`.
 */
export function toParityTests(report: ParityReport | undefined): ParityTests {
  if (report === undefined) return { passed: [], warned: [], failed: [] };
  const { entrypoints, tests, testDifferences, notCompared } = report;
  const unseen = new Set(notCompared.map(({ name }) => name));
  const asked = entrypoints.filter(({ entrypoint, decisions }) => decisions > 0 && !unseen.has(entrypoint));
  const named = (isSame: boolean): readonly string[] => [
    ...asked
      .filter(({ differences }) => (differences === 0) === isSame)
      .map(({ entrypoint }) => `parity:${entrypoint}`),
    ...(tests > 0 && (testDifferences.length === 0) === isSame ? [TESTS] : []),
  ];
  return { passed: named(true), failed: named(false), warned: notCompared.map(({ name }) => `parity:${name}`) };
}

/** What makes the gate's run repeatable, and what it compared; each difference by its smallest input. */
export function toParityField(report: ParityReport): JsonObject {
  const { generator, seed, inputs, cases, decisions, tests, testDifferences, differences, notCompared } = report;
  return {
    generator,
    seed,
    inputs,
    cases,
    decisions,
    tests,
    differences: differences.map((one) => ({ ...one })),
    testDifferences: testDifferences.map((one) => ({ ...one })),
    notCompared: notCompared.map((one) => ({ ...one })),
  };
}
