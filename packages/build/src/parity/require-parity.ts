import { canonicalJson, ConfigError } from "@policy-pack/pack";
import { BUILD_LIMITS } from "../limits.ts";
import type { ParityDifference } from "./differences.ts";
import { isParity } from "./parity.ts";
import type { ParityReport } from "./parity.ts";
import type { TestDifference } from "./test-outcomes.ts";

/**
 * Refuses a pack that OPA and its module decide differently.
 * @throws ConfigError PARITY_FAILED with each smallest input and both answers
 */
export function requireParity(report: ParityReport): void {
  if (isParity(report)) return;
  throw new ConfigError(
    "PARITY_FAILED",
    `OPA and the compiled module decide differently:\n\n${differenceTexts(report).join("\n\n")}\n\n` +
      "What opa test says does not hold for this pack. Write the rule so that both agree; packages/evaluate/README.md" +
      " lists what OPA's modules are known to do otherwise.",
  );
}

/** Each difference in a few lines, those of entrypoints first. */
export function differenceTexts({ differences, testDifferences }: ParityReport): readonly string[] {
  const shown = testDifferences.slice(0, BUILD_LIMITS.maxShownTests).map(testText);
  const more = testDifferences.length - shown.length;
  return [...differences.map(inputText), ...shown, ...(more > 0 ? [`and ${more} more tests`] : [])];
}

function inputText({ entrypoint, count, from, input, opa, module }: ParityDifference): string {
  const text = canonicalJson(input);
  const { maxShownInput } = BUILD_LIMITS;
  const shown = text.length > maxShownInput ? `${text.slice(0, maxShownInput)}…` : text;
  const many = count === 1 ? "one input" : `${count} inputs`;
  return [`${entrypoint} (${many}; from ${from})`, `  input  ${shown}`, `  OPA    ${opa}`, `  module ${module}`].join(
    "\n",
  );
}

function testText({ name, opa, module }: TestDifference): string {
  return [name, `  OPA    ${opa}`, `  module ${module}`].join("\n");
}
