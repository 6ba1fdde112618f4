import { readFile } from "node:fs/promises";
import { format } from "prettier";
import { findOpa, OPA_VERSION } from "@policy-pack/build";
import { CAPABILITY_OF } from "../../packages/evaluate/src/capabilities/capabilities.ts";
import { HOST_BUILTINS } from "../../packages/evaluate/src/builtins/registry.ts";
import { SUBSTITUTES } from "../../packages/evaluate/src/substitution/substitutes.ts";
import { findCases } from "../../tests/compliance/opa-source.ts";
import { readCompliance, readTests } from "./coverage.ts";
import { probeBuiltins } from "./probe.ts";
import type { BuiltinFacts } from "./probe.ts";

export const PAGE = "docs/builtins.md";
const NOTES = "scripts/builtins-doc/notes.md";

/** OPA's flag also stands for builtins that draw a nonce or compare with the clock: those have no source of their own here. */
const FIXED = ["rand.intn", "time.now_ns", "uuid.rfc4122"];

/** The page as it should be, from the pinned OPA, its own cases, and the tests and sources of this checkout. */
export async function makePage(): Promise<string> {
  const opa = await findOpa({ checkout: process.cwd(), env: process.env });
  const builtins = await probeBuiltins(opa.path);
  const cases = await readCompliance(await findCases(OPA_VERSION));
  const tests = await readTests();
  const rows = builtins.map((builtin) =>
    rowOf(code(builtin.name), providerOf(builtin), kindOf(builtin), cases(builtin), tests(builtin)),
  );
  const notes = await readFile(NOTES, "utf8");
  const table = [
    rowOf("builtin", "provided by", "kind", "OPA's cases", "own tests"),
    rowOf(...Array.from({ length: 5 }, () => "---")),
    ...rows,
  ];
  return format(notes.replace("<!-- counts -->", countsOf(builtins)).replace("<!-- table -->", table.join("\n")), {
    parser: "markdown",
    printWidth: 120,
    proseWrap: "always",
  });
}

function rowOf(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function code(name: string): string {
  return `\`${name}\``;
}

function countsOf(builtins: readonly BuiltinFacts[]): string {
  const count = (provider: string): number => builtins.filter((builtin) => providerOf(builtin) === provider).length;
  const refused = builtins.filter((builtin) => providerOf(builtin) === "refused").map(({ name }) => code(name));
  const byModule = count("module") + count("module, host");
  return (
    `OPA ${OPA_VERSION} lists ${builtins.length} builtins: ${byModule} are functions of the module itself ` +
    `(for ${count("module, host")} of them the host answers instead), ${count("host")} are the host's, ` +
    `${count("compiled away")} leave no call behind, and ${refused.join(", ")} is refused when a pack is built.`
  );
}

function providerOf({ name, origin }: BuiltinFacts): string {
  // What the host does not have either would stop at load; the build says so before.
  if (origin === "host") return HOST_BUILTINS.includes(name) ? "host" : "refused";
  return SUBSTITUTES.some(({ builtin }) => builtin === name) ? "module, host" : origin;
}

function kindOf({ name, isNondeterministic }: BuiltinFacts): string {
  const capability = CAPABILITY_OF[name];
  if (capability !== undefined) return `capability \`${capability}\``;
  if (FIXED.includes(name)) return "fixed within a decision";
  return isNondeterministic ? "reads the decision's time or randomness" : "deterministic";
}
