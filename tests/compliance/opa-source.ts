import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MODULE = "github.com/open-policy-agent/opa";
const CASES = "v1/test/cases/testdata";
const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * The folder of OPA's own cases at one version: in `OPA_SOURCE` when that names a copy of OPA's Go module, else where
 * Go keeps the module, which it downloads (checked against its checksum database) if it must.
 */
export async function findCases(version: string): Promise<string> {
  const source = process.env["OPA_SOURCE"] ?? (await downloadModule(version));
  const folder = join(source, CASES);
  await access(folder);
  return folder;
}

async function downloadModule(version: string): Promise<string> {
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", `${MODULE}@v${version}`], {
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir?: string };
  if (folder === undefined) throw new Error(`go mod download says no folder for ${MODULE} ${version}`);
  return folder;
}

export async function opaVersion(opa: string): Promise<string> {
  const { stdout } = await promisify(execFile)(opa, ["version"]);
  const version = /^Version: (\S+)$/m.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${opa} does not tell its version`);
  return version;
}
