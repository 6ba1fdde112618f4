import type { OpaExports } from "../module/abi.ts";
import type { MemoryView } from "./memory.ts";
import { createLayoutCodec, createTextCodec } from "./value-codec.ts";
import type { ValueCodec } from "./value-codec.ts";
import { encodeValueText } from "../values/value-text.ts";

/** What a wrong guess about the layout could not read or write back. */
const SAMPLES = ["null", "true", "false", "-9223372036854775807", "1.50", '"a\\u0000é😀"', '["x",[7,null],{"k":1}]'];

/**
 * Reads samples that the module parsed, and has the module print samples that the host wrote. Another layout, as a
 * later OPA may have, makes one of them differ (or reaches outside the memory), and the host stays with text.
 */
export function hasKnownLayout(exports: OpaExports, memory: MemoryView): boolean {
  const text = createTextCodec(exports, memory);
  const layout = createLayoutCodec(exports, memory);
  try {
    return SAMPLES.every((sample) => agree(sample, exports, memory, { text, layout }));
  } catch {
    return false;
  }
}

function agree(
  sample: string,
  exports: OpaExports,
  memory: MemoryView,
  { text, layout }: { text: ValueCodec; layout: ValueCodec },
): boolean {
  const start = exports.opa_malloc(Buffer.byteLength(sample)) >>> 0;
  memory.refresh();
  const length = memory.bytes.write(sample, start);
  const address = exports.opa_value_parse(start, length) >>> 0;
  memory.refresh();
  const value = text.read(address);
  const expected = encodeValueText(value);
  return (
    encodeValueText(layout.read(address)) === expected && encodeValueText(text.read(layout.write(value))) === expected
  );
}
