import { resolve } from "node:path";
import { parseDigest } from "@policy-pack/pack";
import type { Command } from "commander";
import { openInput, reading } from "../read.ts";
import type { Report } from "../report.ts";
import { formatTable } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { createGroup, createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

interface CheckFlags extends CommonFlags {
  readonly contains?: string;
  readonly allowTornTail?: true;
}

/** `policy-pack decision-log`: what may be said of decisions that were written down. */
export function addDecisionLog(context: VerbContext): Command {
  return createGroup(
    {
      name: "decision-log",
      summary: "check a decision log",
      description:
        "eval --decision-log and services write decisions down, each record chained to the one before by its hash. " +
        "docs/decision-log.md has the records.",
      examples: ["policy-pack decision-log check decisions.jsonl"],
    },
    context.version,
    [addCheck(context)],
  );
}

function addCheck({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "check",
      summary: "say whether a decision log is whole",
      description:
        "Reads the log through, in constant memory, and holds each record to the one before it: no line was changed, " +
        "taken out, put in or moved, given that the last one is as it was written. A chain is no signature: whoever can " +
        "write the file can cut it off or write another. So keep the head that this prints elsewhere, and hand it in " +
        "with --contains the next time. Exit 4 with the first line that does not follow (DECISION_LOG_BROKEN), 3 for " +
        "what is no record (DECISION_LOG_INVALID).",
      examples: [
        "policy-pack decision-log check decisions.jsonl",
        "policy-pack decision-log check decisions.jsonl --contains sha256:9b1c… --json",
      ],
    },
    version,
  )
    .argument("<file>", "the log; - reads it from stdin")
    .addOption(valueFlag("--contains <digest>", "a head that was kept: the log must still hold that record"))
    .option("--allow-torn-tail", "leave out a last line that a crash cut, instead of refusing it")
    .action((file: string, flags: CheckFlags) => answer(flags, check(terminal, file, flags)));
}

async function check(terminal: Terminal, file: string, { contains, allowTornTail }: CheckFlags): Promise<Report> {
  const { verifyDecisionLog } = await import("@policy-pack/decision-log");
  const name = file === "-" ? "stdin" : file;
  const options = {
    name,
    contains: contains === undefined ? undefined : parseDigest(contains),
    allowTornTail: allowTornTail === true,
  };
  const source = file === "-" ? bytesOf(terminal.stdin) : openInput(resolve(terminal.cwd, file));
  const log = await reading("The decision log", file, undefined, () => verifyDecisionLog(source, options));
  const { records, dropped, head, isTailTorn } = log;
  if (isTailTorn) printWarnings(terminal, [`The last line of ${name} is torn, and left out.`]);
  const missing = Object.entries(dropped).map(([reason, count]) => `${count} ${reason}`);
  const rows = [
    ["records", String(records)],
    ["not recorded", missing.length === 0 ? "none" : missing.join(", ")],
    ["chain", `${head.id}, ${head.length} lines`],
    ["head", head.digest ?? "none"],
  ];
  return { json: { records, dropped, head, isTailTorn }, text: `${name} is whole.\n\n${formatTable(rows)}` };
}

async function* bytesOf(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for await (const piece of source) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}
