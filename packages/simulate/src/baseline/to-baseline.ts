import { canonicalJson, ConfigError, digestOf } from "@policy-pack/pack";
import type { Digest, JsonValue } from "@policy-pack/pack";
import type { OutcomeCounts } from "../diff/decision-diff.ts";
import type { InputModel } from "../generator/input-model.ts";
import { GENERATOR_VERSION } from "../generator/version.ts";
import type { Baseline, RecordedOutcomes } from "./baseline.ts";
import type { SimulationRun } from "./simulate-pack.ts";

/** Decimal places of a pass rate. */
const MICRO = 1_000_000;

/**
 * Records what a pack decided on random inputs.
 * @throws ConfigError CONFIG_INVALID when the run is not of all inputs that the model, the seed and the iterations give
 */
export function toBaseline(
  run: SimulationRun,
  drawn: { readonly seed: number; readonly iterations: number; readonly model: InputModel },
): Baseline {
  const { seed, iterations, model } = drawn;
  if (run.inputs.random !== iterations * model.packages.length) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "A baseline records all inputs of its model; run the simulation over them.",
    );
  }
  const recorded = [...run.entrypoints];
  const outcomes = Object.fromEntries(recorded.map(([entrypoint, { outcomes: all }]) => [entrypoint, all]));
  return {
    generator: GENERATOR_VERSION,
    seed,
    iterations,
    pack: run.pack,
    passRates: Object.fromEntries(recorded.map(([entrypoint, { counts }]) => [entrypoint, passRate(counts)])),
    digest: outcomesDigest(outcomes),
    outcomes,
    model,
  };
}

/** Allowed decisions as a share of all, in millionths; 0 where nothing was decided. */
export function passRate({ allow, deny, other }: Pick<OutcomeCounts, "allow" | "deny" | "other">): number {
  const all = allow + deny + other;
  return all === 0 ? 0 : Math.round((allow / all) * MICRO) / MICRO;
}

/** The digest of all decisions: of the outcomes' canonical JSON. */
export function outcomesDigest(outcomes: Readonly<Record<string, RecordedOutcomes>>): Digest {
  return digestOf(Buffer.from(canonicalJson(outcomes as unknown as JsonValue)));
}

/** The file `cases/baseline.json`: indented down to what a reviewer reads, one line for each part of the rest. */
export function encodeBaseline(baseline: Baseline): string {
  return `${layOut({ baseline } as unknown as JsonValue, 0)}\n`;
}

const INDENTED = 4;

function layOut(value: JsonValue, depth: number): string {
  if (depth >= INDENTED || typeof value !== "object" || value === null) return JSON.stringify(value);
  const indent = "  ".repeat(depth + 1);
  const end = `\n${"  ".repeat(depth)}`;
  if (Array.isArray(value)) {
    const items = (value as readonly JsonValue[]).map((item) => indent + layOut(item, depth + 1));
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}${end}]`;
  }
  const members = Object.entries(value).map(
    ([key, member]) => `${indent}${JSON.stringify(key)}: ${layOut(member, depth + 1)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}${end}}`;
}
