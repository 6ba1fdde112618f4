import { ConfigError, ERROR_CODES, parseJson } from "@policy-pack/pack";
import type { ErrorCode, JsonObject, JsonValue } from "@policy-pack/pack";
import { packageOf } from "../decide/decider.ts";
import type { PackName } from "../diff/decision-diff.ts";
import { readArray, readCount, readDigest, readMap, readObject, readOneOf, readText, refuse } from "../fields.ts";
import { GENERATOR_VERSION } from "../generator/version.ts";
import { SIMULATE_LIMITS } from "../limits.ts";
import type { Baseline, RecordedDecision, RecordedOutcomes } from "./baseline.ts";
import { readModel } from "./parse-model.ts";
import { keyOf } from "./recorder.ts";
import { decodeSequence } from "./sequence.ts";
import { outcomesDigest, passRate } from "./to-baseline.ts";

const KEYS = ["generator", "seed", "iterations", "pack", "passRates", "digest", "outcomes", "model"];
const OUTCOMES = ["ALLOW", "DENY", "OTHER"] as const;

/**
 * Reads `cases/baseline.json` strictly: pass rates and digest are those of the outcomes in it. That the pack ever decided
 * so is not known from the file; running the simulation shows it.
 * @throws ConfigError BASELINE_OUTDATED when another version of the generator made it, whatever else it holds
 * @throws FormatError BASELINE_INVALID | LIMIT_EXCEEDED
 */
export function parseBaseline(source: string | Uint8Array): Baseline {
  const what = "baseline.json";
  const file = parseJson(source, { maxBytes: SIMULATE_LIMITS.maxBaselineBytes, code: "BASELINE_INVALID", what });
  const content = readMap(readObject(file, ["baseline"], what)["baseline"], "baseline");
  checkGenerator(readText(content["generator"], "baseline.generator"));
  const fields = readObject(content, KEYS, "baseline");
  const outcomes = readOutcomes(fields["outcomes"]);
  const baseline: Baseline = {
    generator: GENERATOR_VERSION,
    seed: readCount(fields["seed"], "baseline.seed"),
    iterations: readIterations(fields["iterations"]),
    pack: readPack(fields["pack"]),
    passRates: readRates(fields["passRates"]),
    digest: readDigest(fields["digest"], "baseline.digest"),
    outcomes,
    model: readModel(fields["model"], "baseline.model"),
  };
  checkWhole(baseline);
  return baseline;
}

function readIterations(value: JsonValue | undefined): number {
  const iterations = readCount(value, "baseline.iterations");
  return iterations > 0 ? iterations : refuse("baseline.iterations", "a whole number from 1");
}

function checkGenerator(generator: string): void {
  if (generator === GENERATOR_VERSION) return;
  throw new ConfigError(
    "BASELINE_OUTDATED",
    `The baseline was made by the generator ${generator.slice(0, 100)}, this one is ${GENERATOR_VERSION}; review the decisions and run policy-pack simulate --update.`,
  );
}

/** What the file says twice must agree. */
function checkWhole({ iterations, model, outcomes, passRates, digest }: Baseline): void {
  const packages = new Set(model.packages.map((one) => one.package));
  const entrypoints = Object.keys(outcomes);
  if (Object.keys(passRates).sort().join("\n") !== entrypoints.toSorted().join("\n")) {
    refuse("baseline.passRates", "of the entrypoints in outcomes");
  }
  for (const [entrypoint, recorded] of Object.entries(outcomes)) {
    const at = `baseline.outcomes[${JSON.stringify(entrypoint.slice(0, 200))}]`;
    // What was asked nothing would agree with any pack.
    if (!packages.has(packageOf(entrypoint))) refuse(at, "of a package in the model");
    const places = placesOf(recorded) ?? refuse(`${at}.sequence`, "of places in its decisions");
    if (places.length !== iterations) refuse(`${at}.sequence`, "as long as there are iterations");
    if (new Set(places).size !== recorded.decisions.length) refuse(`${at}.decisions`, "without one that is not used");
    if (passRates[entrypoint] !== rateOf(recorded)) refuse(`baseline.passRates`, "the pass rates of the outcomes");
  }
  if (outcomesDigest(outcomes) !== digest) refuse("baseline.digest", "the digest of the outcomes");
}

/** For each input the place of its decision. */
export function placesOf({ decisions, sequence }: RecordedOutcomes): readonly number[] | undefined {
  return decodeSequence(sequence, decisions.length);
}

function rateOf(recorded: RecordedOutcomes): number {
  const counts = { allow: 0, deny: 0, other: 0 };
  for (const place of placesOf(recorded) ?? []) {
    const outcome = recorded.decisions[place]?.outcome;
    if (outcome === "ALLOW") counts.allow += 1;
    else if (outcome === "DENY") counts.deny += 1;
    else counts.other += 1;
  }
  return passRate(counts);
}

function readPack(value: JsonValue | undefined): PackName {
  const pack = readObject(value, ["packId", "revision", "digest"], "baseline.pack");
  return {
    packId: readText(pack["packId"], "baseline.pack.packId"),
    revision: readText(pack["revision"], "baseline.pack.revision"),
    digest: readDigest(pack["digest"], "baseline.pack.digest"),
  };
}

function readRates(value: JsonValue | undefined): Baseline["passRates"] {
  const rates = Object.entries(readMap(value, "baseline.passRates"));
  return Object.fromEntries(
    rates.map(([name, rate]) => {
      const isRate = typeof rate === "number" && rate >= 0 && rate <= 1;
      return [name, isRate ? rate : refuse(`baseline.passRates[${JSON.stringify(name.slice(0, 200))}]`, "from 0 to 1")];
    }),
  );
}

function readOutcomes(value: JsonValue | undefined): Baseline["outcomes"] {
  const all = Object.entries(readMap(value, "baseline.outcomes")).map(([entrypoint, recorded]) => {
    const at = `baseline.outcomes[${JSON.stringify(entrypoint.slice(0, 200))}]`;
    const { decisions, sequence } = readObject(recorded, ["decisions", "sequence"], at);
    const list = readArray(decisions, `${at}.decisions`).map((item, index) =>
      readDecision(item, `${at}.decisions[${index}]`),
    );
    const keys = list.map(keyOf);
    if (keys.some((key, index) => index > 0 && (keys[index - 1] ?? "") >= key)) {
      refuse(`${at}.decisions`, "sorted, with nothing twice");
    }
    if (typeof sequence !== "string") refuse(`${at}.sequence`, "a text");
    return [entrypoint, { decisions: list, sequence }] as const;
  });
  return Object.fromEntries(all);
}

function readDecision(value: JsonValue, at: string): RecordedDecision {
  const fields = readObject(value, ["outcome", "value", "long", "error", "reason"], at);
  const outcome = readOneOf(fields["outcome"], OUTCOMES, `${at}.outcome`);
  const reason = fields["reason"];
  if (typeof reason !== "string") refuse(`${at}.reason`, "a text");
  const said = ["value", "long", "error"].filter((key) => Object.hasOwn(fields, key));
  if (said.length !== 1) refuse(at, "with exactly one of value, long and error");
  if (fields["value"] !== undefined) return { outcome, value: fields["value"], reason };
  if (fields["long"] !== undefined) return { outcome, long: readLong(fields["long"], `${at}.long`), reason };
  // An undecided question that counts as an ALLOW would hide that it became one.
  if (outcome !== "DENY") refuse(`${at}.outcome`, "DENY where there is an error");
  return { outcome, error: readCode(fields, `${at}.error`), reason };
}

function readLong(value: JsonValue, at: string): NonNullable<RecordedDecision["long"]> {
  const { word, digest } = readObject(value, ["word", "digest"], at);
  return { word: readText(word, `${at}.word`), digest: readDigest(digest, `${at}.digest`) };
}

function readCode({ error }: JsonObject, at: string): ErrorCode {
  const codes: object = ERROR_CODES;
  const isCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text);
  return typeof error === "string" && isCode(error) ? error : refuse(at, "an error code");
}
