import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPolicyWasm } from "../support/opa-archive.ts";
import { runTool } from "../support/run-tool.ts";
import type { Json } from "./values.ts";

/** What OPA's own evaluator says: the JSON text of each answer by input and rule; a rule without an answer is absent. */
export type OpaAnswers = readonly Readonly<Record<string, string>>[];

export type OpaInput = Readonly<Record<string, Json>>;

const TIMEOUT = "60s";
const DRIVER = `package driver

answers[i] := texts if {
  some i, one in data.inputs
  texts := {name: text |
    some name in data.names
    value := data.t[name] with input as one
    text := json.marshal(value)
  }
}
`;

/** A run of the pinned OPA over one policy; its files go when `close` is called. */
export class OpaWorkspace {
  readonly #opa: string;
  readonly #folder: string;

  private constructor(opa: string, folder: string) {
    this.#opa = opa;
    this.#folder = folder;
  }

  static async open(opa: string, policy: string): Promise<OpaWorkspace> {
    const folder = await mkdtemp(join(tmpdir(), "policy-pack-fuzz-"));
    await writeFile(join(folder, "policy.rego"), policy);
    await writeFile(join(folder, "driver.rego"), DRIVER);
    return new OpaWorkspace(opa, folder);
  }

  /** The module, or what the compiler says. */
  async compile(names: readonly string[]): Promise<{ readonly wasm: Uint8Array } | { readonly refused: string }> {
    const entrypoints = names.flatMap((name) => ["--entrypoint", `t/${name}`]);
    const args = ["build", "--target", "wasm", ...entrypoints, "--output", "out.tar.gz", "policy.rego"];
    const { code, output } = await runTool(this.#opa, args, this.#folder);
    if (code !== 0) return { refused: output };
    return { wasm: await readPolicyWasm(join(this.#folder, "out.tar.gz")) };
  }

  /** The answers, or what the evaluator says when it gives up, as it does for two values of one rule. */
  async evaluate(
    names: readonly string[],
    inputs: readonly OpaInput[],
  ): Promise<OpaAnswers | { readonly failed: string }> {
    await writeFile(join(this.#folder, "data.json"), JSON.stringify({ names, inputs }));
    const args = ["eval", "--format", "json", "--timeout", TIMEOUT];
    const files = ["policy.rego", "driver.rego", "data.json"].flatMap((name) => ["--data", name]);
    const { code, output } = await runTool(this.#opa, [...args, ...files, "data.driver.answers"], this.#folder);
    if (code !== 0) return { failed: output };
    const { result } = JSON.parse(output) as {
      readonly result?: [{ readonly expressions: [{ readonly value: Record<string, Record<string, string>> }] }];
    };
    const answers = result?.[0].expressions[0].value ?? {};
    return inputs.map((_, index) => answers[String(index)] ?? {});
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
