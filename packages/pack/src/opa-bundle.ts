import { mergeExactData } from "./data.ts";
import type { PackEntry, SourceFile } from "./entries.ts";
import { orderEntries } from "./entries.ts";
import { encodeOpaManifest } from "./opa-manifest.ts";
import type { OpaManifest } from "./opa-manifest.ts";
import { encodeTar } from "./tar.ts";

/**
 * The same policy as a stock OPA bundle: `.manifest`, `data.json` with all base documents, and the source's Rego
 * without tests. It names no WASM module, since an OPA built without that runtime refuses a bundle that does. One
 * source gives the same bytes on every platform. The files' paths are not checked: pass what `canonicalEntries` took.
 * @throws FormatError MANIFEST_INVALID | ARCHIVE_INVALID | LIMIT_EXCEEDED for data that cannot be merged
 */
export async function encodeOpaBundle(files: readonly SourceFile[], manifest: OpaManifest): Promise<Uint8Array> {
  const data = Buffer.from(JSON.stringify(mergeExactData(files).value));
  const tar = encodeTar([
    { path: ".manifest", kind: "file", bytes: encodeOpaManifest(manifest) },
    { path: "data.json", kind: "file", bytes: data },
    ...orderEntries(files).filter(isPolicy),
  ]);
  // Loaded on use: only builds compress, and every program that verifies imports this package.
  const { gzipSync } = await import("fflate");
  return gzipSync(tar, { level: 9, mtime: 0 });
}

/** Whether a path is Rego that decides, rather than tests what decides. */
export function isPolicyPath(path: string): boolean {
  return path.startsWith("opa/") && path.endsWith(".rego") && !path.endsWith("_test.rego");
}

function isPolicy(entry: PackEntry): boolean {
  return entry.kind === "file" && isPolicyPath(entry.path);
}
