import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildPack } from "@policy-pack/build";
import { createInstance } from "@policy-pack/evaluate";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { EvaluationError, packPaths, readPackUnsafe } from "@policy-pack/pack";
import type { PackPaths } from "@policy-pack/pack";
import { createTempDir, findTestOpa } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { startOpaServer } from "./opa-server.ts";
import type { OpaServer } from "./opa-server.ts";
import { copySource } from "./pack-copy.ts";
import { chooseSeed, createRandom } from "./random.ts";
import { drawInput, ODD_INPUTS, readSchema } from "./schema-inputs.ts";

const run = promisify(execFile);
const SEED = chooseSeed();
const PACKAGES = ["cos/abac", "cos/approval", "cos/budget", "cos/promotion"] as const;
const INPUTS_A_PACKAGE = 250;
/** Far from every date in the table on the side where the real clock is too, so both sides see the same future. */
const NOW_NS = BigInt(Date.now()) * 1_000_000n;

let dir: TempDir;
let paths: PackPaths;
let opa: string;
let ours: PolicyInstance;
let server: OpaServer;

beforeAll(async () => {
  dir = await createTempDir();
  paths = packPaths(dir.path, "policy-pack-v0");
  opa = await findTestOpa();
  await copySource(paths.source);
  await buildPack({ sourceDir: paths.source, outDir: paths.output, opa });
  ours = await createInstance(readPackUnsafe(readFileSync(paths.tar)), { now: () => NOW_NS });
  server = await startOpaServer(opa, paths.opaBundle, dir.path);
});

afterAll(async () => {
  await server.stop();
  await dir.remove();
});

interface Row {
  readonly input: unknown;
  readonly value: unknown;
}

/** What our WASM says; undefined when it says that the decision is undefined, as OPA's API leaves `result` out. */
function decide(input: unknown, entrypoint: string): unknown {
  try {
    return ours.decide(input, entrypoint).value;
  } catch (error) {
    if (error instanceof EvaluationError && error.code === "DECISION_UNDEFINED") return undefined;
    throw error;
  }
}

/** The same table whoever asks for it, so that each entrypoint is asked with what the others are made for. */
function drawInputs(): readonly unknown[] {
  const random = createRandom(SEED);
  const drawn = PACKAGES.flatMap((name) => {
    const schema = readSchema(paths.source, name);
    return Array.from({ length: INPUTS_A_PACKAGE }, () => drawInput(schema, random));
  });
  return [...ODD_INPUTS, ...drawn];
}

const askOurs = (inputs: readonly unknown[], entrypoint: string): readonly Row[] =>
  inputs.map((input) => ({ input, value: decide(input, entrypoint) }));

const askOpa = (inputs: readonly unknown[], entrypoint: string): Promise<readonly Row[]> =>
  Promise.all(inputs.map(async (input) => ({ input, value: await server.decide(input, entrypoint) })));

const valuesOf = (rows: readonly Row[]): ReadonlySet<unknown> => new Set(rows.map(({ value }) => value));

describe(`stock OPA with our OPA bundle, seed ${SEED}`, () => {
  it("has eight entrypoints to compare", () => {
    expect(ours.entrypoints).toHaveLength(8);
  });

  it.each<[string, readonly unknown[]]>([
    ["cos/abac/allow", [true, false]],
    ["cos/approval/require_human", [true, false]],
    ["cos/budget/decision", ["allow", "warn", "halt"]],
    ["cos/promotion/ok", [true, false]],
  ])("decides %s the same as our WASM, with every answer in the table", async (entrypoint, answers) => {
    const inputs = drawInputs();
    const expected = askOurs(inputs, entrypoint);
    expect(inputs.length).toBeGreaterThanOrEqual(200);
    expect(valuesOf(expected)).toEqual(new Set(answers));
    expect(await askOpa(inputs, entrypoint)).toEqual(expected);
  });

  it.each(PACKAGES)("gives the same reasons of %s as our WASM, some of them none", async (name) => {
    const inputs = drawInputs();
    const expected = askOurs(inputs, `${name}/reasons`);
    const none = expected.filter(({ value }) => Array.isArray(value) && value.length === 0);
    expect(none.length).toBeGreaterThan(0);
    expect(none.length).toBeLessThan(expected.length);
    expect(await askOpa(inputs, `${name}/reasons`)).toEqual(expected);
  });
});

describe(`opa eval, seed ${SEED}`, () => {
  /** `opa eval` of every input by one process, each as the whole input document. */
  async function evaluate(flags: readonly string[], inputs: readonly unknown[], entrypoint: string): Promise<unknown> {
    const folder = join(dir.path, "eval");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "inputs.json"), JSON.stringify(inputs));
    const decision = `data.${entrypoint.replaceAll("/", ".")}`;
    const query = `[value | some document in input; value := ${decision} with input as document]`;
    const args = ["eval", ...flags, "--input", join(folder, "inputs.json"), "--format=raw", query];
    const { stdout } = await run(opa, args, { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  }

  it.each(["cos/abac/allow", "cos/abac/reasons"])("answers %s from opa/ alone as our WASM does", async (entrypoint) => {
    const inputs = drawInputs().filter((input) => input !== undefined);
    const answers = await evaluate(["--data", join(paths.source, "opa")], inputs, entrypoint);
    expect(answers).toEqual(inputs.map((input) => decide(input, entrypoint)));
  });

  it("loads the OPA bundle by itself and answers every entrypoint as our WASM does", async () => {
    const inputs = drawInputs().filter((input) => input !== undefined);
    for (const entrypoint of ours.entrypoints) {
      const answers = await evaluate(["--bundle", paths.opaBundle], inputs, entrypoint);
      expect(answers).toEqual(inputs.map((input) => decide(input, entrypoint)));
    }
  });

  it("answers one plain question with --bundle as a person would type it", async () => {
    const input = { agentOutput: { confidenceScore: 0.5 } };
    writeFileSync(join(dir.path, "input.json"), JSON.stringify(input));
    const args = ["eval", "--bundle", paths.opaBundle, "--input", join(dir.path, "input.json"), "--format=raw"];
    const { stdout } = await run(opa, [...args, "data.cos.approval.require_human"]);
    expect(JSON.parse(stdout)).toBe(decide(input, "cos/approval/require_human"));
  });
});
