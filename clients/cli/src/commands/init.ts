import { resolve } from "node:path";
import { ConfigError, packPaths } from "@policy-pack/pack";
import type { Command } from "commander";
import { displayPath, packOfSource } from "../locate.ts";
import type { Report } from "../report.ts";
import { printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, packIdFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface InitFlags extends CommonFlags {
  readonly packId?: string;
}

/** `policy-pack init`: the source of a new pack that builds and passes its tests. */
export function addInit({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "init",
      summary: "scaffold the source of a new pack",
      description:
        "Writes a policy with its tests, input schema and data, ready to build. A folder that holds anything is " +
        "refused.",
      examples: ["policy-pack init contracts/access/v0", "policy-pack init my-pack --pack-id access-v0"],
    },
    version,
  )
    .argument("<dir>", "the new folder; contracts/<name>/<vN> also names the pack")
    .addOption(packIdFlag())
    .action((dir: string, flags: InitFlags) => answer(flags, scaffold(terminal, dir, flags.packId)));
}

async function scaffold(terminal: Terminal, dir: string, given: string | undefined): Promise<Report> {
  const packId = given ?? packOfSource(terminal, dir)?.packId;
  if (packId === undefined) {
    throw new ConfigError(
      "CONFIG_INVALID",
      `${dir} does not name the pack; use contracts/<name>/<vN>, or give --pack-id <name>-v<number>.`,
    );
  }
  const { initPack } = await import("@policy-pack/build");
  const target = resolve(terminal.cwd, dir);
  const files = await initPack(target, { packId });
  const next = await nextSteps(terminal, dir, given, packId);
  const lines = [
    `${packId} is in ${displayPath(terminal, target)}:`,
    ...files.map((file) => `  ${file}`),
    "",
    "Next:",
    ...next.map((command) => `  ${command}`),
  ];
  return { json: { packId, dir: target, files, next }, text: printable(lines.join("\n")) };
}

/** The way from the source to a decision, as commands that work one after the other. */
async function nextSteps(
  terminal: Terminal,
  dir: string,
  given: string | undefined,
  packId: string,
): Promise<readonly string[]> {
  const { scaffoldQuestion } = await import("@policy-pack/build");
  const pack = packOfSource(terminal, dir);
  const paths = pack?.packId === packId ? pack.paths : packPaths(terminal.cwd, packId);
  const [tar, bundle] = [displayPath(terminal, paths.tar), displayPath(terminal, paths.bundle)];
  const { entrypoint, input } = scaffoldQuestion(packId);
  return [
    `policy-pack build ${dir}${given === undefined ? "" : ` --pack-id ${packId}`}`,
    `policy-pack sign ${tar} --dev-authority`,
    `policy-pack inspect ${tar}`,
    `policy-pack verify ${tar} --bundle ${bundle} --dev-authority`,
    `echo '${input}' | policy-pack eval ${tar} --entrypoint ${entrypoint} --input - --bundle ${bundle} --dev-authority`,
  ];
}
