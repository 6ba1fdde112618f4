import type { Command } from "commander";
import type { Check } from "../checks.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { paint, printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { devAuthorityDir } from "../trust.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface DoctorFlags extends CommonFlags {
  readonly devAuthority?: string;
}

/** `policy-pack doctor`: what is installed, which versions, what is missing and how to get it. Opens no connection. */
export function addDoctor({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "doctor",
      summary: "say what is installed, what is missing and how to get it",
      description:
        "Checks Node, OPA, the optional tools, the development authority and the signing environment. Reads this " +
        "machine only: nothing is fetched. Exits 2 when a required tool is missing or does not fit.",
      examples: ["policy-pack doctor", "policy-pack doctor --json"],
    },
    version,
  )
    .addOption(valueFlag("--dev-authority <dir>", "the folder of the development authority"))
    .action((flags: DoctorFlags) => answer(flags, examine(terminal, flags)));
}

async function examine(terminal: Terminal, flags: DoctorFlags): Promise<Report> {
  const { runChecks } = await import("../checks.ts");
  const checks = await runChecks(terminal, devAuthorityDir(terminal, flags.devAuthority));
  const ready = checks.every((check) => check.state === "ok" || !check.required);
  return { json: { ready, checks }, text: toText(terminal, ready, checks), exitCode: ready ? 0 : 2 };
}

const STYLES = { ok: "green", missing: "yellow", unfit: "red" } as const;

function toText(terminal: Terminal, ready: boolean, checks: readonly Check[]): string {
  const rows = checks.map(({ name, state, required, found }) => [
    name,
    state,
    required ? "required" : "optional",
    found ?? "-",
  ]);
  const lines = formatTable(rows).split("\n");
  const painted = lines.map((line, i) => {
    const state = checks[i]?.state ?? "ok";
    return line.replace(` ${state} `, ` ${paint(terminal, terminal.stdout, STYLES[state], state)} `);
  });
  const advice = checks.flatMap(({ name, advice }) =>
    advice === undefined ? [] : [`\n${name}: ${printable(advice)}`],
  );
  const verdict = ready ? "Everything required is here." : "Something required is missing.";
  return [...painted, ...advice, `\n${verdict}`].join("\n");
}
