import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { OpaOutput } from "@policy-pack/build";
import { ConfigError, isPolicyPath, messageOf } from "@policy-pack/pack";
import type { Terminal } from "../terminal.ts";
import type { Input } from "./asker.ts";
import type { AskedPolicy } from "./policy.ts";

/** One question as OPA is asked it, on the command line of `opa eval` or `opa bench`. */
export interface OpaQuestion {
  /** The policies, the data and the input. */
  readonly sources: readonly string[];
  /** What allows no host but those granted; `opa eval` takes it. */
  readonly offline: readonly string[];
  readonly query: string;
  /** Runs OPA where the files lie. @throws ConfigError TOOL_FAILED */
  readonly run: (args: readonly string[]) => Promise<OpaOutput>;
}

export interface AskedOfOpa {
  readonly policy: AskedPolicy;
  readonly entrypoint: string;
  readonly input: Input;
  /** What `time.now_ns` answers; OPA's own clock unless given. */
  readonly now?: bigint | undefined;
}

/**
 * Writes a pack's policies and what it is asked with into a private folder, hands the question on, and removes the folder.
 * @throws ConfigError TOOL_MISSING without the pinned OPA, TOOL_FAILED, OUTPUT_FAILED; what `use` throws
 */
export async function withOpaQuestion<T>(
  terminal: Terminal,
  asked: AskedOfOpa,
  use: (question: OpaQuestion) => Promise<T>,
): Promise<T> {
  const { findOpa, runOpa } = await import("@policy-pack/build");
  const { path: opa } = await findOpa(terminal);
  const folder = await mkdtemp(join(tmpdir(), "policy-pack-opa-"));
  try {
    const [cwd, home] = [join(folder, "pack"), join(folder, "home")];
    await mkdir(home);
    const run = (args: readonly string[]): Promise<OpaOutput> => runOpa({ opa, cwd, home }, args);
    await writing(() => writePack(cwd, asked.policy));
    const { stdout } = await run(["capabilities", "--current"]);
    await writing(async () => {
      await writeFile(join(cwd, CAPABILITIES), granted(stdout, asked.policy));
      if (asked.input !== undefined) await writeFile(join(cwd, INPUT), asked.input);
    });
    const sources = ["--data", "opa", "--data", "data", ...(asked.input === undefined ? [] : ["--input", INPUT])];
    return await use({ sources, offline: ["--capabilities", CAPABILITIES], query: queryOf(asked), run });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const INPUT = "input.json";
const CAPABILITIES = "capabilities.json";

/** The rule, by keys that need no escaping, at the time that is given. */
function queryOf({ entrypoint, now }: AskedOfOpa): string {
  const keys = entrypoint.split("/").map((key) => `[${JSON.stringify(key)}]`);
  return `data${keys.join("")}${now === undefined ? "" : ` with time.now_ns as ${now}`}`;
}

async function writePack(cwd: string, { pack, contents }: AskedPolicy): Promise<void> {
  const policies = [...pack.files].filter(([path]) => isPolicyPath(path));
  const files: (readonly [string, Uint8Array])[] = [...policies, ["data/data.json", contents.dataJson]];
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), bytes);
  }
}

/** OPA's own capabilities, with the hosts that were granted and no others. */
function granted(current: string, { capabilities: { http, lookup } }: AskedPolicy): string {
  const hosts = [...(http?.hosts ?? []), ...(lookup?.hosts ?? [])];
  return JSON.stringify({ ...(JSON.parse(current) as object), allow_net: hosts });
}

async function writing(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    throw new ConfigError("OUTPUT_FAILED", `OPA's copy of the pack cannot be written: ${messageOf(cause)}.`, { cause });
  }
}
