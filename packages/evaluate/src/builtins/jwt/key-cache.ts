import type { BuiltinContext } from "../builtin.ts";
import { readVerificationKeys } from "./keys.ts";
import type { VerificationKey } from "./keys.ts";

/** Keys are parsed once a decision, however many tokens are held against them. */
export function keysIn(context: BuiltinContext, text: string): readonly VerificationKey[] {
  return context.once(`io.jwt keys ${text}`, () => readVerificationKeys(text));
}
