import { availableParallelism } from "node:os";
import { EvaluationError } from "@policy-pack/pack";
import type { Command } from "commander";
import { benchReport } from "../benchmark/bench-report.ts";
import type { BenchRow } from "../benchmark/bench-report.ts";
import { measureEntrypoint } from "../benchmark/entrypoint-bench.ts";
import { benchOpa } from "../benchmark/opa-bench.ts";
import { atLeastOne } from "../evaluation/flags.ts";
import { readInput } from "../evaluation/input.ts";
import { addPackFlags, readAskedPack } from "../evaluation/pack.ts";
import type { PackFlags } from "../evaluation/pack.ts";
import { openPolicy } from "../evaluation/policy.ts";
import type { AskedPolicy } from "../evaluation/policy.ts";
import type { Report } from "../report.ts";
import { createProgressBar } from "../simulation/progress-bar.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, listFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface BenchFlags extends CommonFlags, PackFlags {
  readonly input?: string;
  readonly entrypoint?: readonly string[];
  readonly seconds?: string;
  readonly jobs?: string;
  readonly data?: string;
  readonly opa: boolean;
}

const ROUNDS = 5;
const MAX_SECONDS = 600;
const MIN_SECONDS = 0.05;
const MAX_JOBS = 256;
/** Rules that OPA's own log asks, not a service. */
const OWN_RULES = "system/log/";

/** `policy-pack bench`: how fast a pack decides. */
export function addBench({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "bench",
      summary: "measure how fast a pack decides",
      description:
        "Decides one input over and over: decisions per second with an object in, with JSON bytes in and through a pool " +
        "of threads, each the median of five rounds that are taken in turn; the bytes on JavaScript's heap that a " +
        "decision allocates; and the time from a compiled module to the first decision. With the pinned OPA installed, " +
        "the same rule by opa bench stands beside it. Nothing is asked of the network: http.send and " +
        "net.lookup_ip_addr are refused. A decision that fails ends it (exit 7); an undefined one is measured as that.",
      examples: [
        "policy-pack bench dist/policy-pack/v0/policy-pack-v0.tar --input request.json --unsafe-unverified",
        "policy-pack bench dist/policy-pack/v0/policy-pack-v0.tar --input request.json --entrypoint cos/abac/allow \\\n" +
          "      --seconds 5 --jobs 2 --json --unsafe-unverified",
      ],
    },
    version,
  )
    .argument("[pack]", "the pack's tar or address; an unpacked pack's folder only with --unsafe-unverified")
    .addOption(
      valueFlag("--input <file>", "the input document as JSON; - reads it from stdin; without it there is none"),
    )
    .addOption(listFlag("--entrypoint <path>", "a rule to measure; may be given again (default: all of the pack)"))
    .addOption(valueFlag("--seconds <n>", "how long each rate is measured (default: 1)", secondsProblem))
    .addOption(valueFlag("--jobs <n>", "threads of the pool (default: one a core)", atLeastOne(MAX_JOBS)))
    .addOption(valueFlag("--data <file>", "JSON documents in place of the pack's own"))
    .option("--no-opa", "leave OPA out");
  return addPackFlags(command).action((pack: string | undefined, flags: BenchFlags) =>
    answer(flags, bench(terminal, pack, flags)),
  );
}

function secondsProblem(value: string): string | undefined {
  const isNumber = /^[0-9]{1,3}(?:\.[0-9]{1,3})?$/.test(value);
  if (isNumber && Number(value) >= MIN_SECONDS && Number(value) <= MAX_SECONDS) return undefined;
  return `Write a number from ${MIN_SECONDS} to ${MAX_SECONDS}.`;
}

async function bench(terminal: Terminal, named: string | undefined, flags: BenchFlags): Promise<Report> {
  const pack = await readAskedPack(terminal, named, flags);
  const { data } = flags;
  const grants = { allowHttp: [], allowLookup: [] };
  const policy = await openPolicy(terminal, pack, data === undefined ? grants : { ...grants, data });
  const entrypoints = chooseEntrypoints(policy, flags.entrypoint);
  const input = await readInput(terminal, flags.input);
  const jobs = flags.jobs === undefined ? availableParallelism() : Number(flags.jobs);
  const seconds = Number(flags.seconds ?? 1);
  const rows = await measureAll(terminal, { policy, entrypoints, input, jobs, seconds, flags });
  const isVerified = flags.unsafeUnverified === undefined;
  return benchReport({ policy, inputBytes: input?.byteLength, jobs, rounds: ROUNDS, seconds, isVerified, rows });
}

interface Plan {
  readonly policy: AskedPolicy;
  readonly entrypoints: readonly string[];
  readonly input: Uint8Array | undefined;
  readonly jobs: number;
  readonly seconds: number;
  readonly flags: BenchFlags;
}

async function measureAll(terminal: Terminal, plan: Plan): Promise<readonly BenchRow[]> {
  const { policy, entrypoints, input, jobs, seconds, flags } = plan;
  const { createInstance, createPool } = await import("@policy-pack/evaluate");
  const { contents, capabilities } = policy;
  const bar = createProgressBar(terminal, "measuring", { json: flags.json === true });
  const instance = await createInstance(contents, { capabilities });
  const pool = await createPool(contents, { size: jobs, capabilities });
  const rows: BenchRow[] = [];
  try {
    for (const [index, entrypoint] of entrypoints.entries()) {
      const tick = (done: number, total: number): void => {
        bar.update(index + done / total, entrypoints.length);
      };
      const forMs = seconds * 1000;
      const ours = await measureEntrypoint({ policy, instance, pool, entrypoint, input, rounds: ROUNDS, forMs, tick });
      rows.push({
        entrypoint,
        ours,
        opa: flags.opa ? await benchOpa(terminal, { policy, entrypoint, input }) : undefined,
      });
    }
    return rows;
  } finally {
    bar.clear();
    instance.close();
    await pool.close({ graceMs: 0 });
  }
}

/** @throws EvaluationError ENTRYPOINT_UNKNOWN */
function chooseEntrypoints({ pack }: AskedPolicy, named: readonly string[] | undefined): readonly string[] {
  if (named === undefined) return pack.entrypoints.filter((name) => !name.startsWith(OWN_RULES));
  const unknown = named.find((name) => !pack.entrypoints.includes(name));
  if (unknown === undefined) return [...new Set(named)];
  throw new EvaluationError(
    "ENTRYPOINT_UNKNOWN",
    `The pack has no entrypoint ${unknown}; it has ${pack.entrypoints.join(", ")}.`,
  );
}
