import { mkdir, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import { canonicalEntries, encodeTar, packPaths } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";

/** The built server; through a variable, so that it is looked for at run time, not when types are checked. */
const APP = new URL("../../server/dist/app.js", import.meta.url).href;

export interface BuiltServer {
  readonly url: string;
  /** Writes a pack with this README in the way the build does, by rename; returns its bytes. */
  readonly publish: (readme: string) => Promise<Uint8Array>;
  readonly writeBundle: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * `server/dist/app.js` mounted on a plain node:http server. It reads the environment once, so that a test file can have
 * one of these.
 */
export async function startBuiltServer(packId: string, env: Readonly<Record<string, string>>): Promise<BuiltServer> {
  const root = await createTempDir();
  const paths = packPaths(root.path, packId);
  Object.assign(process.env, { MC_PACK_ROOT: root.path, MC_LOG_LEVEL: "silent", ...env });
  const { default: listener } = (await import(APP)) as { default: RequestListener };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/policy/packs/${packId}`,
    publish: async (readme) => {
      const tar = encodeTar(canonicalEntries([{ path: "README.md", bytes: Buffer.from(readme) }]));
      await replaceFile(paths.tar, tar);
      return tar;
    },
    writeBundle: (text) => replaceFile(paths.bundle, text),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await root.remove();
    },
  };
}

async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
