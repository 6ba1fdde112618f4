import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import { decodeHeader, decodeObject, decodePayload, decodeSignature, memberOf, splitToken } from "./token.ts";

/** Header, payload and signature of a token, of the innermost one where tokens lie in each other. Nothing is verified. */
export function decodeToken(text: RegoValue | undefined): RegoValue {
  let inner = text;
  for (;;) {
    const token = splitToken(inner);
    const header = decodeHeader(token);
    const payload = decodePayload(token);
    const contentType = memberOf(header, "cty");
    if (contentType !== undefined && typeof contentType !== "string") throw new BuiltinError("cty: must be a string");
    if (contentType !== "JWT") return [header, decodeObject(payload), decodeSignature(token).toString("hex")];
    inner = withoutQuotes(payload);
  }
}

/** A token within a token may stand in quotes. */
function withoutQuotes(text: string): string {
  const isQuote = (index: number): boolean => `"'`.includes(text.charAt(index));
  let [start, end] = [0, text.length];
  while (start < end && isQuote(start)) start++;
  while (start < end && isQuote(end - 1)) end--;
  return text.slice(start, end);
}
