import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, contractOfPack, quotePath } from "@policy-pack/pack";
import type { PackContract } from "@policy-pack/pack";
import { withAbort } from "../signals.ts";
import { packKindOf } from "../simulation/pack-kind.ts";
import { loadPack } from "../simulation/pack-source.ts";
import { createPackVerifier } from "../simulation/pack-verifier.ts";
import type { Terminal } from "../terminal.ts";
import type { TrustFlags } from "../trust.ts";
import { printWarnings } from "../warnings.ts";
import { readGitBase } from "./git-base.ts";
import { readSourceBase } from "./source-base.ts";

export interface BaseFlags extends TrustFlags {
  readonly base?: string;
  readonly bundle?: readonly string[];
  readonly unsafeUnverified?: true;
}

/** What a pack is held against, and why it is believed. */
export interface NamedBase {
  readonly kind: "git" | "source" | "pack";
  /** As it was given. */
  readonly name: string;
  /** The commit that the contract was read at, where git has it. */
  readonly commit?: string;
  /** Of a published pack: whether its signature was checked. */
  readonly verified?: boolean;
  /** Undefined when the base does not hold the pack. */
  readonly contract: PackContract | undefined;
}

/**
 * The contract in what `--base` names: a revision of git, a source folder, or a published pack (a tar, an unpacked pack's
 * folder, an address), which is verified like `verify` does.
 * @param sourceDir absolute; the pack's own folder, whose repository is asked
 * @throws ConfigError CONFIG_INVALID for a base that is nothing, or two things at once; what reading it throws
 */
export async function readBase(
  terminal: Terminal,
  sourceDir: string,
  name: string,
  flags: BaseFlags,
): Promise<NamedBase> {
  const kind = await kindOf(terminal, sourceDir, name);
  if (kind === "pack") return readPublishedBase(terminal, name, flags);
  if (flags.unsafeUnverified !== undefined || flags.bundle !== undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `--bundle and --unsafe-unverified are about a published pack, and ${quotePath(name)} is none; leave them out.`,
    );
  }
  if (kind === "git") return readGitBase({ dir: sourceDir, env: terminal.env }, name);
  return { kind, name, contract: await readSourceBase(resolve(terminal.cwd, name), name) };
}

async function kindOf(terminal: Terminal, sourceDir: string, name: string): Promise<NamedBase["kind"]> {
  if (/^https?:\/\//i.test(name)) return "pack";
  const place = resolve(terminal.cwd, name);
  const isThere = (await stat(place).catch(() => undefined)) !== undefined;
  // Written like a path it is one, and never asked of git.
  if (/^(?:\.{0,2}[/\\]|\.{1,2}$)/.test(name)) return kindOfPath(terminal, name);
  const { findCommit, resolveCommit } = await import("@policy-pack/build");
  const git = { dir: sourceDir, env: terminal.env };
  const commit = await findCommit(git, name);
  if (commit !== undefined && isThere) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `${quotePath(name)} is a revision of git and a path too; write ./${name} for the path, or the commit's id.`,
    );
  }
  if (isThere) return kindOfPath(terminal, name);
  // Says why it is none.
  if (commit === undefined) await resolveCommit(git, name);
  return "git";
}

async function kindOfPath(terminal: Terminal, name: string): Promise<NamedBase["kind"]> {
  return (await packKindOf(terminal, name)) === "source" ? "source" : "pack";
}

async function readPublishedBase(terminal: Terminal, name: string, flags: BaseFlags): Promise<NamedBase> {
  const isUnsafe = flags.unsafeUnverified === true;
  if (isUnsafe && flags.bundle !== undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--unsafe-unverified verifies nothing of the base; leave --bundle out, or it.",
    );
  }
  if (isUnsafe) {
    printWarnings(terminal, ["--unsafe-unverified: nobody has checked who made the base; a change may pass unseen."]);
  }
  const bundles = flags.bundle ?? [];
  const verifier = isUnsafe ? undefined : createPackVerifier(terminal, flags);
  const request = { pack: name, bundles, bundleFlag: "--bundle", acceptsSource: false };
  const { contents } = await withAbort((signal) => loadPack(terminal, request, { verifier, signal }));
  return { kind: "pack", name, verified: !isUnsafe, contract: contractOfPack(contents) };
}
