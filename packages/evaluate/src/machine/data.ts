import type { JsonValue } from "@policy-pack/pack";

import { InputWriter } from "./input-writer.ts";
import type { EvaluationLimits } from "../limits.ts";

const FIRST_BYTES = 4096;

/**
 * The base documents as JSON bytes, taken once, so that what the caller does with the object later changes nothing.
 *
 * @throws FormatError INPUT_INVALID, LIMIT_EXCEEDED
 */
export function encodeData(data: JsonValue, limits: EvaluationLimits): Uint8Array {
  const target = {
    bytes: Buffer.alloc(FIRST_BYTES),
    grow(written: number, length: number) {
      const larger = Buffer.alloc((written + length) * 2);
      this.bytes.copy(larger);
      this.bytes = larger;
    },
  };
  const writer = new InputWriter(target, {
    name: "data",
    maxBytes: limits.maxMemoryBytes,
    maxDepth: limits.maxInputDepth,
  });
  const end = writer.write(data, 0);
  return target.bytes.subarray(0, end);
}
