import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { ConfigError, PolicyPackError } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";
import { runOpa } from "./opa-run.ts";

/** The only OPA that counts: another version gives other bytes. `scripts/tools.txt` pins the same. */
export const OPA_VERSION = "1.20.2";

export interface OpaTool {
  readonly path: string;
  readonly version: string;
}

export interface OpaSearch {
  /** A folder whose `.bin/opa` may be run, if any. Never one that others fill: what stands there is run. */
  readonly checkout?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds OPA at the pinned version: in each absolute folder of `PATH`, then as `.bin/opa` of the checkout that is named.
 * The working directory is not looked at, since a hostile source may be there.
 * @throws ConfigError TOOL_MISSING, which names the four ways to get it and what was found instead
 */
export async function findOpa({ checkout, env }: OpaSearch): Promise<OpaTool> {
  const name = process.platform === "win32" ? "opa.exe" : "opa";
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const own = checkout === undefined ? [] : [resolve(checkout, ".bin")];
  const candidates = new Set([...folders, ...own].map((folder) => join(folder, name)));
  const others: string[] = [];
  for (const path of candidates) {
    const version = await readVersion(path);
    if (version === OPA_VERSION) return { path, version };
    if (version !== undefined) others.push(`${path} is ${version}`);
  }
  throw missing(others);
}

/**
 * The OPA at a path that the caller names.
 * @throws ConfigError TOOL_MISSING when it is not there or of another version
 */
export async function openOpa(path: string): Promise<OpaTool> {
  const version = await readVersion(resolve(path));
  if (version === OPA_VERSION) return { path: resolve(path), version };
  throw missing([`${path} is ${version ?? "no OPA"}`]);
}

/** The version that a program states, or undefined when there is none to run. */
async function readVersion(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const { opaVersionTimeoutMs: timeoutMs } = BUILD_LIMITS;
    const run = { opa: path, cwd: dirname(path), home: tmpdir(), timeoutMs };
    const { stdout } = await runOpa(run, ["version"]);
    return /^Version: (\S{1,40})$/m.exec(stdout)?.[1] ?? "of unknown version";
  } catch (cause) {
    if (cause instanceof PolicyPackError) return "not running";
    return undefined;
  }
}

function missing(others: readonly string[]): ConfigError {
  const found = others.length === 0 ? "" : ` (${others.join("; ")})`;
  return new ConfigError(
    "TOOL_MISSING",
    `No opa ${OPA_VERSION} was found${found}. Any one of these gives it: an opa ${OPA_VERSION} on PATH; the same at ` +
      `.bin/opa of the checkout of policy-pack that runs; scripts/dev_install_opa.sh there, which downloads the ` +
      `pinned release and checks its SHA-256; a Go build, go install github.com/open-policy-agent/opa@v${OPA_VERSION}.`,
  );
}
