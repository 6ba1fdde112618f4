import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPack } from "@policy-pack/build";
import { openDevAuthority } from "@policy-pack/dev-authority";
import { PACK_FILES, packPaths, readPackUnsafe } from "@policy-pack/pack";
import type { PackPaths } from "@policy-pack/pack";
import { signBlob } from "@policy-pack/sign";
import type { VerificationPolicy } from "@policy-pack/verify";
import { writeContents } from "cos-policy-fetcher";
import { ROOT } from "./tools.ts";

export const PACK_ID = "policy-pack-v0";
const ARTIFACT_BYTES = 1_000_000;

/** The checkout's own pack, built and signed in a folder of the run's own. */
export interface Fixture {
  /** Laid out as a checkout: `contracts/` and `dist/`, and what else the comparisons write. */
  readonly root: string;
  readonly paths: PackPaths;
  /** The pack's tar. */
  readonly pack: Uint8Array;
  /** The pack unpacked, `opa/policy.wasm` and all. */
  readonly unpacked: string;
  readonly trustedRoot: string;
  readonly trustedRootPath: string;
  readonly identity: string;
  readonly issuer: string;
  readonly policy: VerificationPolicy;
  /** A file of 1 MB and its bundle: certificate, log entry and timestamp. */
  readonly artifact: SignedFile;
}

export interface SignedFile {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly bundle: string;
  readonly bundlePath: string;
}

/** Hands the fixture to `use` and removes all of it afterwards, whatever happens. */
export async function withFixture<T>(opa: string, use: (fixture: Fixture) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "policy-pack-bench-"));
  try {
    return await use(await createFixture(root, opa));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function createFixture(root: string, opa: string): Promise<Fixture> {
  const paths = packPaths(root, PACK_ID);
  await cp(packPaths(ROOT, PACK_ID).source, paths.source, { recursive: true });
  await rm(join(paths.source, PACK_FILES.bundle), { force: true });
  await buildPack({ sourceDir: paths.source, outDir: paths.output, opa });
  const pack = await readFile(paths.tar);
  const authority = await openDevAuthority(join(root, "authority"));
  const { identity, issuer } = authority;
  await writeFile(paths.bundle, await signBlob(pack, authority.signing()));
  const bytes = randomBytes(ARTIFACT_BYTES);
  const artifact = {
    bytes,
    path: join(root, "artifact.bin"),
    bundle: await signBlob(bytes, authority.signing()),
    bundlePath: join(root, "artifact.bin.sigstore.json"),
  };
  await writeFile(artifact.path, bytes);
  await writeFile(artifact.bundlePath, artifact.bundle);
  return {
    root,
    paths,
    pack,
    unpacked: await writeContents(readPackUnsafe(pack), join(root, "unpacked")),
    trustedRoot: authority.trustedRoot(),
    trustedRootPath: join(authority.dir, "trusted_root.json"),
    identity,
    issuer,
    policy: { signers: [{ certificateIdentity: identity, certificateOidcIssuer: issuer }] },
    artifact,
  };
}

/** The command of this checkout, as `npx --no-install policy-pack` starts it. */
export const POLICY_PACK = [process.execPath, join(ROOT, "clients/cli/bin/policy-pack.js")] as const;
