import type { ServerResponse } from "node:http";
import type { Caller } from "../auth/bearer.ts";
import { createProblem } from "../problem.ts";

/** Told to who has as many requests under way as one may. */
export const BUSY = createProblem(
  429,
  "too many requests",
  "This token's bearer has too many requests of this kind under way; wait for an answer, then send the next.",
);

/**
 * Lets each caller have only so many requests under way at once. Bodies and answers of megabytes stay in memory for as long
 * as the other side is slow, and one token must not be able to fill it.
 */
export class Turns {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Whether it may begin; it ends when the answer is out or the connection is gone. */
  begin({ issuer, subject }: Pick<Caller, "issuer" | "subject">, response: Pick<ServerResponse, "once">): boolean {
    const key = JSON.stringify([issuer, subject]);
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#max) return false;
    this.#open.set(key, open + 1);
    response.once("close", () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    });
    return true;
  }
}
