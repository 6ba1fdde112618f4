import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { packLocation, readPackUnsafe } from "@policy-pack/pack";
import type { Digest, PackContents, PackManifest } from "@policy-pack/pack";

export interface CompileOptions {
  /** `test-pack-v0` unless said. */
  readonly packId?: string;
  /** 1 unless said. */
  readonly revision?: number;
  readonly previousDigest?: Digest;
}

export interface CompiledPack {
  readonly tar: Uint8Array;
  readonly opaBundle: Uint8Array;
  readonly contents: PackContents;
  readonly digest: Digest;
  readonly manifest: PackManifest;
}

/** Finding OPA runs it once; a test file that compiles many packs asks only once. */
let opa: Promise<string> | undefined;

/**
 * Builds a pack in memory with the real, pinned OPA, as `buildPack` does from a folder. Paths are as in a pack
 * (`opa/a/b.rego`, `data/x/data.json`); a README.md is added when there is none. Entrypoints come from annotations.
 */
export async function compilePack(
  files: Readonly<Record<string, string>>,
  options: CompileOptions = {},
): Promise<CompiledPack> {
  const { packId } = packLocation(options.packId ?? "test-pack-v0");
  const sources = Object.entries({ "README.md": "# Test pack\n", ...files });
  const { assemblePack, createSteps } = await import("@policy-pack/build");
  opa ??= findTestOpa();
  const source = {
    files: sources.map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    packId,
    release: { revision: options.revision ?? 1, previousDigest: options.previousDigest ?? null },
  };
  const { tar, opaBundle, digest, manifest } = await assemblePack(source, { opa: await opa, steps: createSteps() });
  return { tar, opaBundle, contents: readPackUnsafe(tar), digest, manifest };
}

/** The pinned OPA: on PATH, or at `.bin/opa` of the nearest folder above the working directory that has one. */
export async function findTestOpa(): Promise<string> {
  const { findOpa } = await import("@policy-pack/build");
  let checkout = process.cwd();
  while (!existsSync(join(checkout, ".bin", "opa")) && checkout !== dirname(checkout)) checkout = dirname(checkout);
  return (await findOpa({ checkout, env: process.env })).path;
}
