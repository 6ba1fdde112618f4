import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { ConfigError, quotePath } from "@policy-pack/pack";
import { askGit } from "../git.ts";
import type { Environment } from "../git.ts";
import type { GitFolder } from "./git-files.ts";

/**
 * Refuses a folder about which git would answer for another one: a symbolic link, a folder behind one, or a repository of
 * its own within the one around `cwd`, such as a submodule. A change could put either in a pack's place, and what the base
 * says of the pack would be looked for where it never was. Nothing is refused where git does not answer.
 * @param cwd absolute
 * @throws ConfigError CONFIG_INVALID
 */
export async function checkGitPlace({ dir, env }: GitFolder, cwd: string): Promise<void> {
  const top = await topOf(dir, env);
  if (top === undefined) return;
  const prefix = (await lineOf(dir, ["rev-parse", "--show-prefix"], env)) ?? "";
  const steps = prefix.split("/").filter((step) => step !== "");
  const above = resolve(dir, ...steps.map(() => ".."));
  const below = steps.length === 0 ? [] : resolve(dir).split(sep).slice(-steps.length);
  if ((await realpath(above)) !== top || below.join("/") !== steps.join("/")) {
    const place = prefix === "" ? "the repository itself" : quotePath(prefix);
    const message = `${quotePath(dir)} is or lies behind a symbolic link; in git it is ${place}. Name the folder itself.`;
    throw new ConfigError("CONFIG_INVALID", message);
  }
  const around = await topOf(cwd, env);
  if (around === undefined || around === top || !`${top}${sep}`.startsWith(`${around}${sep}`)) return;
  throw new ConfigError(
    "CONFIG_INVALID",
    `${quotePath(dir)} is in a repository of its own, such as a submodule, within ${quotePath(around)}; go there first.`,
  );
}

/** The work tree around a folder, links resolved. */
async function topOf(dir: string, env: Environment): Promise<string | undefined> {
  const top = await lineOf(dir, ["rev-parse", "--show-toplevel"], env);
  return top === undefined || top === "" ? undefined : realpath(top);
}

async function lineOf(dir: string, args: readonly string[], env: Environment): Promise<string | undefined> {
  const answer = await askGit(dir, args, env);
  return answer.ok ? answer.stdout.toString().replace(/\r?\n$/, "") : undefined;
}
