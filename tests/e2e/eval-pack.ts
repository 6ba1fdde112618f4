import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import { createCli } from "./cli-run.ts";
import type { Cli, Finished, RunOptions } from "./cli-run.ts";

const SOURCE = "contracts/ask/v0";

/** The tar of the pack, taken as it is. */
export const ASK = ["dist/ask/v0/ask-v0.tar", "--unsafe-unverified"];

const REGO = `package ask

# METADATA
# entrypoint: true
allow if {
	print("asked about", input.x)
	input.x > data.limits.least
}

# METADATA
# entrypoint: true
same := input

# METADATA
# entrypoint: true
now := time.now_ns()

# METADATA
# entrypoint: true
drawn := rand.intn("a", 1000000000)

# METADATA
# entrypoint: true
endless if {
	input.hang == true
	some i in numbers.range(1, 4000)
	some j in numbers.range(1, 4000)
	i * j == -1
}

# METADATA
# entrypoint: true
parsed := units.parse(input.size)

# METADATA
# entrypoint: true
matches := regex.replace(input.text, "(a+)+$", "b")
`;

const MASK = `package system.log

# METADATA
# entrypoint: true
mask contains "/input/secret"

# METADATA
# entrypoint: true
drop if input.input.quiet == true
`;

/** A pack that tells what it is asked, built by the command in a temporary folder. */
export interface EvalPack {
  readonly cli: Cli;
  readonly path: string;
  readonly at: (path: string) => string;
  /** `eval` of the pack with these flags. */
  eval(flags: readonly string[], options?: RunOptions): Promise<Finished>;
  evalJson(flags: readonly string[], options?: RunOptions): Promise<Finished & { readonly answer: unknown }>;
  remove(): Promise<void>;
}

export async function createEvalPack(): Promise<EvalPack> {
  const temp = await createTempDir();
  const cli = await createCli(temp.path);
  const at = (path: string): string => join(temp.path, path);
  await writeFiles(at, {
    [`${SOURCE}/opa/ask.rego`]: REGO,
    [`${SOURCE}/opa/log.rego`]: MASK,
    [`${SOURCE}/data/limits/data.json`]: '{"least": 3}',
    [`${SOURCE}/README.md`]: "# Ask\n",
    [`${SOURCE}/manifest.json`]: '{"manifest": {"revision": 1, "previousDigest": null}}\n',
  });
  const { status, stderr } = await cli.run(["build", SOURCE, "--wasm-include-print"]);
  if (status !== 0) throw new Error(stderr);
  return {
    cli,
    path: temp.path,
    at,
    eval: (flags, options) => cli.run(["eval", ...ASK, ...flags], options),
    evalJson: (flags, options) => cli.json(["eval", ...ASK, ...flags], options),
    remove: temp.remove,
  };
}

export async function writeFiles(at: (path: string) => string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  }
}

/** The lines of JSON on stdout. */
export function linesOf({ stdout }: Finished): readonly unknown[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
