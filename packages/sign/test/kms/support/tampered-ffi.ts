import * as koffi from "koffi";
import type { Ffi } from "../../../src/kms/packages.ts";

type Callback = (error: unknown, result: number) => void;
type Native = (args: readonly unknown[], real: (callback: Callback) => void, callback: Callback) => void;

/** In the order in which the functions of a module are bound. */
const NAMES = [
  "C_Initialize",
  "C_Finalize",
  "C_GetSlotList",
  "C_GetTokenInfo",
  "C_OpenSession",
  "C_CloseSession",
  "C_Login",
  "C_GetAttributeValue",
  "C_FindObjectsInit",
  "C_FindObjects",
  "C_FindObjectsFinal",
  "C_SignInit",
  "C_Sign",
] as const;

export interface TamperedFfi {
  readonly ffi: Ffi;
  /** Names of the functions called, in order. */
  readonly calls: string[];
  /** What stands in for a function; the others are the module's own. */
  readonly replaced: Map<(typeof NAMES)[number], Native>;
}

/** The real library with a real module, some of whose functions are others. */
export function tamperedFfi(): TamperedFfi {
  const calls: string[] = [];
  const replaced: TamperedFfi["replaced"] = new Map();
  let bound = 0;
  const decode = (pointer: unknown, type: koffi.TypeObject): unknown => {
    const name = NAMES[bound] ?? "C_Initialize";
    bound += 1;
    const native = koffi.decode(pointer, type) as { async(...args: readonly unknown[]): void };
    const async = (...given: readonly unknown[]): void => {
      calls.push(name);
      const args = given.slice(0, -1);
      const callback = given.at(-1) as Callback;
      const real = (then: Callback): void => {
        native.async(...args, then);
      };
      const other = replaced.get(name);
      if (other === undefined) real(callback);
      else other(args, real, callback);
    };
    return { async };
  };
  return { ffi: { ...koffi, decode: Object.assign(decode, koffi.decode) }, calls, replaced };
}

/** Answers with a return value and does nothing. */
export const answering =
  (value: number): Native =>
  (_args, _real, callback) => {
    callback(null, value);
  };

/** Tells of every object that a flag of it, such as CKA_SIGN, is not set. */
export const unsetting =
  (flag: number): Native =>
  (args, real, callback) => {
    real((error, value) => {
      const template = args[2] as Buffer;
      const address = template.readBigUInt64LE(8);
      if (template.readBigUInt64LE(0) === BigInt(flag) && address !== 0n) koffi.encode(address, "uint8_t", 0);
      callback(error, value);
    });
  };
