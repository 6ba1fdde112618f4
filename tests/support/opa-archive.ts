import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { list } from "tar";

/** The module in an archive that `opa build --target wasm` wrote. */
export async function readPolicyWasm(archive: string): Promise<Uint8Array> {
  const bytes = gunzipSync(await readFile(archive));
  const chunks: Buffer[] = [];
  const parser = list({
    onReadEntry: (entry) => {
      if (entry.path.endsWith("policy.wasm")) entry.on("data", (chunk: Buffer) => chunks.push(chunk));
      else entry.resume();
    },
  });
  await new Promise<void>((resolve, reject) => {
    parser.once("end", () => {
      resolve();
    });
    parser.once("error", reject);
    Readable.from([bytes]).pipe(parser);
  });
  if (chunks.length === 0) throw new Error(`${archive} holds no policy.wasm`);
  return Buffer.concat(chunks);
}
