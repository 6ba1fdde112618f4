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
  const staging = `${target}.new`;
  await rm(staging, { recursive: true, force: true });
  await bundleCommand(CLI_DIR, staging);
  await writeFile(join(staging, "inputs.json"), JSON.stringify(compiledWorkspaces(CLI_DIR, staging)));
  await writeFile(join(staging, "made-by.txt"), makers);
  await warmUp(staging);
  await rm(target, { recursive: true, force: true });
  await rename(staging, target);
}
