import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import { codeOf } from "./cli-checkout.ts";
import { createCli } from "./cli-run.ts";
import type { Cli } from "./cli-run.ts";
import type { DiffAnswer } from "./diff-answer.ts";

/** In use, signed by the development authority: at most 100 is allowed. */
export const OLD_SOURCE = "contracts/spend/v1";
export const OLD = "old.tar";
export const OLD_BUNDLE = "old.sigstore.json";
/** The same source with a limit of 200, and with one of 50. */
export const WIDER = "wider/spend/v1";
export const STRICTER = "stricter/spend/v1";

/** How OLD is verified. */
export const TRUST = ["--old-bundle", OLD_BUNDLE, "--dev-authority"];

/** The keys of `<name>.key` and `<name>.pub`; `approvers.json` lists the first. */
const KEYS = ["approver", "stranger"] as const;
export const NO_PASSWORD = { env: { COSIGN_PASSWORD: "" } };

export interface ThresholdPacks {
  readonly cli: Cli;
  readonly at: (path: string) => string;
  /** Runs `policy-pack diff --json`. */
  diff(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<DiffRun>;
  write(path: string, content: unknown): Promise<void>;
  /** Writes a migration note and has it signed by a key; returns the bundle's name. */
  signNote(name: string, key: (typeof KEYS)[number], note: NoteJson): Promise<string>;
  remove(): Promise<void>;
}

export interface DiffRun {
  readonly status: number | null;
  readonly stderr: string;
  /** Of a failure. */
  readonly code: unknown;
  readonly answer: DiffAnswer;
}

export interface NoteJson {
  readonly old: string;
  readonly new: string;
  readonly flips: readonly { readonly name: string; readonly reason: string }[];
}

const POLICY = `# METADATA
# scope: package
# title: What may be spent
# schemas:
#   - input: schema.spend.limits.input
package spend.limits

default allow := false

# METADATA
# scope: document
# title: The amount is within the limit
# description: True only for a number up to the limit.
# entrypoint: true
allow if input.amount <= data.config.spend.limit

# METADATA
# scope: document
# title: Why the amount is not allowed
# entrypoint: true
reasons contains "over_limit" if not allow
`;

const TESTS = `package spend.limits_test

import data.spend.limits

test_limit if {
	limits.allow with input as {"amount": 10} with data.config.spend.limit as 10
	not limits.allow with input as {"amount": 11} with data.config.spend.limit as 10
	count(limits.reasons) == 1 with input as {"amount": 11} with data.config.spend.limit as 10
}
`;

const SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  required: ["amount"],
  properties: { amount: { type: "integer", minimum: 0, maximum: 1000 } },
};

/** Packs that differ by a threshold, in a temporary folder; the one in use is built and signed by the command. */
export async function createThresholdPacks(): Promise<ThresholdPacks> {
  const temp = await createTempDir();
  const cli = await createCli(temp.path);
  const at = (path: string): string => join(temp.path, path);
  const write = async (path: string, content: unknown): Promise<void> => {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), typeof content === "string" ? content : JSON.stringify(content));
  };
  const must = async (args: readonly string[]): Promise<unknown> => {
    const { status, stdout, stderr, answer } = await cli.json(args, NO_PASSWORD);
    if (status !== 0) throw new Error(stdout + stderr);
    return answer;
  };
  await writeSource(write, OLD_SOURCE, 100);
  await must(["build", OLD_SOURCE]);
  await copyFile(at("dist/spend/v1/spend-v1.tar"), at(OLD));
  await must(["sign", OLD, "--bundle", OLD_BUNDLE, "--dev-authority"]);
  for (const [source, limit] of [
    [WIDER, 200],
    [STRICTER, 50],
  ] as const) {
    await cp(at(OLD_SOURCE), at(source), { recursive: true });
    await write(`${source}/data/config/spend/data.json`, { limit });
  }
  for (const key of KEYS) await must(["generate-key-pair", "--output-key-prefix", key]);
  const publicKey = await readFile(at("approver.pub"), "utf8");
  await write("approvers.json", { signers: [{ name: "approver", publicKey }] });
  return {
    cli,
    at,
    diff: async (args, env = {}) => {
      const { status, stderr, answer } = await cli.json(["diff", ...args], { env: { ...NO_PASSWORD.env, ...env } });
      return { status, stderr, code: codeOf(answer), answer: answer as DiffAnswer };
    },
    write,
    signNote: async (name, key, note) => {
      await write(`${name}.json`, note);
      const statement = ["--type", "migration-note", "--predicate", `${name}.json`];
      const bundle = `${name}.sigstore.json`;
      await must(["attest", note.new, ...statement, "--key", `${key}.key`, "--bundle", bundle]);
      return bundle;
    },
    remove: temp.remove,
  };
}

async function writeSource(write: ThresholdPacks["write"], source: string, limit: number): Promise<void> {
  await write(`${source}/opa/spend/limits/limits.rego`, POLICY);
  await write(`${source}/opa/spend/limits/limits_test.rego`, TESTS);
  await write(`${source}/opa/schemas/spend/limits/input.json`, SCHEMA);
  await write(`${source}/data/config/spend/data.json`, { limit });
  await write(`${source}/README.md`, "# spend-v1\n");
  await write(`${source}/signing/README.md`, "# Who signs\n");
}
