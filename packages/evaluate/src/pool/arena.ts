import { isUint8Array } from "node:util/types";

import { FormatError } from "@policy-pack/pack";

import type { DataRules } from "../machine/data.ts";
import { InputWriter } from "../machine/input-writer.ts";

/** An input as JSON, in memory that nobody writes to any more. */
export interface TakenInput {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const PIECE_BYTES = 64 * 1024;
/** With less left a new piece is begun, so that growing stays rare. */
const MIN_LEFT_BYTES = 4 * 1024;
const NOTHING: TakenInput = Object.freeze({ bytes: Buffer.alloc(0), start: 0, end: 0 });

/** For questions in a row: what is the same as the input before (`===`) is taken once. */
export function takerOf(arena: InputArena): (input: unknown) => TakenInput {
  let last: unknown;
  let taken = NOTHING;
  return (input) => {
    if (input !== last) {
      taken = arena.take(input);
      last = input;
    }
    return taken;
  };
}

/**
 * Takes inputs as they are when a question is asked, one behind the other in large pieces of memory: what waits together
 * is copied together. A piece is free when no question refers to it.
 */
export class InputArena {
  readonly #writer: InputWriter;
  readonly #maxBytes: number;
  readonly #target = {
    bytes: Buffer.allocUnsafeSlow(PIECE_BYTES),
    grow(written: number, length: number) {
      const larger = Buffer.allocUnsafeSlow((written + length) * 2);
      this.bytes.copy(larger, 0, 0, written);
      this.bytes = larger;
    },
  };
  readonly #rules: DataRules;
  #position = 0;
  #isWriting = false;

  constructor(rules: DataRules) {
    const { limits, refuseNul } = rules;
    this.#rules = rules;
    this.#maxBytes = limits.maxInputBytes;
    this.#writer = new InputWriter(this.#target, {
      name: "input",
      maxBytes: limits.maxInputBytes,
      maxDepth: limits.maxInputDepth,
      refuseNul,
    });
  }

  /**
   * `undefined` is no input, and takes no bytes.
   *
   * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
   */
  take(input: unknown): TakenInput {
    if (input === undefined) return NOTHING;
    // A property of an input may be a getter that asks the pool itself: its input must not be written over that one.
    if (this.#isWriting) return new InputArena(this.#rules).take(input);
    this.#isWriting = true;
    try {
      return this.#take(input);
    } finally {
      this.#isWriting = false;
    }
  }

  #take(input: unknown): TakenInput {
    if (this.#target.bytes.length - this.#position < MIN_LEFT_BYTES) {
      this.#target.bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
      this.#position = 0;
    }
    const start = this.#position;
    const end = isUint8Array(input) && input.length > 0 ? this.#copy(input) : this.#writer.write(input, start);
    const { bytes } = this.#target;
    this.#position = end;
    // A large one does not keep a large piece alive for the small ones after it.
    if (bytes.length > PIECE_BYTES) this.#position = bytes.length;
    return { bytes, start, end };
  }

  /** Ready JSON is checked where it is decided: looking twice would cost as much as deciding. */
  #copy(json: Uint8Array): number {
    const start = this.#position;
    if (json.length > this.#maxBytes) {
      const message = `The input has ${json.length} bytes; at most ${this.#maxBytes} are taken. Send less, or raise the limit.`;
      throw new FormatError("LIMIT_EXCEEDED", message);
    }
    if (start + json.length > this.#target.bytes.length) this.#target.grow(start, json.length);
    this.#target.bytes.set(json, start);
    return start + json.length;
  }
}
