import type { Capabilities, CompiledPolicy, PolicyContents } from "@policy-pack/evaluate";
import { ConfigError, digestOf, exactJsonOf, isJsonObject, parseExactJson } from "@policy-pack/pack";
import type { Digest, PackContents } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { printWarnings } from "../warnings.ts";
import { checkGranted, readGrants } from "./grants.ts";
import type { GrantFlags } from "./grants.ts";

export interface PolicyFlags extends GrantFlags {
  readonly data?: string;
  readonly strictBuiltinErrors?: true;
}

/** A pack that is ready to be asked. */
export interface AskedPolicy {
  readonly pack: PackContents;
  readonly contents: PolicyContents & { readonly module: CompiledPolicy; readonly dataJson: Uint8Array };
  /** What the module leaves to its host, sorted. */
  readonly builtins: readonly string[];
  readonly capabilities: Capabilities;
  readonly strictBuiltinErrors: boolean;
  /** Of the documents that stand in place of the pack's own. */
  readonly dataDigest: Digest | undefined;
}

/**
 * Compiles a pack's module and reads what it is to be asked with.
 * @throws EvaluationError WASM_INVALID, CAPABILITY_MISSING naming the flags; ConfigError CONFIG_INVALID; FormatError
 *   INPUT_INVALID, LIMIT_EXCEEDED
 */
export async function openPolicy(terminal: Terminal, pack: PackContents, flags: PolicyFlags): Promise<AskedPolicy> {
  const { compilePolicy, requiredBuiltins, requiredCapabilities } = await import("@policy-pack/evaluate");
  const module = await compilePolicy(pack.wasm);
  const builtins = requiredBuiltins(module);
  const capabilities = await readGrants(terminal, flags);
  const needed = requiredCapabilities(builtins);
  checkGranted(
    builtins.filter((name) => requiredCapabilities([name]).length > 0),
    needed,
    capabilities,
  );
  const replaced = flags.data === undefined ? undefined : await readData(terminal, flags.data);
  const dataJson = replaced ?? Buffer.from(exactJsonOf(pack.data) ?? JSON.stringify(pack.data));
  return {
    pack,
    contents: { ...pack, module, dataJson },
    builtins,
    capabilities,
    strictBuiltinErrors: flags.strictBuiltinErrors === true,
    dataDigest: replaced === undefined ? undefined : digestOf(replaced),
  };
}

async function readData(terminal: Terminal, path: string): Promise<Uint8Array> {
  const { maxDataBytes: maxBytes } = CLI_LIMITS;
  const bytes = await readInputFile(terminal, path, { what: "The data", maxBytes });
  const { value } = parseExactJson(bytes, { maxBytes, code: "INPUT_INVALID", what: `The data ${path}` });
  if (!isDocuments(value)) {
    throw new ConfigError("CONFIG_INVALID", `The data ${path} is no JSON object; its members are the documents.`);
  }
  printWarnings(terminal, [
    `--data ${path} stands in place of the pack's data: what is decided is not the pack's decision.`,
  ]);
  return bytes;
}

function isDocuments(value: unknown): boolean {
  return isJsonObject(value as Parameters<typeof isJsonObject>[0]);
}
