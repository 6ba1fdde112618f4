import { basename } from "node:path";
import { failed, opaMessage } from "../opa-run.ts";
import type { OpaOutput } from "../opa-run.ts";
import type { Answer } from "./answer.ts";
import { listAt, parseExact, printExact } from "./exact-json.ts";

/** How OPA's codes begin where a policy stops while it is evaluated. */
const EVALUATION = "eval_";
const UNDEFINED = "opa_undefined_error";

/**
 * Reads what `opa eval` prints for a list of rules, each a list of lists with one value or none.
 * @param counts of the inputs of each rule
 * @returns undefined when the policy stopped
 * @throws ConfigError TOOL_FAILED when OPA failed otherwise
 */
export function parseEvaluation(
  output: OpaOutput,
  counts: readonly number[],
): readonly (readonly Answer[])[] | undefined {
  const document = parse("eval", output);
  const [error] = listAt(document, ["errors"]) ?? [];
  if (error !== undefined && codeOf(error).startsWith(EVALUATION)) return undefined;
  const rules = listAt(document, ["result", 0, "expressions", 0, "value"]);
  if (rules === undefined) throw failed(["eval"], `failed: ${opaMessage(output)}`);
  const answers = rules.map((rule) => (listAt(rule) ?? []).map(toAnswer));
  const isWhole = answers.length === counts.length && answers.every(({ length }, index) => length === counts[index]);
  if (!isWhole) throw failed(["eval"], "answered another number of questions than it was asked");
  return answers;
}

/**
 * Reads what `opa exec` prints for the inputs `0.json` to `<count - 1>.json`.
 * @throws ConfigError TOOL_FAILED
 */
export function parseExecution(output: OpaOutput, count: number): readonly Answer[] {
  const answers = new Map<string, Answer>();
  for (const item of listAt(parse("exec", output), ["result"]) ?? []) {
    const { path, result, error } = item as {
      readonly path?: unknown;
      readonly result?: unknown;
      readonly error?: unknown;
    };
    const name = basename(String(path), ".json");
    answers.set(name, error === undefined ? { kind: "value", text: printExact(result) } : toFailure(error, output));
  }
  return Array.from({ length: count }, (_, index) => {
    const answer = answers.get(String(index));
    if (answer === undefined) throw failed(["exec"], `failed: ${opaMessage(output)}`);
    return answer;
  });
}

function toAnswer(one: unknown): Answer {
  const values = listAt(one) ?? [];
  return values.length === 0 ? { kind: "undefined" } : { kind: "value", text: withoutPlaces(printExact(values[0])) };
}

/** In what `http.send` says of a request that failed, OPA names the place of the call, which no module knows. */
const PLACE = /"[^"\s]{1,500}\.rego:[0-9]{1,9}: (?=eval_builtin_error: http\.send: )/gu;

function withoutPlaces(text: string): string {
  return text.replace(PLACE, '"');
}

function toFailure(error: unknown, output: OpaOutput): Answer {
  const code = codeOf(error);
  if (code === UNDEFINED) return { kind: "undefined" };
  if (!code.startsWith(EVALUATION)) throw failed(["exec"], `failed: ${opaMessage(output)}`);
  const { message } = error as { readonly message?: unknown };
  return { kind: "error", message: `${code}: ${String(message)}` };
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

function parse(command: string, output: OpaOutput): unknown {
  try {
    return parseExact(output.stdout);
  } catch (cause) {
    if (cause instanceof RangeError) throw failed([command], "answered a value that is nested too deep to read", cause);
    throw failed([command], `failed: ${opaMessage(output)}`, cause);
  }
}
