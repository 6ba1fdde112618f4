import { isPackId } from "@policy-pack/pack";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** The flags that every verb has. */
export interface CommonFlags {
  readonly json?: true;
}

/** What a verb is given. */
export interface VerbContext {
  readonly terminal: Terminal;
  readonly version: string;
  /** Prints the report, as JSON when the flags say so, and keeps its exit status for the end. */
  readonly answer: (flags: CommonFlags, report: Promise<Report>) => Promise<void>;
}

export interface VerbInfo {
  readonly name: string;
  readonly summary: string;
  /** What the verb guarantees and what not, for --help. */
  readonly description: string;
  /** Commands that work as they are printed. */
  readonly examples: readonly string[];
}

/** A command with --json, --help with its examples, and --version; arguments, flags and action are added by the verb. */
export function createVerb(info: VerbInfo, version: string): Command {
  const examples = info.examples.map((example) => `  $ ${example}`).join("\n");
  return new Command(info.name)
    .summary(info.summary)
    .description(info.description)
    .option("--json", 'print one JSON object on stdout; a failure prints {"error": {code, message, retryable}} there')
    .version(version, "--version", "print the version of policy-pack")
    .helpOption("--help", "print this help")
    .addHelpText("after", `\nExample${info.examples.length > 1 ? "s" : ""}:\n${examples}`);
}

/** A verb with verbs of its own; without one of them it prints its help, which is a usage error. */
export function createGroup(info: VerbInfo, version: string, verbs: readonly Command[]): Command {
  // Otherwise the group would take the flags that stand behind one of its verbs.
  const group = createVerb(info, version).enablePositionalOptions().helpCommand(false);
  for (const verb of verbs) group.addCommand(verb);
  return group;
}

/** Has the flags that the call adds stand under a heading of their own in --help. */
export function groupFlags(command: Command, heading: string, add: () => unknown): Command {
  const count = command.options.length;
  add();
  for (const option of command.options.slice(count)) option.helpGroup(heading);
  return command;
}

/** A flag with one value, refused when it is empty or given twice: of two signers or two roots, none is silently dropped. */
export function valueFlag(
  flags: string,
  description: string,
  problemOf?: (value: string) => string | undefined,
): Option {
  return new Option(flags, description).argParser((value: string, previous: string | undefined) => {
    if (previous !== undefined) throw new InvalidArgumentError("It is given more than once.");
    if (value === "") throw new InvalidArgumentError("It is empty.");
    const problem = problemOf?.(value);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
    return value;
  });
}

/** A flag that may be given again, each time with one more value; never an empty one. */
export function listFlag(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, previous: readonly string[] | undefined) => {
    if (value === "") throw new InvalidArgumentError("It is empty.");
    return [...(previous ?? []), value];
  });
}

/** `--pack-id`, for a folder that does not name its pack. */
export function packIdFlag(): Option {
  return valueFlag("--pack-id <id>", "the pack's id when the folder is not <name>/<vN>", (value) =>
    isPackId(value) ? undefined : "Write <name>-v<number> in lower case, such as access-v0.",
  );
}
