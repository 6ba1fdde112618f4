import type { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import { addRootFlags } from "../trust.ts";
import type { RootFlags } from "../trust.ts";
import { createGroup, createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import type { Report } from "../report.ts";

interface CheckFlags extends CommonFlags {
  readonly within?: string;
}

interface RefreshFlags extends CommonFlags {
  readonly out: string;
  readonly mirror?: string;
  readonly root?: string;
  readonly cache?: string;
}

/** Days before an end that count as soon. */
const DEFAULT_DAYS = "30";

/** `policy-pack trusted-root`: whom a verifier believes, until when, and today's version of it. */
export function addTrustedRoot(context: VerbContext): Command {
  return createGroup(
    {
      name: "trusted-root",
      summary: "show, check or refresh whom a verifier believes",
      description:
        "A trusted root names the authorities of a Sigstore instance: who certifies signers, who keeps the log, who " +
        "tells the time, each with its keys and the time for which its word counts.",
      examples: ["policy-pack trusted-root show", "policy-pack trusted-root check trusted_root.json"],
    },
    context.version,
    [addShow(context), addCheck(context), addRefresh(context)],
  );
}

function addShow({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "show",
      summary: "list the authorities of a trusted root",
      description:
        "Lists each authority with its key and the time for which it is believed. Without a flag, of the root that " +
        "verify uses when none is named: the public-good Sigstore's, as this version carries it. Opens no connection.",
      examples: [
        "policy-pack trusted-root show",
        "policy-pack trusted-root show --trusted-root trusted_root.json --json",
      ],
    },
    version,
  );
  return addRootFlags(command).action((flags: CommonFlags & RootFlags) => answer(flags, show(terminal, flags)));
}

function addCheck({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "check",
      summary: "check a trusted root: its form, ended authorities, gaps",
      description:
        "Reads the file as verify does, then looks at each kind of authority: whether one is open now, whether one " +
        "will be in the days ahead, and whether there was a time without one. Exits 5 when new signatures are or " +
        "soon will be concerned, 3 when the file cannot be used. Opens no connection.",
      examples: [
        "policy-pack trusted-root check trusted_root.json",
        "policy-pack trusted-root check trusted_root.json --within 90",
      ],
    },
    version,
  )
    .argument("<file>", "a trusted_root.json")
    .addOption(valueFlag("--within <days>", `how soon an end counts (default: ${DEFAULT_DAYS})`, daysProblem))
    .action((file: string, flags: CheckFlags) => answer(flags, check(terminal, file, flags.within ?? DEFAULT_DAYS)));
}

function addRefresh({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "refresh",
      summary: "fetch today's trusted root of a Sigstore instance",
      description:
        "Fetches trusted_root.json through TUF: signed, unexpired and, with --cache, never older than one accepted " +
        "before. Nothing is written but --out and --cache, and those only when everything held. Without --mirror it " +
        "is the public-good instance's; any other one needs the TUF root.json that its operator gave you.",
      examples: [
        "policy-pack trusted-root refresh --out trusted_root.json --cache .policy-pack/tuf",
        "policy-pack trusted-root refresh --out staging_root.json \\\n" +
          "      --mirror https://tuf-repo-cdn.sigstage.dev --root staging-tuf-root.json",
      ],
    },
    version,
  )
    .addOption(valueFlag("--out <file>", "where the trusted root goes, whole or not at all").makeOptionMandatory())
    .addOption(valueFlag("--mirror <url>", "the TUF repository (default: the public-good instance's)"))
    .addOption(valueFlag("--root <file>", "its TUF root.json, from a place that you trust; needed with --mirror"))
    .addOption(valueFlag("--cache <dir>", "remember what was accepted here, so that nothing older is"))
    .action((flags: RefreshFlags) => answer(flags, refresh(terminal, flags)));
}

function daysProblem(value: string): string | undefined {
  return /^\d{1,5}$/.test(value) ? undefined : "Write a number of days, such as 30.";
}

async function show(terminal: Terminal, flags: RootFlags): Promise<Report> {
  const { showRoot } = await import("../root-report.ts");
  return showRoot(terminal, flags);
}

async function check(terminal: Terminal, file: string, days: string): Promise<Report> {
  const { checkRoot } = await import("../root-report.ts");
  return checkRoot(terminal, file, Number(days));
}

async function refresh(terminal: Terminal, flags: RefreshFlags): Promise<Report> {
  const { refreshRoot } = await import("../root-refresh.ts");
  return refreshRoot(terminal, flags);
}
