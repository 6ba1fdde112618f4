import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RESIDENT_OPTIONS, residentMegabytes } from "../support/resident.ts";
import type { Context, Suite } from "./context.ts";
import { POLICY_PACK } from "./fixture.ts";
import { constant } from "./measure.ts";
import { errorsOf } from "./process.ts";
import type { Comparison } from "./report.ts";

const GIB = 1024 ** 3;
/** What signing and verifying may hold, whatever the file's size. */
const ALLOWED_MB = 150;

export const memory: Suite = { name: "memory", run };

/** A file without content on disk reads as so many zeros: hashing it costs what any other file costs. */
async function run({ fixture: { root, artifact } }: Context): Promise<readonly Comparison[]> {
  const large = join(root, "large");
  await writeFile(large, "");
  await truncate(large, 2 * GIB);
  try {
    return [
      held("Signing", "sign", large, artifact.path, root),
      held("Verifying", "verify", large, artifact.path, root),
    ];
  } finally {
    await rm(large);
  }
}

function held(title: string, verb: string, large: string, small: string, root: string): Comparison {
  return {
    title: `${title} a file of 2 GiB: the most memory held at once`,
    unit: "MB",
    spreads: [
      constant(`\`policy-pack ${verb}\`, 2 GiB`, residentOf(verb, large, root)),
      constant("allowed", ALLOWED_MB),
      constant(`\`policy-pack ${verb}\`, 1 MB`, residentOf(verb, small, root)),
    ],
    goal: 1,
  };
}

function residentOf(verb: string, file: string, root: string): number {
  const args = [verb, file, "--bundle", `${file}.memory.sigstore.json`, "--dev-authority", join(root, "authority")];
  return residentMegabytes(errorsOf([...POLICY_PACK, ...args], root, { NODE_OPTIONS: RESIDENT_OPTIONS }));
}
