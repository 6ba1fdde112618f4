import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDevAuthority } from "@policy-pack/dev-authority";
import { signBlob } from "@policy-pack/sign";

const RUN = fileURLToPath(new URL("run.cjs", import.meta.url));

/**
 * Makes `policy-pack verify` start fast: runs it, gathers what it loaded in one file, `hot.js`, and runs it once more to
 * keep the code that V8 made of that, `hot.js.v8`. The code fits the running Node; another one compiles anew.
 */
export async function warmUp(dir: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "policy-pack-command-"));
  try {
    const args = await verifyArguments(work);
    const run = (): unknown =>
      execFileSync(process.execPath, [RUN, dir, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    run();
    await writeFile(join(dir, "hot.js"), await gather(dir));
    run();
    await rm(join(dir, "loaded.json"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function verifyArguments(work: string): Promise<readonly string[]> {
  const authority = await openDevAuthority(join(work, "authority"));
  const artifact = Buffer.from("what is verified matters not, only that it is");
  const file = join(work, "artifact");
  const bundle = `${file}.sigstore.json`;
  await writeFile(file, artifact);
  await writeFile(bundle, await signBlob(artifact, authority.signing()));
  const { identity, issuer } = authority;
  return [
    ...["verify", file, "--bundle", bundle, "--trusted-root", join(authority.dir, "trusted_root.json")],
    ...["--certificate-identity", identity, "--certificate-oidc-issuer", issuer],
  ];
}

/** The loaded modules as the functions that CommonJS makes of them, by name. */
async function gather(dir: string): Promise<string> {
  const names = JSON.parse(await readFile(join(dir, "loaded.json"), "utf8")) as readonly string[];
  const rows = names.map(async (name) => {
    const source = await readFile(join(dir, name), "utf8");
    return `${JSON.stringify(name)}: function (exports, require, module, __filename, __dirname, importPackage) {${source}\n}`;
  });
  return `({${(await Promise.all(rows)).join(",\n")}})`;
}
