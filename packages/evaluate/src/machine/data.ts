import { isUint8Array } from "node:util/types";

import { exactJsonOf, FormatError } from "@policy-pack/pack";

import { JsonText } from "../json-text.ts";
import type { EvaluationLimits } from "../limits.ts";
import { JsonChecker } from "../values/json-checker.ts";
import { InputWriter } from "./input-writer.ts";

const FIRST_BYTES = 4096;

export interface DataRules {
  readonly limits: EvaluationLimits;
  readonly refuseNul: boolean;
  /** How deep in the documents the value will stand; 0 unless given. */
  readonly depth?: number;
}

/**
 * Base documents as JSON bytes of one object, taken once, so that what the caller does with theirs later changes nothing. The
 * data of a pack goes in with every number as the pack has it.
 *
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
 */
export function encodeData(data: unknown, rules: DataRules): Uint8Array {
  const exact = exactJsonOf(data);
  const json = encodeDataValue(exact === undefined ? data : new JsonText(exact), rules);
  if (firstByte(json) === 0x7b) return json;
  throw new FormatError("INPUT_INVALID", "The data is no JSON object; ready text goes through jsonText() or as bytes.");
}

/** One value of the documents as JSON bytes; errors as of `encodeData`. */
export function encodeDataValue(value: unknown, { limits, refuseNul, depth = 0 }: DataRules): Uint8Array {
  if (depth > limits.maxInputDepth) {
    throw new FormatError("INPUT_INVALID", `The data would be nested more than ${limits.maxInputDepth} deep.`);
  }
  const maxBytes = limits.maxMemoryBytes;
  const options = { name: "data", maxBytes, maxDepth: limits.maxInputDepth - depth, refuseNul } as const;
  if (isUint8Array(value) || value instanceof JsonText) {
    const json = Buffer.from(isUint8Array(value) ? value : value.text);
    if (json.length > maxBytes) throw tooLarge(maxBytes);
    new JsonChecker(options).check(json, 0, json.length);
    return json;
  }
  const target = {
    bytes: Buffer.alloc(FIRST_BYTES),
    grow(written: number, length: number) {
      const larger = Buffer.alloc((written + length) * 2);
      this.bytes.copy(larger);
      this.bytes = larger;
    },
  };
  const end = new InputWriter(target, options).write(value, 0);
  return target.bytes.subarray(0, end);
}

function firstByte(json: Uint8Array): number | undefined {
  return json.find((byte) => byte > 0x20);
}

function tooLarge(maxBytes: number): FormatError {
  return new FormatError("LIMIT_EXCEEDED", `The data has more than ${maxBytes} bytes as JSON; raise maxMemoryBytes.`);
}
