/**
 * Bundles the compiled command into clients/cli/dist/command/, from where its bin starts it; does nothing when what is
 * there is current. Run by `npm run build`.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { bundleCommand, CLI_DIR } from "./bundle.ts";
import { warmUp } from "./hot.ts";
import { compiledWorkspaces, digestOfMakers } from "./inputs.ts";

const target = join(CLI_DIR, "dist/command");
const { isCurrent } = createRequire(import.meta.url)("../../clients/cli/bin/bundle.js") as {
  isCurrent: (dir: string) => boolean;
};
const makers = await digestOfMakers();
const madeBy = isCurrent(target) ? await readFile(join(target, "made-by.txt"), "utf8") : undefined;
if (madeBy !== makers) {
  // Of this process alone: files of two builds in one folder would be a program that nobody wrote.
  const staging = `${target}.new-${process.pid}`;
  try {
    await rm(staging, { recursive: true, force: true });
    const inputs = compiledWorkspaces(CLI_DIR, staging);
    await bundleCommand(CLI_DIR, staging);
    await writeFile(join(staging, "inputs.json"), JSON.stringify(inputs));
    await writeFile(join(staging, "made-by.txt"), makers);
    await warmUp(staging);
    await putInPlace(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Another build may put its own bundle there at the same time: it is of the same sources, so either will do. */
async function putInPlace(staging: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await rename(staging, target).catch((error: unknown) => {
    if (!isCurrent(target)) throw error;
  });
}
