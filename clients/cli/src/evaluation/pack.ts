import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, LIMITS, readPackUnsafe } from "@policy-pack/pack";
import type { PackContents } from "@policy-pack/pack";
import type { Command } from "commander";
import { readBundles } from "../bundle-files.ts";
import { packOfTar } from "../locate.ts";
import { readInputFile } from "../read.ts";
import { paint } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { addTrustFlags, hasTrustFlags, readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { acceptPack, readLists } from "../trust-lists.ts";
import { listFlag } from "../verb.ts";

export interface PackFlags extends TrustFlags {
  readonly bundle?: readonly string[];
  readonly unsafeUnverified?: true;
}

/** Adds what says how the pack is verified. */
export function addPackFlags(command: Command): Command {
  command
    .addOption(
      listFlag("--bundle <path>", "the tar's Sigstore bundles, as for verify; beside the one that an address brings"),
    )
    .option("--unsafe-unverified", "take the pack as it is, whoever made it; never for a decision that matters");
  return addTrustFlags(command);
}

/**
 * Reads a pack that is to be asked: verified as `verify` does, or as it is with --unsafe-unverified, warned.
 * @throws ConfigError CONFIG_INVALID without a pack, or when nothing says how to verify it; what reading, fetching and
 *   verifying throw
 */
export async function readAskedPack(
  terminal: Terminal,
  pack: string | undefined,
  flags: PackFlags,
): Promise<PackContents> {
  if (pack === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "Name the pack to ask; put it before --dev-authority, which may take a folder.",
    );
  }
  checkFlags(pack, flags);
  return flags.unsafeUnverified === undefined
    ? readVerified(terminal, pack, flags)
    : readUnverifiedUnsafe(terminal, pack);
}

function isUrl(pack: string): boolean {
  return /^https?:\/\//i.test(pack);
}

function checkFlags(pack: string, flags: PackFlags): void {
  if (flags.unsafeUnverified === true && (hasTrustFlags(flags) || flags.bundle !== undefined)) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--unsafe-unverified verifies nothing; leave the flags of verify out, or it.",
    );
  }
  if (!isUrl(pack) && flags.unsafeUnverified !== true && flags.bundle === undefined) {
    throw new ConfigError("CONFIG_INVALID", "Name the tar's Sigstore bundle with --bundle FILE.");
  }
}

async function readVerified(terminal: Terminal, pack: string, flags: PackFlags): Promise<PackContents> {
  const { trustedRoot, verificationPolicy } = await readTrust(terminal, flags);
  const lists = await readLists(terminal, flags);
  const { assessPack, extractPack } = await import("@policy-pack/verify");
  const options = { ...(trustedRoot === undefined ? {} : { trustedRoot }), ...lists };
  const bundles = (await readBundles(terminal, flags.bundle ?? [])).map(({ source }) => source);
  if (!isUrl(pack)) {
    const evidence = { ...options, pack: await readTar(terminal, pack), bundle: bundles, policy: verificationPolicy };
    return extractPack(await acceptPack(terminal, flags, assessPack(evidence)));
  }
  const { fetchAssessedPack } = await import("cos-policy-fetcher");
  const assessed = await fetchAssessedPack({ ...options, url: pack, verificationPolicy, bundles });
  return extractPack(await acceptPack(terminal, flags, assessed));
}

async function readUnverifiedUnsafe(terminal: Terminal, pack: string): Promise<PackContents> {
  const warning = "warning: --unsafe-unverified: nobody has checked who made this pack; do not act on what it decides.";
  terminal.stderr.write(`${paint(terminal, terminal.stderr, "yellow", warning)}\n`);
  return readPackUnsafe(await readAnyUnsafe(terminal, pack));
}

/** The tar of a file, of an address, or of an unpacked pack's folder. */
async function readAnyUnsafe(terminal: Terminal, pack: string): Promise<Uint8Array> {
  if (isUrl(pack)) {
    const { fetchPack } = await import("cos-policy-fetcher");
    return (await fetchPack(pack)).bytes;
  }
  const stats = await stat(resolve(terminal.cwd, pack)).catch(() => undefined);
  if (stats?.isDirectory() !== true) return readTar(terminal, pack);
  const { repackFolderUnsafe } = await import("../folder.ts");
  return repackFolderUnsafe(terminal, pack);
}

async function readTar(terminal: Terminal, path: string): Promise<Uint8Array> {
  const origin = packOfTar(terminal, path) === undefined ? undefined : "policy-pack build";
  return readInputFile(terminal, path, { what: "The pack", maxBytes: LIMITS.maxPackBytes, origin });
}
