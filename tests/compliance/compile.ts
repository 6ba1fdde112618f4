import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { list } from "tar";
import type { ComplianceCase } from "./cases.ts";

export type Compiled = { readonly wasm: Uint8Array } | { readonly refused: string };

/** The rule that stands for the query: a set of one object of bindings for each answer. */
export const ENTRYPOINT = "policy_pack_compliance/answers";

/**
 * A module that asks the query. An answer binds the variables that the case expects; where it expects none, one
 * answer stands for all.
 */
export function queryModule({ query, wantResult, rego }: ComplianceCase): string {
  const names = [...new Set((wantResult ?? []).flatMap((want) => (want instanceof Map ? [...want.keys()] : [])))];
  const bindings = names.map((name) => `"${String(name)}": ${String(name)}`).join(", ");
  const term = `{${bindings}}`;
  const head = rego === "v1" ? `answers contains ${term} if` : `answers[${term}]`;
  return `package policy_pack_compliance\n\n${head} {\n${query}\n}\n`;
}

/** Has OPA compile the case to WASM, or tells in OPA's own words why it does not. */
export async function compileCase(opa: string, test: ComplianceCase): Promise<Compiled> {
  const folder = await mkdtemp(join(tmpdir(), "policy-pack-compliance-"));
  try {
    const texts = [queryModule(test), ...test.modules];
    const names = texts.map((_, index) => `module-${index}.rego`);
    await Promise.all(texts.map((text, index) => writeFile(join(folder, names[index] ?? ""), text)));
    const version = test.rego === "v0" ? ["--v0-compatible"] : [];
    const args = [
      "build",
      "--target",
      "wasm",
      "--entrypoint",
      ENTRYPOINT,
      ...version,
      "--output",
      "out.tar.gz",
      ...names,
    ];
    const refused = await run(opa, args, folder);
    if (refused !== undefined) return { refused };
    return { wasm: await readModule(join(folder, "out.tar.gz")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the command complains of; undefined when it ends well. */
async function run(opa: string, args: readonly string[], cwd: string): Promise<string | undefined> {
  const child = spawn(opa, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return code === 0 ? undefined : said.trim();
}

async function readModule(archive: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const parser = list({
    onReadEntry: (entry) => {
      if (entry.path.endsWith("policy.wasm")) entry.on("data", (chunk: Buffer) => chunks.push(chunk));
      else entry.resume();
    },
  });
  await new Promise<void>((resolve, reject) => {
    parser.once("end", () => {
      resolve();
    });
    parser.once("error", reject);
    void readFile(archive).then((bytes) => Readable.from([gunzipSync(bytes)]).pipe(parser), reject);
  });
  if (chunks.length === 0) throw new Error(`${archive} holds no policy.wasm`);
  return Buffer.concat(chunks);
}
