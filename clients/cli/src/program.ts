import { Command, CommanderError } from "commander";
import { reportFailure } from "./failure.ts";
import { printReport } from "./report.ts";
import { hasColours } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import type { VerbContext } from "./verb.ts";
import { readVersion } from "./version.ts";

const EXIT_CODES = `
Exit codes:
  0  done                                        4  not proven (digest, signature, log, time)
  1  unexpected                                  5  proven, but not accepted (another signer or pack)
  2  usage, configuration, source or a tool      6  could not be fetched
  3  malformed, or over a limit                  7  could not decide

Every verb has --json, --version and --help. With --json a failure prints {"error": {"code", "message", "retryable"}}
on stdout; without it "error CODE: message" goes to stderr. Progress is shown on stderr only when that is a terminal.`;

/** Columns of --help; fewer on a terminal that has not as many. */
const HELP_WIDTH = 100;

type AddVerb = (context: VerbContext) => Command;

/** In the order in which a pack meets them. Each is loaded when the command line begins with it, or help names them all. */
const VERBS: Readonly<Record<string, () => Promise<AddVerb>>> = {
  init: async () => (await import("./commands/init.ts")).addInit,
  build: async () => (await import("./commands/build.ts")).addBuild,
  test: async () => (await import("./commands/test.ts")).addTest,
  contract: async () => (await import("./commands/contract.ts")).addContract,
  release: async () => (await import("./commands/release.ts")).addRelease,
  "generate-key-pair": async () => (await import("./commands/generate-key-pair.ts")).addGenerateKeyPair,
  sign: async () => (await import("./commands/sign.ts")).addSign,
  verify: async () => (await import("./commands/verify.ts")).addVerify,
  attest: async () => (await import("./commands/attest.ts")).addAttest,
  "verify-attestation": async () => (await import("./commands/verify-attestation.ts")).addVerifyAttestation,
  rebuild: async () => (await import("./commands/rebuild.ts")).addRebuild,
  diff: async () => (await import("./commands/diff.ts")).addDiff,
  simulate: async () => (await import("./commands/simulate.ts")).addSimulate,
  inspect: async () => (await import("./commands/inspect.ts")).addInspect,
  serve: async () => (await import("./commands/serve.ts")).addServe,
  token: async () => (await import("./commands/token.ts")).addToken,
  evidence: async () => (await import("./commands/evidence.ts")).addEvidence,
  fetch: async () => (await import("./commands/fetch.ts")).addFetch,
  eval: async () => (await import("./commands/eval.ts")).addEval,
  bench: async () => (await import("./commands/bench.ts")).addBench,
  "decision-log": async () => (await import("./commands/decision-log.ts")).addDecisionLog,
  readiness: async () => (await import("./commands/readiness.ts")).addReadiness,
  policy: async () => (await import("./commands/policy.ts")).addPolicy,
  "trusted-root": async () => (await import("./commands/trusted-root.ts")).addTrustedRoot,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctor,
};

async function loadVerbs([first = ""]: readonly string[]): Promise<readonly AddVerb[]> {
  const names = Object.hasOwn(VERBS, first) ? [first] : Object.keys(VERBS);
  const verbs: AddVerb[] = [];
  for (const name of names) {
    const verb = await VERBS[name]?.();
    if (verb !== undefined) verbs.push(verb);
  }
  return verbs;
}

/** @param write takes help and version; failures go another way */
function createProgram(verbs: readonly AddVerb[], context: VerbContext, write: (text: string) => void): Command {
  const { terminal, version } = context;
  const program = new Command("policy-pack")
    .description(
      "OPA policies as a supply chain: deterministic packs, Sigstore signatures, offline verification, decisions.",
    )
    // What stands behind a verb is for that verb alone.
    .enablePositionalOptions()
    .version(version, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand("help [verb]", "print the help of a verb")
    .addHelpText("after", EXIT_CODES);
  for (const addVerb of verbs) program.addCommand(addVerb(context));
  for (const command of withDescendants(program)) {
    command.exitOverride().configureOutput({
      writeOut: write,
      writeErr: (text) => void terminal.stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(terminal.stdout.columns ?? HELP_WIDTH, HELP_WIDTH),
      getOutHasColors: () => hasColours(terminal, terminal.stdout),
      getErrHasColors: () => hasColours(terminal, terminal.stderr),
    });
  }
  return program;
}

function withDescendants(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

/** The command whose help to read: the program with the verbs that the arguments begin with. */
function usageOf(command: Command, [name, ...rest]: readonly string[]): string {
  const verb = command.commands.find((candidate) => candidate.name() === name);
  return verb === undefined ? command.name() : `${command.name()} ${usageOf(verb, rest)}`;
}

/**
 * The arguments up to a verb that there is not: commander would otherwise answer `--help` and `--version` behind it as
 * if the word were none, and exit 0.
 */
function knownPart(program: Command, args: readonly string[]): readonly string[] {
  let command = program;
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith("-") || arg === "help" || command.commands.length === 0) break;
    const verb = command.commands.find((candidate) => candidate.name() === arg);
    if (verb === undefined) return args.slice(0, index + 1);
    command = verb;
  }
  return args;
}

/** Help and version are answers (0); help for want of a verb is a usage error (2); undefined is no help at all. */
function helpStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  if (thrown.code === "commander.help") return thrown.exitCode === 0 ? 0 : 2;
  return thrown.exitCode === 0 ? 0 : undefined;
}

/** What --version and --help say, for --json. */
function toAnswer(thrown: unknown, text: string): Record<string, string> {
  const key = thrown instanceof CommanderError && thrown.code === "commander.version" ? "version" : "help";
  return { [key]: text.trim() };
}

/** Looked for by hand, since a command line that cannot be read must be reported in the form that it asks for. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? undefined : end).includes("--json");
}

/**
 * Runs one `policy-pack` command line, without the program's name, and reports what fails.
 * @returns the exit status: 0, or that of the error's class
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = asksForJson(args);
  const said: string[] = [];
  let exitCode = 0;
  const context: VerbContext = {
    terminal,
    version: readVersion(),
    answer: async (flags, pending) => {
      const report = await pending;
      printReport(terminal, report, flags.json === true);
      exitCode = report.exitCode ?? 0;
    },
  };
  const program = createProgram(await loadVerbs(args), context, (text) => {
    if (json) said.push(text);
    else terminal.stdout.write(text);
  });
  try {
    await program.parseAsync(knownPart(program, args), { from: "user" });
    return exitCode;
  } catch (thrown) {
    const status = helpStatus(thrown);
    if (status === 0 && json) printReport(terminal, { json: toAnswer(thrown, said.join("")), text: "" }, true);
    if (status !== undefined) return status;
    return reportFailure(terminal, thrown, json, usageOf(program, args));
  }
}
