import { dirname, resolve } from "node:path";
import type { BuildResult, BuildStep, OpaTool } from "@policy-pack/build";
import { packPaths, PRINT_BUILTIN } from "@policy-pack/pack";
import type { PackManifest } from "@policy-pack/pack";
import type { Command } from "commander";
import { DEFAULT_PACK_ID, displayPath, packIdOfFolder, packOfSource } from "../locate.ts";
import { checkOutputFolder } from "../output-folder.ts";
import { addParityFlags, readParity } from "../parity/parity-flags.ts";
import type { ParityFlags } from "../parity/parity-flags.ts";
import { notComparedNotes, parityFact } from "../parity/parity-text.ts";
import { formatSize, formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { withAbort } from "../signals.ts";
import { createProgress } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, packIdFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

interface BuildFlags extends CommonFlags, ParityFlags {
  readonly out?: string;
  readonly packId?: string;
  readonly tar?: string;
  readonly wasmIncludePrint?: boolean;
}

/** `policy-pack build`: the same bytes from the same source, on every machine. */
export function addBuild({ terminal, version, answer }: VerbContext): Command {
  const command = createVerb(
    {
      name: "build",
      summary: "check, test, compile and pack a policy",
      description:
        "Checks and tests the Rego with the pinned OPA, compiles it to WASM and writes the tar, the stock OPA " +
        "bundle and the manifest. The same source gives the same bytes. Before anything is written the module is held " +
        "against OPA: the pack's tests, its recorded cases and a seeded set of random inputs must be decided alike " +
        "(PARITY_FAILED names the smallest input that is not); `policy-pack test --inputs 10000 --seed 7` asks more. " +
        "When anything fails, the earlier pack stays whole.",
      examples: ["policy-pack build", "policy-pack build contracts/access/v0 --out dist/access/v0 --json"],
    },
    version,
  )
    .argument("[pack-dir]", `the source folder (default: ${packPaths("", DEFAULT_PACK_ID).source})`)
    .addOption(valueFlag("--out <dir>", "where the artifacts go (default: dist/<name>/<vN> of the checkout)"))
    .addOption(packIdFlag())
    .addOption(valueFlag("--tar <file>", "where the tar goes (default: <out>/<packId>.tar)"))
    .option("--wasm-include-print", "compile print() calls, which are left out otherwise; later builds keep to it")
    .option("--no-wasm-include-print", "leave print() calls out again");
  return addParityFlags(command).action((dir: string | undefined, flags: BuildFlags) =>
    answer(flags, build(terminal, dir, flags)),
  );
}

async function build(terminal: Terminal, dir: string | undefined, flags: BuildFlags): Promise<Report> {
  const source = resolve(terminal.cwd, dir ?? packPaths("", DEFAULT_PACK_ID).source);
  const outDir = flags.out === undefined ? defaultOut(terminal, source, flags) : resolve(terminal.cwd, flags.out);
  const tarPath = flags.tar === undefined ? undefined : resolve(terminal.cwd, flags.tar);
  if (tarPath !== undefined && dirname(tarPath) !== outDir) await checkOutputFolder(terminal, tarPath);
  const { buildPack, findOpa } = await import("@policy-pack/build");
  const parity = readParity(flags);
  const progress = createProgress(terminal);
  progress.step(`building ${displayPath(terminal, source)}`);
  try {
    const opa = await findOpa(terminal);
    const result = await withAbort((signal) =>
      buildPack({
        sourceDir: source,
        outDir,
        opa: opa.path,
        parity,
        signal,
        onProgress: ({ step, ms }) => {
          progress.step(`${step} took ${ms.toFixed(0)} ms`);
        },
        ...(flags.packId === undefined ? {} : { packId: flags.packId }),
        ...(tarPath === undefined ? {} : { tarPath }),
        ...(flags.wasmIncludePrint === undefined ? {} : { includesPrint: flags.wasmIncludePrint }),
      }),
    );
    return await describeBuild(terminal, result, opa);
  } finally {
    progress.done();
  }
}

/** `dist/<name>/<vN>` of the checkout that the source stands in, or else of the working folder. */
function defaultOut(terminal: Terminal, source: string, { packId }: BuildFlags): string {
  const pack = packOfSource(terminal, source);
  const isNamedByFolder = packId === undefined || packId === pack?.packId;
  if (pack !== undefined && isNamedByFolder) return pack.paths.output;
  return packPaths(terminal.cwd, packId ?? packIdOfFolder(source)).output;
}

async function describeBuild(terminal: Terminal, result: BuildResult, opa: OpaTool): Promise<Report> {
  const { toParityField } = await import("@policy-pack/build");
  const { packId, digest, manifest, tarPath, opaBundlePath, manifestPath, changed, timings, tests, coverage } = result;
  const { parity } = result;
  const facts = stepFacts(result, opa);
  const steps = timings.map(({ step, ms }) => [step, `${ms.toFixed(0)} ms`, facts[step]]);
  const artifacts = [tarPath, opaBundlePath].map((path, i) => {
    const artifact = manifest.artifacts[i];
    return [displayPath(terminal, path), formatSize(artifact?.size ?? 0), artifact?.digest ?? ""];
  });
  const news = changed.length === 0 ? "Nothing changed: the same bytes were there before." : "";
  const notes = [...requiresNotes(manifest), ...notComparedNotes(parity)].join("\n");
  const text = [`${packId} revision ${manifest.revision}`, formatTable(steps), formatTable(artifacts), notes, news];
  return {
    json: {
      packId,
      revision: manifest.revision,
      digest,
      tar: tarPath,
      opaBundle: opaBundlePath,
      manifest: manifestPath,
      artifacts: manifest.artifacts,
      entrypoints: manifest.entrypoints,
      changed,
      tests,
      coverage,
      requires: manifest.requires,
      parity: parity === undefined ? null : toParityField(parity),
      opa,
      timings,
    },
    text: text.filter((part) => part !== "").join("\n\n"),
  };
}

/** What a host must be asked to grant before it loads the pack, and that it prints. */
function requiresNotes({ requires }: PackManifest): readonly string[] {
  const { builtins = [], capabilities = [] } = requires ?? {};
  return [
    ...capabilities.map((name) => `Needs ${name}: a host refuses this pack unless it is granted.`),
    ...(builtins.includes(PRINT_BUILTIN) ? ["Prints: its print() calls are compiled."] : []),
  ];
}

function stepFacts(
  { manifest, tests, coverage, parity }: BuildResult,
  opa: OpaTool,
): Readonly<Record<BuildStep, string>> {
  return {
    read: `${manifest.files.length} files in the pack`,
    check: `strict, with OPA ${opa.version}`,
    test: `${tests.passed} tests passed, ${coverage} % of the lines covered`,
    compile: `${manifest.entrypoints.length} entrypoints`,
    parity: parity === undefined ? "" : parityFact(parity),
    encode: "",
    write: "",
  };
}
