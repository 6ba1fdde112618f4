import type { DecideOptions } from "@policy-pack/evaluate";
import type { Answer as OpaAnswer, OpaOutput } from "@policy-pack/build";
import type { Terminal } from "../terminal.ts";
import { printable } from "../terminal.ts";
import type { Answer, Input } from "./asker.ts";
import { exactValue } from "./exact-value.ts";
import { withOpaQuestion } from "./opa-question.ts";
import type { OpaQuestion } from "./opa-question.ts";
import type { AskedPolicy } from "./policy.ts";

/** How OPA comes to its answer, and whether that is the module's. */
export interface Explanation {
  readonly agrees: boolean;
  /** OPA's answer in one line. */
  readonly opa: string;
  /** OPA's steps: its own text for people, its own events with --json. */
  readonly steps: unknown;
  /** Why the two may differ without a fault. */
  readonly notes: readonly string[];
}

export interface ExplainRequest {
  readonly policy: AskedPolicy;
  readonly entrypoint: string;
  readonly input: Input;
  readonly options: DecideOptions;
  /** What the module answered. */
  readonly answer: Answer;
  readonly json: boolean;
}

const RANDOM = ["rand.intn", "uuid.rfc4122"];

/**
 * Asks the installed OPA the same: the pack's own Rego, the same data, input, entrypoint and time.
 * @throws ConfigError TOOL_MISSING without the pinned OPA, which says how to get it; TOOL_FAILED
 */
export async function explain(terminal: Terminal, request: ExplainRequest): Promise<Explanation> {
  const { policy, options, answer, json } = request;
  const asksTime = policy.builtins.includes("time.now_ns");
  const asked = { ...request, now: asksTime ? options.now : undefined };
  const { answerText, isSameAnswer } = await import("@policy-pack/build");
  return withOpaQuestion(terminal, asked, async (question) => {
    const flags = policy.strictBuiltinErrors ? ["--strict-builtin-errors"] : [];
    const run = (format: string, explanation: string): Promise<OpaOutput> => ask(question, format, explanation, flags);
    const events = await run("json", json ? "full" : "off");
    const answered = readAnswer(events);
    return {
      agrees: isSameAnswer(answered, toComparable(answer)),
      opa: answerText(answered),
      steps: json ? eventsOf(events) : printable((await run("pretty", "full")).stdout.trimEnd()),
      notes: notesOf(policy),
    };
  });
}

/** For people. */
export function explanationText({ agrees, opa, steps, notes }: Explanation): string {
  const verdict = agrees ? "OPA's answer is the same" : "OPA's answer is ANOTHER";
  return [String(steps), "", `${verdict}: ${printable(opa)}`, ...notes].join("\n");
}

function ask(question: OpaQuestion, format: string, explanation: string, flags: readonly string[]) {
  const { sources, offline, query } = question;
  return question.run(["eval", "--format", format, "--explain", explanation, ...flags, ...offline, ...sources, query]);
}

interface EvalOutput {
  readonly result?: readonly { readonly expressions?: readonly { readonly value?: unknown }[] }[];
  readonly errors?: readonly { readonly message?: unknown }[];
  readonly explanation?: unknown;
}

function readAnswer(output: OpaOutput): OpaAnswer {
  const { result, errors } = parseOutput(output);
  const [error] = errors ?? [];
  if (error !== undefined) return { kind: "error", message: String(error.message) };
  const value = result?.[0]?.expressions?.[0]?.value;
  return value === undefined ? { kind: "undefined" } : { kind: "value", text: JSON.stringify(value) };
}

function parseOutput({ stdout, stderr }: OpaOutput): EvalOutput {
  try {
    return exactValue(stdout) as EvalOutput;
  } catch {
    return { errors: [{ message: stderr.trim() }] };
  }
}

function eventsOf(output: OpaOutput): unknown {
  return parseOutput(output).explanation ?? [];
}

function toComparable({ text, error }: Answer): OpaAnswer {
  if (error === undefined) return { kind: "value", text };
  return error.code === "DECISION_UNDEFINED" ? { kind: "undefined" } : { kind: "error", message: error.message };
}

function notesOf({ builtins, capabilities }: AskedPolicy): readonly string[] {
  const random = builtins.filter((name) => RANDOM.includes(name));
  return [
    ...(random.length === 0 ? [] : [`OPA draws another ${random.join(" and ")} each time.`]),
    ...(builtins.includes("opa.runtime") ? ["opa.runtime answers OPA what OPA knows of itself."] : []),
    ...(capabilities.http === undefined ? [] : ["http.send asked its hosts again, for OPA."]),
  ];
}
