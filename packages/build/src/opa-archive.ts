import { list } from "tar";
import { isJsonObject, messageOf, parseJson } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { BUILD_LIMITS } from "./limits.ts";
import { failed } from "./opa-run.ts";

const ARGS = ["build"];
const { maxOpaFileBytes: maxBytes } = BUILD_LIMITS;

export interface CompiledModule {
  readonly wasm: Uint8Array;
  /** Sorted paths such as `cos/abac/allow`, as OPA marked them from the annotations. */
  readonly entrypoints: readonly string[];
}

/**
 * Reads the module and its entrypoints out of the archive that `opa build -t wasm` wrote.
 * @throws ConfigError TOOL_FAILED
 */
export async function readOpaArchive(path: string): Promise<CompiledModule> {
  const wanted = new Map<string, Buffer>();
  try {
    await list({
      file: path,
      strict: true,
      onReadEntry: (entry) => {
        if (entry.path !== "/policy.wasm" && entry.path !== "/.manifest") return;
        const chunks: Buffer[] = [];
        if (entry.size > maxBytes) throw failed(ARGS, `wrote a ${entry.path} of ${entry.size} bytes`);
        entry.on("data", (chunk) => chunks.push(chunk));
        entry.on("end", () => wanted.set(entry.path, Buffer.concat(chunks)));
      },
    });
  } catch (cause) {
    throw failed(ARGS, `wrote an archive that cannot be read: ${messageOf(cause)}`, cause);
  }
  const wasm = wanted.get("/policy.wasm");
  const manifest = wanted.get("/.manifest");
  if (wasm === undefined || manifest === undefined) throw failed(ARGS, "wrote no policy.wasm");
  return { wasm, entrypoints: readEntrypoints(manifest) };
}

function readEntrypoints(bytes: Uint8Array): readonly string[] {
  const value = parseJson(bytes, { maxBytes, code: "TOOL_FAILED", what: "What opa build wrote" });
  const modules = isJsonObject(value) ? value["wasm"] : undefined;
  if (!Array.isArray(modules)) throw failed(ARGS, "named no entrypoints");
  const names = (modules as readonly JsonValue[]).map((module) => {
    const entrypoint = isJsonObject(module) ? module["entrypoint"] : undefined;
    if (typeof entrypoint !== "string") throw failed(ARGS, "named no entrypoint for a module");
    return entrypoint;
  });
  return [...new Set(names)].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}
