import { resolve } from "node:path";
import type { Command } from "commander";
import { readBundles } from "../bundle-files.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { acceptPack, readLists } from "../trust-lists.ts";
import { createVerb, listFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface FetchFlags extends CommonFlags, TrustFlags {
  readonly dir?: string;
  readonly bundle?: readonly string[];
}

/** `policy-pack fetch`: the verified, unpacked pack behind an address. */
export function addFetch({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "fetch",
      summary: "fetch a pack, verify it and unpack it",
      description:
        "Fetches the pack and its bundle, verifies both as verify does, and only then writes the folder, whole or " +
        "not at all. Prints the folder's path. What the server says about who may sign is never used.",
      examples: [
        "policy-pack fetch http://127.0.0.1:8080/v1/policy/packs/policy-pack-v0 --dir policies --dev-authority",
      ],
    },
    version,
  )
    .argument("<url>", "the pack's address, …/v1/policy/packs/<packId>")
    .addOption(listFlag("--bundle <path>", "bundles beside the one that the address brings, as for verify"))
    .addOption(valueFlag("--dir <dir>", "the folder to write (default: a new one in the system's temporary folder)"));
  return addTrustFlags(command).action((url: string, flags: FetchFlags) =>
    answer(flags, fetchFolder(terminal, url, flags)),
  );
}

async function fetchFolder(terminal: Terminal, url: string, flags: FetchFlags): Promise<Report> {
  const { trustedRoot, verificationPolicy } = await readTrust(terminal, flags);
  const lists = await readLists(terminal, flags);
  const bundles = await readBundles(terminal, flags.bundle ?? []);
  const { fetchAssessedPack, writeContents, writeTempContents } = await import("cos-policy-fetcher");
  const { extractPack } = await import("@policy-pack/verify");
  const progress = createProgress(terminal);
  progress.step(`fetching ${url}`);
  try {
    const assessed = await withAbort((signal) =>
      fetchAssessedPack({
        url,
        ...(trustedRoot === undefined ? {} : { trustedRoot }),
        verificationPolicy,
        ...lists,
        bundles: bundles.map(({ source }) => source),
        signal,
      }),
    );
    const verified = await acceptPack(terminal, flags, assessed);
    const contents = extractPack(verified);
    const dir = await (flags.dir === undefined
      ? writeTempContents(contents)
      : writeContents(contents, resolve(terminal.cwd, flags.dir)));
    const { packId, revision, digest, signers } = verified;
    return { json: { dir, packId, revision, digest, signers, url }, text: dir };
  } finally {
    progress.done();
  }
}
