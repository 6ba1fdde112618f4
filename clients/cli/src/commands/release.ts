import { packPaths } from "@policy-pack/pack";
import type { Command } from "commander";
import type { ReleaseFlags } from "../contract/release.ts";
import { DEFAULT_PACK_ID } from "../locate.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags } from "../trust.ts";
import { createVerb, listFlag, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

/** `policy-pack release`: the next revision of a pack, in one step. */
export function addRelease({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "release",
      summary: "make the next revision of a pack",
      description:
        "Checks, tests and builds the source as the revision after the released one, with that one's digest as the " +
        "previous digest, and writes the artifacts, an entry in CHANGELOG.md and manifest.json, which comes last. " +
        "Nothing is written when a test fails, nothing changed, or the contract would break. What is released is " +
        "what the last commit says; --base names another place. Neither signs nor commits.",
      examples: [
        'policy-pack release --message "Reads may take 300 ms, not 350"',
        'policy-pack release contracts/access/v0 --base origin/main --lifecycle deprecated --message "Use access-v1"',
      ],
    },
    version,
  )
    .argument("[pack-dir]", `the source folder (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .addOption(valueFlag("--message <text>", "what changed and why, for CHANGELOG.md").makeOptionMandatory())
    .addOption(valueFlag("--lifecycle <step>", "draft, active, deprecated or retired; never backwards"))
    .addOption(
      listFlag("--emergency-flag <name>", "an emergency path of the policy; again for more: names all of them"),
    )
    .option("--no-emergency-flags", "the policy has no emergency path any more")
    .addOption(
      valueFlag("--base <ref>", "where the released revision is: as for contract check (default: the last commit)"),
    )
    .addOption(valueFlag("--out <dir>", "where the artifacts go (default: dist/<name>/<vN> of the checkout)"))
    .addOption(packIdFlag())
    .addOption(listFlag("--bundle <path>", "the Sigstore bundles of a base that is a tar, as for verify"))
    .option("--unsafe-unverified", "take a published base as it is, whoever made it");
  return addTrustFlags(command).action((dir: string | undefined, flags: ReleaseFlags & CommonFlags) =>
    answer(flags, release(terminal, dir ?? packPaths("", DEFAULT_PACK_ID).source, flags)),
  );
}

async function release(terminal: Terminal, dir: string, flags: ReleaseFlags): Promise<Report> {
  const { makeRelease } = await import("../contract/release.ts");
  return makeRelease(terminal, dir, flags);
}
