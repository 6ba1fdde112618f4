import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import { textOf } from "./go-text.ts";

const HEX = /^(?:[0-9A-Fa-f]{2})*$/;

/** The encodings that OPA's modules do not bring themselves. */
export const ENCODING_BUILTINS: BuiltinFamily = {
  "base64url.encode_no_pad": (operands) => Buffer.from(stringOperand(operands, 1), "utf8").toString("base64url"),
  "hex.decode": (operands) => {
    const text = stringOperand(operands, 1);
    if (!HEX.test(text)) throw new BuiltinError("encoding/hex: invalid byte or odd length");
    return textOf(Buffer.from(text, "hex"));
  },
  "hex.encode": (operands) => Buffer.from(stringOperand(operands, 1), "utf8").toString("hex"),
};
