import { LIMITS } from "@policy-pack/pack";
import type { Command } from "commander";
import { readInputFile } from "../read.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

/** `policy-pack inspect`: what a file says of itself. */
export function addInspect({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "inspect",
      summary: "show what a file says of itself, verifying nothing",
      description:
        "Reads a pack's tar, a stock OPA bundle, a Sigstore bundle, a manifest.json or a trusted_root.json and shows " +
        "what is in it. Its form is checked; who made it, and whether it is true, is not: that is what verify is for.",
      examples: ["policy-pack inspect dist/policy-pack/v0/policy-pack-v0.tar"],
    },
    version,
  )
    .argument("<file>", "a pack's tar, an OPA bundle, a Sigstore bundle, a manifest or a trusted root")
    .action((file: string, flags: CommonFlags) => answer(flags, inspectFile(terminal, file)));
}

async function inspectFile(terminal: Terminal, file: string): Promise<Report> {
  const bytes = await readInputFile(terminal, file, { what: "The file", maxBytes: LIMITS.maxPackBytes });
  const { inspectUnsafe } = await import("../inspect.ts");
  return inspectUnsafe(bytes);
}
