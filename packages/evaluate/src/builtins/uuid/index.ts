import { encodeValueText } from "../../values/value-text.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext, BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { describeUuid, parseUuid } from "./uuid.ts";

const BYTES = 16;

export const UUID_BUILTINS: BuiltinFamily = {
  "uuid.parse": (operands) => {
    const bytes = parseUuid(stringOperand(operands, 1));
    // OPA's builtin says nothing at all, and its expression is undefined even in strict mode.
    if (bytes === undefined) throw new BuiltinError("invalid UUID");
    return describeUuid(bytes);
  },
  "uuid.rfc4122": ([key = null], context) =>
    context.once(`uuid.rfc4122 ${encodeValueText(key)}`, () => randomUuid(context)),
};

/** RFC 9562, 5.4. */
function randomUuid(context: BuiltinContext): string {
  const bytes = Buffer.from(context.randomBytes(BYTES));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
