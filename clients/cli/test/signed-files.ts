import { generateKeyPairSync } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestOf, PREDICATE_TYPES, toStatement } from "@policy-pack/pack";
import type { JsonObject } from "@policy-pack/pack";
import { openPrivateKey, signBlob, signStatement } from "@policy-pack/sign";
import { runCli } from "../src/program.ts";
import { createTerminal } from "./support.ts";

export const FILE = Buffer.from("any file");
const HOUR_MS = 60 * 60 * 1000;

/** Someone with a key of his own. */
export interface KeyHolder {
  readonly publicKey: string;
  sign(bytes?: Uint8Array): Promise<string>;
  state(predicateType: string, predicate: JsonObject, bytes?: Uint8Array): Promise<string>;
}

export async function createKeyHolder(): Promise<KeyHolder> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const parties = { signer: await openPrivateKey(pem, {}), witnesses: [] };
  return {
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (bytes = FILE) => signBlob(bytes, parties),
    state: (predicateType, predicate, bytes = FILE) =>
      signStatement(
        toStatement({ subjects: [{ name: "f", digest: digestOf(bytes) }], predicateType, predicate }),
        parties,
      ),
  };
}

/** Dates around now, in hours from it. */
function dates(issued: number, expires: number): { issuedAt: string; expires: string } {
  const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  return { issuedAt: at(issued), expires: at(expires) };
}

export interface ListOptions {
  readonly version?: number;
  /** Hours from now. */
  readonly expires?: number;
}

export function denylist(
  holder: KeyHolder,
  entries: readonly JsonObject[],
  options: ListOptions = {},
): Promise<string> {
  const { version = 1, expires = 24 } = options;
  return holder.state(PREDICATE_TYPES.denylist, { version, ...dates(-48, expires), entries: [...entries] });
}

export function pause(
  holder: KeyHolder,
  paused: boolean,
  { version = 1, expires = 24 }: ListOptions = {},
): Promise<string> {
  return holder.state(PREDICATE_TYPES.pause, { version, ...dates(-48, expires), paused, reason: "an incident" });
}

/** Writes files below the folder; what is no text goes in as JSON. */
export async function writeFiles(cwd: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));
  }
}

export interface Outcome {
  readonly status: number;
  /** What stands on stdout, as JSON. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The code of the error; undefined when there is none. */
  readonly code: unknown;
}

/** Runs the command with --json in this process. */
export async function runJson(cwd: string, ...args: readonly string[]): Promise<Outcome> {
  const terminal = createTerminal({ cwd });
  const status = await runCli([...args, "--json"], terminal);
  const answer = JSON.parse(terminal.out()) as Record<string, unknown> & { error?: { code?: unknown } };
  return { status, answer, code: answer.error?.code };
}
