import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { digestOf, packPaths, rawDigest } from "@policy-pack/pack";
import { createTempDir } from "@policy-pack/testkit";

/** A folder with `contracts/` and `dist/` that a test writes packs into. */
export interface PackRoot {
  readonly path: string;
  readonly remove: () => Promise<void>;
  /** Only the source folder: a pack that is known and not built. */
  readonly addSource: (packId: string) => Promise<void>;
  /** Any bytes: the server does not look into a tar. Returns its path. */
  readonly addTar: (packId: string, bytes: Uint8Array, modified?: Date) => Promise<string>;
  /** A well-formed bundle that claims to be over the bytes; nothing in it would verify. Returns its text. */
  readonly addBundle: (packId: string, signed: Uint8Array, padding?: number) => Promise<string>;
}

export async function createPackRoot(): Promise<PackRoot> {
  const { path, remove } = await createTempDir();
  return {
    path,
    remove,
    addSource: async (packId) => {
      await mkdir(packPaths(path, packId).source, { recursive: true });
    },
    addTar: async (packId, bytes, modified) => {
      const { tar } = packPaths(path, packId);
      await mkdir(dirname(tar), { recursive: true });
      await rm(tar, { force: true });
      await writeFile(tar, bytes);
      if (modified !== undefined) await utimes(tar, modified, modified);
      return tar;
    },
    addBundle: async (packId, signed, padding = 0) => {
      const { bundle } = packPaths(path, packId);
      await mkdir(dirname(bundle), { recursive: true });
      const text = `${JSON.stringify(bundleOver(signed, padding), undefined, 2)}\n`;
      await writeFile(bundle, text);
      return text;
    },
  };
}

function bundleOver(signed: Uint8Array, padding: number): object {
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: "k".repeat(padding + 1) } },
    messageSignature: {
      messageDigest: {
        algorithm: "SHA2_256",
        digest: Buffer.from(rawDigest(digestOf(signed))).toString("base64"),
      },
      signature: Buffer.from("not a signature").toString("base64"),
    },
  };
}
