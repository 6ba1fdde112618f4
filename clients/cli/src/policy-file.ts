import { dirname, isAbsolute, join, resolve } from "node:path";
import { ConfigError, isJsonObject, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { readInputFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";

const ROOTS = "trustedRoots";

/**
 * A verification policy from a file, with the trusted roots that it names by `{"file": "relative path"}` put in place:
 * a path is resolved against the policy's folder. What the document demands is not looked at here.
 * @throws ConfigError CONFIG_INVALID for what is no JSON object, or a root that cannot be read
 * @throws FormatError TRUSTED_ROOT_INVALID, LIMIT_EXCEEDED for a root that is no JSON
 */
export async function readPolicyFile(terminal: Terminal, path: string): Promise<JsonObject> {
  const what = "The verification policy";
  const { maxPolicyBytes: maxBytes } = LIMITS;
  const bytes = await readInputFile(terminal, path, { what, maxBytes });
  const policy = parseJson(bytes, { maxBytes, code: "CONFIG_INVALID", what: `${what} ${path}` });
  if (!isJsonObject(policy)) throw new ConfigError("CONFIG_INVALID", `${what} ${path} is no JSON object.`);
  const roots = policy[ROOTS];
  if (!isJsonObject(roots)) return policy;
  const inlined: (readonly [string, JsonValue])[] = [];
  for (const [name, root] of Object.entries(roots)) inlined.push([name, await inline(terminal, path, root)]);
  return { ...policy, [ROOTS]: Object.fromEntries(inlined) };
}

/** A root that stands in the document itself stays as it is. */
async function inline(terminal: Terminal, policyPath: string, root: JsonValue): Promise<JsonValue> {
  if (!isJsonObject(root) || !("file" in root)) return root;
  const { file, ...others } = root;
  if (typeof file !== "string" || file === "" || isAbsolute(file) || Object.keys(others).length > 0) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `A trusted root of ${policyPath} is to be read from a file, and says it wrongly: write {"file": "<path from the` +
        ` policy's folder>"} and nothing beside it.`,
    );
  }
  const { maxTrustedRootBytes: maxBytes } = LIMITS;
  const place = join(dirname(resolve(terminal.cwd, policyPath)), file);
  const bytes = await readInputFile(terminal, place, { what: "The trusted root", maxBytes });
  return parseJson(bytes, { maxBytes, code: "TRUSTED_ROOT_INVALID", what: `The trusted root ${place}` });
}
