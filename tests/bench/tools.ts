import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { findGnuTar } from "../interop/gnu-tar.ts";

/** The checkout: benchmarks run the built command and read the checkout's own pack. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** What is compared with, and what carries the load. Where it is undefined it is not on this machine. */
export interface Tools {
  readonly opa: string | undefined;
  readonly cosign: string | undefined;
  readonly gnuTar: string | undefined;
  readonly sha256sum: string | undefined;
  readonly nginx: string | undefined;
  readonly wrk: string | undefined;
  readonly taskset: string | undefined;
}

export type ToolName = keyof Tools;

const HOW_TO_GET: Readonly<Record<ToolName, string>> = {
  opa: "scripts/dev_install_opa.sh puts opa at .bin/opa",
  cosign: "scripts/dev_install_cosign.sh puts cosign at .bin/cosign",
  gnuTar: "install GNU tar (Debian: tar; macOS: brew install gnu-tar)",
  sha256sum: "install GNU coreutils (macOS: brew install coreutils)",
  nginx: "install nginx (Debian: apt-get install nginx-light)",
  wrk: "install wrk (Debian: apt-get install wrk)",
  taskset: "install util-linux (Linux only)",
};

/** `.bin` of the checkout first, then PATH, then where system servers live. */
const FOLDERS = [join(ROOT, ".bin"), ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];

export const SEARCH_PATH = FOLDERS.join(delimiter);

function find(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function findTools(): Tools {
  return {
    opa: find("opa"),
    cosign: find("cosign"),
    gnuTar: findGnuTar(),
    sha256sum: find("sha256sum"),
    nginx: find("nginx"),
    wrk: find("wrk"),
    taskset: find("taskset"),
  };
}

/** All that is not on this machine, by the names that people know them by. */
export function absentOf(tools: Tools): readonly string[] {
  const names = Object.keys(HOW_TO_GET) as ToolName[];
  return missing(tools, ...names) ?? [];
}

/** Which of the tools are not on this machine, and how to get them; undefined when all are. */
export function missing(tools: Tools, ...names: readonly ToolName[]): readonly string[] | undefined {
  const absent = names.filter((name) => tools[name] === undefined);
  if (absent.length === 0) return undefined;
  return absent.map((name) => `${name === "gnuTar" ? "GNU tar" : name} is not here: ${HOW_TO_GET[name]}`);
}

const VERSIONS: Readonly<Partial<Record<ToolName, readonly [args: string[], pattern: RegExp]>>> = {
  opa: [["version"], /^Version: (\S+)/m],
  cosign: [["version"], /^GitVersion:\s*v?(\S+)/m],
  gnuTar: [["--version"], /\(GNU tar\) (\S+)/],
  nginx: [["-v"], /nginx\/(\S+)/],
  wrk: [["-v"], /^wrk (?:debian\/)?(\S+)/m],
};

/** The versions of what was found, for the record. */
export function versionsOf(tools: Tools): Readonly<Record<string, string>> {
  const known = Object.entries(VERSIONS).flatMap(([name, [args, pattern]]) => {
    const path = tools[name as ToolName];
    if (path === undefined) return [];
    return [[name === "gnuTar" ? "tar" : name, pattern.exec(printed(path, args))?.[1] ?? "unknown"] as const];
  });
  return Object.fromEntries(known);
}

/** nginx prints its version on stderr, wrk ends with status 1. */
function printed(path: string, args: readonly string[]): string {
  return execFileSync("sh", ["-c", '"$0" "$@" 2>&1 || true', path, ...args], { encoding: "utf8" });
}
