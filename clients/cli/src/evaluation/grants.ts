import type { Capabilities } from "@policy-pack/evaluate";
import { ConfigError, EvaluationError, isJsonObject, parseJson } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import type { Command } from "commander";
import { CLI_LIMITS } from "../limits.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { groupFlags, listFlag, valueFlag } from "../verb.ts";

export interface GrantFlags {
  readonly allowHttp?: readonly string[];
  readonly allowLookup?: readonly string[];
  readonly runtime?: string;
}

/** The flag that grants what a builtin needs. */
const GRANTED_BY: Readonly<Record<keyof Capabilities, string>> = {
  http: "--allow-http HOST",
  lookup: "--allow-lookup NAME",
  runtime: "--runtime FILE",
};

export function addGrantFlags(command: Command): Command {
  return groupFlags(command, "What the policy may do beyond computing (nothing unless granted):", () =>
    command
      .addOption(listFlag("--allow-http <host>", "a host that http.send may ask; may be given again"))
      .addOption(listFlag("--allow-lookup <name>", "a name that net.lookup_ip_addr may look up; may be given again"))
      .addOption(valueFlag("--runtime <file>", "a JSON object, which opa.runtime answers")),
  );
}

/** @throws ConfigError CONFIG_INVALID for a file that holds no object; FormatError as of `parseJson` */
export async function readGrants(terminal: Terminal, flags: GrantFlags): Promise<Capabilities> {
  const { allowHttp, allowLookup, runtime } = flags;
  return {
    ...(allowHttp === undefined ? {} : { http: { hosts: allowHttp } }),
    ...(allowLookup === undefined ? {} : { lookup: { hosts: allowLookup } }),
    ...(runtime === undefined ? {} : { runtime: await readRuntime(terminal, runtime) }),
  };
}

async function readRuntime(terminal: Terminal, path: string): Promise<JsonObject> {
  const { maxInputBytes: maxBytes } = CLI_LIMITS;
  const what = `The runtime ${path}`;
  const bytes = await readInputFile(terminal, path, { what: "The runtime", maxBytes });
  const value = parseJson(bytes, { maxBytes, code: "CONFIG_INVALID", what });
  if (isJsonObject(value)) return value;
  throw new ConfigError("CONFIG_INVALID", `${what} is no JSON object; opa.runtime answers an object.`);
}

/**
 * @param builtins what the pack's module leaves to its host
 * @param needed the capabilities of these
 * @throws EvaluationError CAPABILITY_MISSING naming what the pack needs and the flags that grant it
 */
export function checkGranted(
  builtins: readonly string[],
  needed: readonly (keyof Capabilities)[],
  granted: Capabilities,
): void {
  const missing = needed.filter((capability) => granted[capability] === undefined);
  if (missing.length === 0) return;
  const flags = missing.map((capability) => GRANTED_BY[capability]).join(", ");
  throw new EvaluationError(
    "CAPABILITY_MISSING",
    `The pack calls ${builtins.join(", ")}, and not all of that is granted. If it may, say so with ${flags}.`,
  );
}
