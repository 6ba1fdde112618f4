import { messageOf, PolicyPackError } from "@policy-pack/pack";

/**
 * What the low-level readers (DER, base64, JSON fields, checkpoints) throw. It never leaves this package: the reader's
 * caller knows what the bytes were and turns it into a coded error with `reading`.
 */
export class MalformedError extends Error {
  /** The names and indices that lead to what is wrong; empty for the whole. */
  readonly path: readonly string[];

  constructor(message: string, options: ErrorOptions & { readonly path?: readonly string[] } = {}) {
    super(message, options);
    this.path = options.path ?? [];
  }
}

export function malformed(message: string): never {
  throw new MalformedError(message);
}

/**
 * Runs a reader; whatever it or a dependency throws becomes the coded error of the caller, with the cause kept. An
 * error that already has a code passes through unchanged.
 */
export function reading<T>(read: () => T, toError: (reason: string, cause: unknown) => Error): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof PolicyPackError) throw thrown;
    throw toError(messageOf(thrown), thrown);
  }
}

/** Anything thrown as an Error, so that it can be kept and thrown again. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new MalformedError(messageOf(thrown), { cause: thrown });
}

/** The first candidate's result that does not throw; when all do, what the first one threw. */
export function firstOf<Candidate, Result>(
  candidates: readonly Candidate[],
  attempt: (candidate: Candidate) => Result,
  none: string,
): Result {
  let failure: Error | undefined;
  for (const candidate of candidates) {
    try {
      return attempt(candidate);
    } catch (thrown) {
      failure ??= asError(thrown);
    }
  }
  throw failure ?? new MalformedError(none);
}
