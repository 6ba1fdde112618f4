import { ConfigError } from "@policy-pack/pack";
import type { Terminal } from "../terminal.ts";
import { hasTrustFlags } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { printWarnings } from "../warnings.ts";
import { loadPack } from "./pack-source.ts";
import type { LoadedPack } from "./pack-source.ts";
import { createPackVerifier } from "./pack-verifier.ts";
import type { PackVerifier } from "./pack-verifier.ts";

export interface PairFlags extends TrustFlags {
  readonly oldBundle?: readonly string[];
  readonly newBundle?: readonly string[];
  readonly packId?: string;
  readonly unsafeUnverified?: true;
}

export interface PackPair {
  readonly old: LoadedPack;
  readonly next: LoadedPack;
}

/**
 * Loads the pack in use and the one that is to follow it. Both are verified by the same flags, but for a source folder as the
 * new one, which nobody can have signed yet.
 * @throws as `loadPack`; ConfigError CONFIG_INVALID for flags of verify beside --unsafe-unverified
 */
export async function loadPair(
  terminal: Terminal,
  names: { readonly old: string; readonly next: string },
  flags: PairFlags,
  signal: AbortSignal,
): Promise<PackPair> {
  const bundles = { old: flags.oldBundle ?? [], next: flags.newBundle ?? [] };
  const { packId } = flags;
  const verifier = openVerifier(terminal, flags, [...bundles.old, ...bundles.next]);
  const options = { verifier, signal };
  const old = await loadPack(
    terminal,
    { pack: names.old, bundles: bundles.old, bundleFlag: "--old-bundle", packId, acceptsSource: false },
    options,
  );
  const next = await loadPack(
    terminal,
    { pack: names.next, bundles: bundles.next, bundleFlag: "--new-bundle", packId, acceptsSource: true },
    options,
  );
  printWarnings(terminal, doubtsOf(old, next));
  return { old, next };
}

/**
 * The verifier that the flags mean; undefined when packs are to be taken as they are, which is said.
 * @throws ConfigError CONFIG_INVALID when both are asked for
 */
export function openVerifier(
  terminal: Terminal,
  flags: PairFlags,
  bundles: readonly string[],
): PackVerifier | undefined {
  if (flags.unsafeUnverified === undefined) return createPackVerifier(terminal, flags);
  if (hasTrustFlags(flags) || bundles.length > 0) {
    throw new ConfigError(
      "CONFIG_INVALID",
      "--unsafe-unverified verifies nothing; leave the flags of verify out, or it.",
    );
  }
  printWarnings(terminal, [
    "--unsafe-unverified: nobody has checked who made these packs; do not act on what they decide.",
  ]);
  return undefined;
}

function doubtsOf({ contents: old, trust: was }: LoadedPack, { contents: next, trust, from }: LoadedPack): string[] {
  return [
    ...(trust === "source" && was === "verified"
      ? [`${from} is built from its source; nobody has signed it yet.`]
      : []),
    ...(old.packId === next.packId ? [] : [`${old.packId} and ${next.packId} are different packs.`]),
    ...(old.digest === next.digest ? ["Both packs are the same, byte for byte; no decision can differ."] : []),
  ];
}
