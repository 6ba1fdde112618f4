import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPolicyWasm } from "../support/opa-archive.ts";
import { runTool } from "../support/run-tool.ts";
import type { ComplianceCase } from "./cases.ts";

export type Compiled = { readonly wasm: Uint8Array } | { readonly refused: string };

/** The rule that stands for the query: a set of one object of bindings for each answer. */
export const ENTRYPOINT = "policy_pack_compliance/answers";

/**
 * A module that asks the query. An answer binds the variables that the case expects; where it expects none, one
 * answer stands for all.
 */
export function queryModule({ query, wantResult, rego }: ComplianceCase): string {
  const names = [
    ...new Set(
      (wantResult ?? []).flatMap((want) =>
        (want instanceof Map ? [...want.keys()] : []).filter((name) => typeof name === "string"),
      ),
    ),
  ];
  const bindings = names.map((name) => `"${name}": ${name}`).join(", ");
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
    const { code, output } = await runTool(opa, args, folder);
    if (code !== 0) return { refused: output.trim() };
    return { wasm: await readPolicyWasm(join(folder, "out.tar.gz")) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
