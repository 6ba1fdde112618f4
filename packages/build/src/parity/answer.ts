import { exactText } from "./exact-json.ts";

/** What one of the two evaluators says to one question. */
export type Answer =
  /** @param text its JSON, as that evaluator prints it */
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "undefined" }
  /** The policy stopped, as where two rules give one document two values. */
  | { readonly kind: "error"; readonly message: string }
  /** The evaluator gave up and not the policy: it ran out of memory, or its own code failed. */
  | { readonly kind: "failure"; readonly message: string }
  /** There was no answer in this time. */
  | { readonly kind: "timeout"; readonly ms: number };

/**
 * Whether two evaluators agree: on the same value, on none, or that the policy stops. How numbers and texts are spelled in
 * JSON, and how errors are worded, makes no difference. One that gave up, or took too long, agrees with nobody.
 */
export function isSameAnswer(left: Answer, right: Answer): boolean {
  if (left.kind === "value" && right.kind === "value") {
    return left.text === right.text || exactText(left.text) === exactText(right.text);
  }
  return left.kind === right.kind && AGREEING.includes(left.kind);
}

const AGREEING: readonly Answer["kind"][] = ["undefined", "error"];

const MAX_SHOWN = 2_000;

/** The answer for people and reports, in one line. */
export function answerText(answer: Answer): string {
  if (answer.kind === "undefined") return "undefined";
  if (answer.kind === "timeout") return `no answer within ${answer.ms} ms`;
  const text = answer.kind === "value" ? answer.text : `error: ${answer.message}`;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
