import type { Command } from "commander";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { createGroup, createVerb } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface CheckFlags extends CommonFlags {
  readonly strict?: true;
}

/** `policy-pack policy`: what may be said of a verification policy before it decides anything. */
export function addPolicy(context: VerbContext): Command {
  return createGroup(
    {
      name: "policy",
      summary: "check a verification policy",
      description:
        "A verification policy says who must have signed, how many of them, and what must have been stated and when. " +
        "docs/verification.md explains it.",
      examples: ["policy-pack policy check policy.json"],
    },
    context.version,
    [addCheck(context)],
  );
}

function addCheck({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "check",
      summary: "say what is wrong or doubtful in a verification policy",
      description:
        "Reads the policy as verify does, the trusted roots that it names included. An error is what verify would " +
        "refuse it for; a warning is what a reviewer would ask about. Each comes with its place in the document " +
        "(RFC 6901). Exits 2 on errors. Opens no connection.",
      examples: ["policy-pack policy check policy.json", "policy-pack policy check policy.json --strict --json"],
    },
    version,
  )
    .argument("<file>", "a verification policy")
    .option("--strict", "count warnings as errors")
    .action((file: string, flags: CheckFlags) => answer(flags, check(terminal, file, flags.strict === true)));
}

async function check(terminal: Terminal, file: string, isStrict: boolean): Promise<Report> {
  const { checkPolicy } = await import("../policy-check.ts");
  return checkPolicy(terminal, file, isStrict);
}
