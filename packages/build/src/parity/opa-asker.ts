import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { JsonValue } from "@policy-pack/pack";
import { failed, hasPrintedTooMuch, opaMessage, runOpa } from "../opa-run.ts";
import type { OpaOutput, OpaRun } from "../opa-run.ts";
import type { Answer } from "./answer.ts";
import { parseEvaluation, parseExecution } from "./opa-answers.ts";
import { toOpaModule } from "./opa-module.ts";
import type { AskedEntrypoint, OpaModule } from "./opa-module.ts";

/** A pack's policies as OPA reads them. */
export interface OpaSource {
  readonly run: OpaRun;
  /** A folder for what is asked. */
  readonly output: string;
  /** A file of capabilities that allow no host. */
  readonly offline: string;
  /** Rego without tests; relative to where OPA runs. */
  readonly policies: readonly string[];
  readonly entrypoints: readonly AskedEntrypoint[];
  /** The names at the top of the pack's `data`. */
  readonly roots: readonly string[];
  /** The builtins that the pack's module leaves to its host. */
  readonly required: readonly string[];
  /** What `time.now_ns` answers. */
  readonly nowNs: bigint;
}

/** Builtins that reach hosts. */
const REACHING = ["http.send", "net.lookup_ip_addr"];

/** Asks OPA itself, many inputs in one process. */
export class OpaAsker {
  readonly #source: OpaSource;
  readonly #module: OpaModule;
  #written: Promise<void> | undefined;

  constructor(source: OpaSource) {
    this.#source = source;
    this.#module = toOpaModule(source);
  }

  /**
   * For each entrypoint the answers to its group's inputs, in their order. All go to one process; where a policy stops, each
   * entrypoint is asked alone, and where it still does, about each input.
   * @throws ConfigError TOOL_FAILED, the signal's reason when aborted
   */
  async askAll(groups: readonly (readonly JsonValue[])[]): Promise<readonly (readonly Answer[])[]> {
    const all = this.#source.entrypoints.map((_, index) => index);
    const together = await this.#evaluate(groups, all);
    if (together !== undefined) return together;
    const answers: (readonly Answer[])[] = [];
    for (const index of all) answers.push(await this.#askAbout(groups, index));
    return answers;
  }

  /** One entrypoint alone. @param index of the entrypoint @throws as `askAll` */
  askOne(index: number, inputs: readonly JsonValue[]): Promise<readonly Answer[]> {
    return this.#askAbout(this.#groupsOf(index, inputs), index);
  }

  async #askAbout(groups: readonly (readonly JsonValue[])[], index: number): Promise<readonly Answer[]> {
    const [answers] = (await this.#evaluate(groups, [index])) ?? [];
    if (answers !== undefined) return answers;
    const inputs = this.#inputsOf(groups, index);
    // opa exec knows no capabilities and would reach the network.
    if (this.#source.required.some((name) => REACHING.includes(name))) return this.#askEach(inputs, index);
    return this.#execute(inputs, this.#module.oneRules[index] ?? "");
  }

  /** Each input in a process of its own. */
  async #askEach(inputs: readonly JsonValue[], index: number): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const input of inputs) {
      const [answer] = (await this.#evaluate(this.#groupsOf(index, [input]), [index]))?.[0] ?? [];
      answers.push(answer ?? { kind: "error", message: "the policy stopped" });
    }
    return answers;
  }

  /** Undefined when the policy stops on one of the inputs: OPA then answers none. Asks for less where it prints too much. */
  async #evaluate(
    groups: readonly (readonly JsonValue[])[],
    asked: readonly number[],
  ): Promise<readonly (readonly Answer[])[] | undefined> {
    try {
      return await this.#evaluateAtOnce(groups, asked);
    } catch (thrown) {
      const longest = Math.max(...groups.map((inputs) => inputs.length));
      if (!hasPrintedTooMuch(thrown) || longest < 2) throw thrown;
      const half = Math.ceil(longest / 2);
      const first = await this.#evaluate(
        groups.map((inputs) => inputs.slice(0, half)),
        asked,
      );
      const second =
        first &&
        (await this.#evaluate(
          groups.map((inputs) => inputs.slice(half)),
          asked,
        ));
      return second && first.map((answers, index) => [...answers, ...(second[index] ?? [])]);
    }
  }

  async #evaluateAtOnce(
    groups: readonly (readonly JsonValue[])[],
    asked: readonly number[],
  ): Promise<readonly (readonly Answer[])[] | undefined> {
    const { offline, policies } = this.#source;
    await this.#write();
    const input = join(this.#source.output, "parity-input.json");
    await writeFile(input, JSON.stringify(groups));
    const files = [...policies, this.#path("parity.rego"), "data"].flatMap((file) => ["--data", file]);
    const args = ["eval", "--format", "json", "--capabilities", offline, "--input", this.#path("parity-input.json")];
    const rules = asked.map((index) => this.#module.allRules[index]).join(", ");
    const counts = asked.map((index) => this.#inputsOf(groups, index).length);
    return parseEvaluation(await this.#run([...args, ...files, `[${rules}]`]), counts);
  }

  /** Each input alone, in one process all the same. */
  async #execute(inputs: readonly JsonValue[], rule: string): Promise<readonly Answer[]> {
    const folder = join(this.#source.output, "parity-inputs");
    await mkdir(folder);
    try {
      await this.#writeBundle();
      for (const [index, input] of inputs.entries())
        await writeFile(join(folder, `${index}.json`), JSON.stringify(input));
      const bundle = this.#path("parity.tar.gz");
      const output = await this.#run(["exec", "--bundle", bundle, "--decision", rule, this.#path("parity-inputs")]);
      return parseExecution(output, inputs.length);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Inputs for the group of one entrypoint alone. */
  #groupsOf(index: number, inputs: readonly JsonValue[]): readonly (readonly JsonValue[])[] {
    const { entrypoints } = this.#source;
    return entrypoints.map((_, group) => (group === entrypoints[index]?.group ? inputs : []));
  }

  #inputsOf(groups: readonly (readonly JsonValue[])[], index: number): readonly JsonValue[] {
    return groups[this.#source.entrypoints[index]?.group ?? -1] ?? [];
  }

  /** The rules are written once. */
  #write(): Promise<void> {
    return (this.#written ??= writeFile(join(this.#source.output, "parity.rego"), this.#module.rego));
  }

  async #writeBundle(): Promise<void> {
    const files = [...this.#source.policies, this.#path("parity.rego"), "data"];
    const output = await this.#run(["build", "--output", this.#path("parity.tar.gz"), ...files]);
    if (output.exitCode !== 0) throw failed(["build"], `failed: ${opaMessage(output)}`);
  }

  #run(args: readonly string[]): Promise<OpaOutput> {
    return runOpa(this.#source.run, args);
  }

  /** A file of ours as OPA is told it: relative, since an absolute path may begin with what OPA takes for a prefix. */
  #path(name: string): string {
    return relative(this.#source.run.cwd, join(this.#source.output, name));
  }
}
