import { join } from "node:path";
import { COMPANIONS, LIMITS, parseManifest, parseReleaseFields, toContract } from "@policy-pack/pack";
import type { PackContract } from "@policy-pack/pack";
import { readStoredFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";
import { printWarnings } from "../warnings.ts";
import type { NamedBase } from "./base.ts";
import { readGitBase } from "./git-base.ts";

/**
 * The revision that a release follows when no base is named: that of the last commit, so that builds since then change
 * nothing about it. Where git knows of none, what `manifest.json` states; then nobody can tell which inputs it took.
 * @throws ConfigError CONFIG_INVALID; FormatError MANIFEST_INVALID, INPUT_INVALID, LIMIT_EXCEEDED
 */
export async function readReleased(terminal: Terminal, sourceDir: string): Promise<NamedBase> {
  const { findCommit, isInGit } = await import("@policy-pack/build");
  const git = { dir: sourceDir, env: terminal.env };
  const isCommitted = (await isInGit(git)) && (await findCommit(git, "HEAD")) !== undefined;
  const base = isCommitted ? await readGitBase(git, "HEAD", { otherSchemas: "unknown" }) : undefined;
  if (base?.contract === undefined)
    return { kind: "source", name: COMPANIONS.manifest, contract: await readStated(sourceDir) };
  if (base.contract.inputs === undefined) {
    printWarnings(terminal, ["the input schemas that were released are not known, so that lost fields go unseen."]);
  }
  return base;
}

async function readStated(sourceDir: string): Promise<PackContract | undefined> {
  const { maxManifestBytes: maxBytes } = LIMITS;
  const bytes = await readStoredFile(join(sourceDir, COMPANIONS.manifest), { what: "The manifest", maxBytes });
  if (bytes === undefined || parseReleaseFields(bytes).packId === undefined) return undefined;
  return toContract(parseManifest(bytes), { inputs: undefined, isPublished: false });
}
