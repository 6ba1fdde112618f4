import { basename, dirname, relative, resolve } from "node:path";
import { ConfigError, isPackId, packPaths } from "@policy-pack/pack";
import type { PackPaths } from "@policy-pack/pack";
import type { Terminal } from "./terminal.ts";

/** The pack that the verbs mean when none is named. */
export const DEFAULT_PACK_ID = "policy-pack-v0";

export interface CheckoutPack {
  readonly packId: string;
  /** Absolute. */
  readonly paths: PackPaths;
}

/** The pack whose source folder is `<root>/contracts/<name>/<vN>`; undefined for a folder anywhere else. */
export function packOfSource(terminal: Terminal, dir: string): CheckoutPack | undefined {
  return packAt(resolve(terminal.cwd, dir), "contracts");
}

/** The pack whose output folder is `<root>/dist/<name>/<vN>`; undefined for a folder anywhere else. */
export function packOfOutput(terminal: Terminal, dir: string): CheckoutPack | undefined {
  return packAt(resolve(terminal.cwd, dir), "dist");
}

/** The pack whose tar is `<root>/dist/<name>/<vN>/<name>-<vN>.tar`; undefined for a file anywhere else. */
export function packOfTar(terminal: Terminal, tar: string): CheckoutPack | undefined {
  const path = resolve(terminal.cwd, tar);
  const pack = packAt(dirname(path), "dist");
  return pack?.paths.tar === path ? pack : undefined;
}

/**
 * The packId that a source folder's last two names make: `access/v0` is `access-v0`.
 * @throws ConfigError CONFIG_INVALID when they make none
 */
export function packIdOfFolder(dir: string): string {
  const packId = `${basename(dirname(dir))}-${basename(dir)}`;
  if (isPackId(packId)) return packId;
  throw new ConfigError("CONFIG_INVALID", `${dir} does not end in <name>/<vN>; give --pack-id <name>-v<number>.`);
}

/** The tar that is meant when none is named. */
export function defaultTar(): string {
  return packPaths("", DEFAULT_PACK_ID).tar;
}

/** The path as people would type it: relative where that is shorter. */
export function displayPath(terminal: Terminal, path: string): string {
  const short = relative(terminal.cwd, path);
  return short === "" || short.startsWith("..") ? path : short;
}

function packAt(dir: string, top: "contracts" | "dist"): CheckoutPack | undefined {
  const named = dirname(dir);
  const folder = dirname(named);
  const packId = `${basename(named)}-${basename(dir)}`;
  if (basename(folder) !== top || !isPackId(packId)) return undefined;
  return { packId, paths: packPaths(dirname(folder), packId) };
}
