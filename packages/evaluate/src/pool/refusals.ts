import { EvaluationError, messageOf } from "@policy-pack/pack";
import type { PolicyPackError } from "@policy-pack/pack";

export function closedError(): EvaluationError {
  return new EvaluationError("INSTANCE_CLOSED", "The pool is closed; ask the one that took its place.");
}

export function saturatedError(waiting: number): EvaluationError {
  return new EvaluationError(
    "POOL_SATURATED",
    `${waiting} questions wait for a worker already. Ask again later, ask less, or give the pool more workers.`,
  );
}

export function unknownEntrypointError(entrypoint: unknown, known: readonly string[]): EvaluationError | TypeError {
  if (typeof entrypoint !== "string") return new TypeError("the entrypoint must be a string");
  return new EvaluationError(
    "ENTRYPOINT_UNKNOWN",
    `The policy has no entrypoint ${JSON.stringify(entrypoint.slice(0, 200))}; it has ${known.join(", ")}.`,
  );
}

/** What a question's own getters throw may be anything. */
export function unreadableError(thrown: unknown): PolicyPackError | TypeError {
  return thrown instanceof Error ? thrown : new TypeError(`the question cannot be read: ${messageOf(thrown)}`);
}
