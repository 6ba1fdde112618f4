import type { DecideOptions } from "@policy-pack/evaluate";
import { ConfigError } from "@policy-pack/pack";
import type { Command } from "commander";
import { upTo } from "../simulation/random-flags.ts";
import type { CommonFlags } from "../verb.ts";
import { groupFlags, listFlag, valueFlag } from "../verb.ts";
import { addGrantFlags } from "./grants.ts";
import { parseMoment } from "./moment.ts";
import { addPackFlags } from "./pack.ts";
import type { PackFlags } from "./pack.ts";
import type { PolicyFlags } from "./policy.ts";

export interface EvalFlags extends CommonFlags, PackFlags, PolicyFlags {
  readonly entrypoint: readonly string[];
  readonly input?: string;
  readonly inputLines?: string;
  readonly jobs?: string;
  readonly deadline?: string;
  readonly now?: string;
  readonly seed?: string;
  readonly explain?: true;
  readonly decisionLog?: string;
}

const MAX_JOBS = 256;
const MAX_DEADLINE_MS = 3_600_000;
const TIME_HELP = "Write a time such as 2026-01-31T12:00:00Z, or nanoseconds since 1970, within 64 bits.";

/** Everything that `eval` takes. */
export function addEvalFlags(command: Command): Command {
  command
    .addOption(
      listFlag(
        "--entrypoint <path>",
        "the rule to decide, such as cos/abac/allow; several are asked about the same input, parsed once",
      ).makeOptionMandatory(),
    )
    .addOption(
      valueFlag("--input <file>", "the input document as JSON, taken as it is written; - reads it from stdin"),
    );
  groupFlags(command, "Many inputs:", () =>
    command
      .addOption(
        valueFlag("--input-lines <file>", "one JSON document a line; one line of JSON out for each; - is stdin"),
      )
      .addOption(valueFlag("--jobs <n>", "decide the lines in so many threads", atLeastOne(MAX_JOBS)))
      .addOption(
        valueFlag(
          "--deadline <ms>",
          "stop a decision that takes longer (default with --jobs: 1000); decides in threads",
          atLeastOne(MAX_DEADLINE_MS),
        ),
      ),
  );
  groupFlags(command, "How it is decided:", () =>
    command
      .addOption(
        valueFlag("--now <time>", "what time.now_ns answers: RFC 3339, or nanoseconds since 1970", (value) =>
          parseMoment(value) === undefined ? TIME_HELP : undefined,
        ),
      )
      .addOption(valueFlag("--seed <text>", "what rand.intn and uuid.rfc4122 draw from"))
      .addOption(
        valueFlag("--data <file>", "JSON documents in place of the pack's own: then it is not the pack's decision"),
      )
      .option("--strict-builtin-errors", "a builtin that fails stops the decision, instead of being undefined"),
  );
  addGrantFlags(command);
  groupFlags(command, "What is told of it:", () =>
    command
      .option("--explain", "ask the installed OPA the same, with every step; say so when its answer differs")
      .addOption(
        valueFlag("--decision-log <file>", "append a record of each decision, chained, masked by the pack's own rules"),
      ),
  );
  return addPackFlags(command);
}

/** Says what is wrong with a text that is no whole number from 1 to this one. */
export function atLeastOne(max: number): (value: string) => string | undefined {
  return (value) => (value === "0" ? `Write a whole number from 1 to ${max}.` : upTo(max)(value));
}

/** @throws ConfigError CONFIG_INVALID for flags that do not go together */
export function checkEvalFlags(flags: EvalFlags): void {
  const { input, inputLines, jobs, deadline, explain, entrypoint } = flags;
  const isBatch = inputLines !== undefined;
  if (isBatch && input !== undefined) refuse("Give --input or --input-lines, not both.");
  if (!isBatch && (jobs ?? deadline) !== undefined) refuse("--jobs and --deadline are for --input-lines.");
  if (new Set(entrypoint).size !== entrypoint.length) refuse("Name each --entrypoint once.");
  if (explain === true && isBatch) refuse("--explain is about one decision: give that line alone with --input.");
  if (explain === true && entrypoint.length > 1) refuse("--explain is about one decision: name one --entrypoint.");
}

function refuse(message: string): never {
  throw new ConfigError("CONFIG_INVALID", message);
}

export function readDecideOptions({ now, seed }: Pick<EvalFlags, "now" | "seed">): DecideOptions {
  return { now: now === undefined ? undefined : parseMoment(now), seed };
}
