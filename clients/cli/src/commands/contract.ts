import { packPaths } from "@policy-pack/pack";
import type { Command } from "commander";
import type { CheckFlags } from "../contract/check.ts";
import { DEFAULT_PACK_ID } from "../locate.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags } from "../trust.ts";
import { createGroup, createVerb, listFlag, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

/** `policy-pack contract`: what a pack promises, and whether a change keeps it. */
export function addContract(context: VerbContext): Command {
  return createGroup(
    {
      name: "contract",
      summary: "check that a change of a pack keeps its contract",
      description:
        "A pack's contract is its entrypoints, the fields of their inputs, and that a revision's bytes never change. " +
        "docs/contract.md explains it.",
      examples: ["policy-pack contract check --base origin/main"],
    },
    context.version,
    [addCheck(context)],
  );
}

function addCheck({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "check",
      summary: "say what a change of a pack may not do",
      description:
        "Builds the source in memory and compares it with a base: a revision of git, a pack's source folder, or a " +
        "published pack (a tar or an address), which is verified first. Refuses content that changed without a new " +
        "revision, other bytes of a signed revision, a chain that does not link, an entrypoint or an input field that " +
        "is gone without a new contract version, a lifecycle that goes back, a manifest.json that is not of this " +
        "source, and committed bundles of a development authority or of nobody whom the trust flags name (without " +
        "them the public-good Sigstore must vouch). Each finding says what changed and what mends it. Writes nothing.",
      examples: [
        "policy-pack contract check --base origin/main",
        "policy-pack contract check contracts/access/v0 --base access-v0.tar --bundle access-v0.sigstore.json --dev-authority",
        "policy-pack contract check --base https://policies.example.com/v1/policy/packs/policy-pack-v0 \\\n" +
          "      --certificate-identity https://github.com/acme/policies/.github/workflows/policy-pack.yml@refs/heads/main \\\n" +
          "      --certificate-oidc-issuer https://token.actions.githubusercontent.com --json",
      ],
    },
    version,
  )
    .argument("[pack-dir]", `the source folder (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .addOption(
      valueFlag("--base <ref>", "a git revision, a folder, a tar or an address; without it nothing is compared"),
    )
    .addOption(packIdFlag())
    .addOption(listFlag("--bundle <path>", "the Sigstore bundles of a base that is a tar, as for verify"))
    .option("--unsafe-unverified", "take a published base as it is, whoever made it");
  return addTrustFlags(command).action((dir: string | undefined, flags: CheckFlags & CommonFlags) =>
    answer(flags, check(terminal, dir ?? packPaths("", DEFAULT_PACK_ID).source, flags)),
  );
}

async function check(terminal: Terminal, dir: string, flags: CheckFlags): Promise<Report> {
  const { checkContract } = await import("../contract/check.ts");
  const { describeCheck } = await import("../contract/check-report.ts");
  return describeCheck(await checkContract(terminal, dir, flags));
}
