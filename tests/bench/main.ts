import { parseArgs } from "node:util";
import { findOpa } from "@policy-pack/build";
import { PolicyPackError } from "@policy-pack/pack";
import { allocation } from "./allocation.ts";
import { build } from "./build.ts";
import { client } from "./client.ts";
import type { Context, Suite } from "./context.ts";
import { decisions } from "./decisions.ts";
import { entrypoints } from "./entrypoints.ts";
import { firstDecision } from "./first-decision.ts";
import { withFixture } from "./fixture.ts";
import { memory } from "./memory.ts";
import { policies } from "./policies.ts";
import { pool } from "./pool.ts";
import { machine, meetsGoal, toJson, toMarkdown } from "./report.ts";
import type { Comparison, Surroundings } from "./report.ts";
import { serving } from "./serving.ts";
import { start } from "./start.ts";
import { absentOf, findTools, ROOT, SEARCH_PATH, versionsOf } from "./tools.ts";
import type { Tools } from "./tools.ts";
import { verify } from "./verify.ts";

const SUITES: readonly Suite[] = [
  build,
  verify,
  memory,
  client,
  firstDecision,
  decisions,
  entrypoints,
  policies,
  start,
  allocation,
  pool,
  serving,
];

const PACE = {
  full: { rounds: 11, turnMs: 2_000 },
  quick: { rounds: 3, turnMs: 500 },
} as const;

const HELP = `npm run bench [-- OPTIONS]

Measures policy-pack against what one would use instead, both in the same run and in turn, and prints Markdown tables:
medians, the lowest and highest of all rounds, and how many times better ours is. It works in a temporary folder.

  --only NAME  one of ${SUITES.map(({ name }) => name).join(", ")}; may be given more than once
  --quick      ${PACE.quick.rounds} rounds in place of ${PACE.full.rounds}, and shorter turns
  --json       the figures as JSON in place of tables
  --help       this text

Example: npm run --silent bench -- --only decisions --json

It exits with 1 when a figure that has a goal does not reach it, and with 2 when it cannot run. What is not on the
machine (cosign, nginx, wrk, GNU tar) is left out or replaced, and named at the end with how to get it.
`;

interface Flags {
  readonly suites: readonly Suite[];
  readonly quick: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** @throws Error for a flag or a name that is not known */
function readFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const wanted = values.only ?? SUITES.map(({ name }) => name);
  const suites = wanted.map((name) => {
    const suite = SUITES.find((candidate) => candidate.name === name);
    if (suite === undefined) throw new Error(`There is no comparison ${JSON.stringify(name)}; --help lists them.`);
    return suite;
  });
  return { suites, quick: values.quick, json: values.json, help: values.help };
}

async function compare({ suites, quick }: Flags, tools: Tools): Promise<readonly Comparison[]> {
  const opa = await findOpa({ checkout: ROOT, env: { PATH: SEARCH_PATH } });
  return withFixture(opa.path, async (fixture) => {
    const context: Context = { fixture, tools, ...(quick ? PACE.quick : PACE.full) };
    const comparisons: Comparison[] = [];
    for (const suite of suites) {
      process.stderr.write(`measuring ${suite.name} ...\n`);
      comparisons.push(...(await suite.run(context)));
    }
    return comparisons;
  });
}

function toText(comparisons: readonly Comparison[], { about, absent }: Surroundings): string {
  const lines = Object.entries(about).map(([name, value]) => `- ${name}: ${value}`);
  const end = absent.length === 0 ? "" : `\nLeft out or replaced:\n\n${absent.map((line) => `- ${line}\n`).join("")}`;
  return `${lines.join("\n")}\n\n${toMarkdown(comparisons)}\n${end}`;
}

async function main(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const tools = findTools();
  const comparisons = await compare(flags, tools);
  const surroundings = { about: machine(versionsOf(tools)), absent: absentOf(tools) };
  process.stdout.write((flags.json ? toJson : toText)(comparisons, surroundings));
  return comparisons.some((comparison) => meetsGoal(comparison) === false) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const code = error instanceof PolicyPackError ? ` ${error.code}` : "";
  process.stderr.write(`error${code}: ${error.message}\n`);
  process.exitCode = 2;
}
