/** `pack.ts DIR VERSION`: called by npm_pack.sh, which says what it does. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { readWorkspaces } from "./workspaces.ts";
import type { Workspace } from "./workspaces.ts";

const [dir = "dist/npm", version = ""] = process.argv.slice(2);
const repository = repositoryOf(process.env);
const workspaces = await readWorkspaces();
const others = workspaces.filter(({ json }) => version !== "" && json.version !== version).map(({ json }) => json.name);
if (others.length > 0) throw new Error(`not of version ${version}: ${others.join(", ")}`);

await rm(dir, { recursive: true, force: true });
await mkdir(dir, { recursive: true });
const staging = await mkdtemp(join(tmpdir(), "policy-pack-npm-"));
try {
  for (const [index, workspace] of workspaces.entries()) {
    const file = await pack(workspace, join(staging, String(index)));
    const target = join(dir, `${String(index + 1).padStart(2, "0")}-${file}`);
    await cp(join(staging, String(index), file), target);
    console.log(target);
  }
} finally {
  await rm(staging, { recursive: true, force: true });
}

/** Packs a copy, so that what is added to its package.json is in the package alone. */
async function pack({ folder, json }: Workspace, place: string): Promise<string> {
  const copy = join(place, "package");
  for (const file of listed(folder)) {
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(folder, file), join(copy, file));
  }
  const license = await readFile("LICENSE");
  await writeFile(join(copy, "LICENSE"), license);
  const extended = {
    ...json,
    ...(repository === undefined ? {} : { repository: { ...repository, directory: folder } }),
  };
  await writeFile(join(copy, "package.json"), `${JSON.stringify(extended, null, 2)}\n`);
  const [packed] = npmPack(["./package", "--pack-destination", "."], place);
  if (packed === undefined) throw new Error(`npm packed nothing of ${folder}`);
  return packed.filename;
}

function listed(folder: string): readonly string[] {
  const [packed] = npmPack([`./${folder}`, "--dry-run"], ".");
  const files = (packed?.files ?? []).map(({ path }) => path);
  if (!files.some((path) => path.startsWith("dist/"))) throw new Error(`${folder} is not built; run make first`);
  return files;
}

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function npmPack(args: readonly string[], cwd: string): readonly Packed[] {
  const options = { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
  return JSON.parse(execFileSync("npm", ["pack", "--json", "--ignore-scripts", ...args], options)) as Packed[];
}

function repositoryOf(env: NodeJS.ProcessEnv): { type: "git"; url: string } | undefined {
  const { GITHUB_SERVER_URL = "", GITHUB_REPOSITORY = "" } = env;
  if (GITHUB_SERVER_URL === "" || GITHUB_REPOSITORY === "") return undefined;
  return { type: "git", url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
}
