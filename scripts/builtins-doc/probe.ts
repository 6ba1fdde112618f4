import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compilePolicy, requiredBuiltins } from "@policy-pack/evaluate";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Where a call ends up when OPA compiles it to WASM. */
export type Origin = "module" | "host" | "compiled away";

export interface BuiltinFacts {
  readonly name: string;
  /** How Rego writes it between its operands, such as `+`. */
  readonly infix: string | undefined;
  readonly origin: Origin;
  /** OPA says that its answers differ from one evaluation to the next. */
  readonly isNondeterministic: boolean;
}

interface Declared {
  readonly name: string;
  readonly infix?: string;
  readonly relation?: boolean;
  readonly nondeterministic?: boolean;
  readonly decl: { readonly args?: readonly unknown[]; readonly variadic?: unknown; readonly result?: unknown };
}

/**
 * Every builtin that an opa lists, by what becomes of a call: it is in the module's table of what the host must have; or
 * only in OPA's plan, which the module's own functions then serve; or in neither.
 */
export async function probeBuiltins(opa: string): Promise<readonly BuiltinFacts[]> {
  const declared = await listBuiltins(opa);
  const folder = await mkdtemp(join(tmpdir(), "builtins-doc-"));
  try {
    await writeFile(join(folder, "probe.rego"), probeModule(declared));
    const plan = JSON.parse(String(await build(opa, folder, "plan", "plan.json"))) as {
      readonly static: { readonly builtin_funcs: readonly { readonly name: string }[] };
    };
    const planned = new Set(plan.static.builtin_funcs.map(({ name }) => name));
    const asked = new Set(requiredBuiltins(await compilePolicy(await build(opa, folder, "wasm", "policy.wasm"))));
    return declared.map(({ name, infix, nondeterministic }) => ({
      name,
      infix,
      origin: asked.has(name) ? "host" : planned.has(name) ? "module" : "compiled away",
      isNondeterministic: nondeterministic === true,
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function listBuiltins(opa: string): Promise<readonly Declared[]> {
  const { stdout } = await run(opa, ["capabilities", "--current"], { maxBuffer: MAX_OUTPUT_BYTES });
  return (JSON.parse(stdout) as { readonly builtins: readonly Declared[] }).builtins;
}

/** A rule a builtin, in the first version of Rego: the second has no names for what is deprecated. */
function probeModule(declared: readonly Declared[]): string {
  return ["package probe", ...declared.map((builtin, index) => `r${index} ${bodyOf(builtin)}`), ""].join("\n");
}

function bodyOf({ name, infix, relation, decl }: Declared): string {
  if (infix === ":=") return "{ x := input.a; x }";
  if (infix === "=") return "{ input.a = input.b }";
  const operands = [...(decl.args ?? []), ...(decl.variadic === undefined ? [] : [1])].map(
    (_, index) => `input.a${index}`,
  );
  if (decl.result === undefined) return `{ ${name}(${operands.join(", ")}) }`;
  if (relation === true) return `{ ${name}(${operands.join(", ")}, _) }`;
  return `= x { x = ${name}(${operands.join(", ")}) }`;
}

/** One file of what OPA builds for the probe. */
async function build(opa: string, folder: string, target: "plan" | "wasm", file: string): Promise<Uint8Array> {
  const flags = ["--v0-compatible", "--target", target, "--entrypoint", "probe", "--output", `${target}.tar.gz`];
  await run(opa, ["build", ...flags, "probe.rego"], { cwd: folder });
  await run("tar", ["-xzf", `${target}.tar.gz`, `/${file}`], { cwd: folder });
  return readFile(join(folder, file));
}
