import { endianness } from "node:os";
import { messageOf } from "@policy-pack/pack";
import { failed, misconfigured } from "./failures.ts";
import type { Ffi } from "./packages.ts";
import type { LibraryHandle } from "koffi";

/**
 * The functions that are used: their place in CK_FUNCTION_LIST, and their parameters.
 * Source: PKCS #11 v2.40 and v3.1, "pkcs11f.h".
 */
const FUNCTIONS = Object.freeze({
  C_Initialize: [0, ["void *"]],
  C_Finalize: [1, ["void *"]],
  C_GetSlotList: [4, ["uint8_t", "void *", "void *"]],
  C_GetTokenInfo: [6, ["ulong", "void *"]],
  C_OpenSession: [12, ["ulong", "ulong", "void *", "void *", "void *"]],
  C_CloseSession: [13, ["ulong"]],
  C_Login: [18, ["ulong", "ulong", "void *", "ulong"]],
  C_GetAttributeValue: [24, ["ulong", "ulong", "void *", "ulong"]],
  C_FindObjectsInit: [26, ["ulong", "void *", "ulong"]],
  C_FindObjects: [27, ["ulong", "void *", "ulong", "void *"]],
  C_FindObjectsFinal: [28, ["ulong"]],
  C_SignInit: [42, ["ulong", "void *", "ulong"]],
  C_Sign: [43, ["ulong", "void *", "ulong", "void *", "void *"]],
} as const);

export type FunctionName = keyof typeof FUNCTIONS;
export type NativeValue = Buffer | bigint | number | null;

/** Return values that are told by name or acted upon. Source: PKCS #11 v3.1, "pkcs11t.h". */
export const CKR = Object.freeze({
  OK: 0x0,
  SLOT_ID_INVALID: 0x3,
  GENERAL_ERROR: 0x5,
  FUNCTION_FAILED: 0x6,
  ATTRIBUTE_SENSITIVE: 0x11,
  ATTRIBUTE_TYPE_INVALID: 0x12,
  DEVICE_ERROR: 0x30,
  DEVICE_REMOVED: 0x32,
  KEY_TYPE_INCONSISTENT: 0x63,
  KEY_FUNCTION_NOT_PERMITTED: 0x68,
  MECHANISM_INVALID: 0x70,
  PIN_INCORRECT: 0xa0,
  PIN_INVALID: 0xa1,
  PIN_LEN_RANGE: 0xa2,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  TOKEN_NOT_PRESENT: 0xe0,
  TOKEN_NOT_RECOGNIZED: 0xe1,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
});

/** A PKCS #11 module in this process. */
export interface Cryptoki {
  /** Held on to: it would be unloaded, with the functions in it, when nothing refers to it any more. */
  readonly library: unknown;
  /** @returns the function's CK_RV; the call runs beside the event loop */
  call(name: FunctionName, ...values: readonly NativeValue[]): Promise<number>;
}

/** Of CK_ULONG and of a pointer: the one layout in which structures are written here. */
const WORD = 8;

/**
 * Loads a module, which runs its code in this process.
 * @throws ConfigError CONFIG_INVALID when it is not a PKCS #11 module or this platform lays structures out otherwise
 */
export function loadCryptoki(ffi: Ffi, modulePath: string): Cryptoki {
  if (ffi.sizeof("ulong") !== WORD || ffi.sizeof("void *") !== WORD || endianness() !== "LE") {
    throw misconfigured("Keys on PKCS #11 tokens are not supported on this platform; use 64-bit Linux or macOS.");
  }
  try {
    const library = ffi.load(modulePath);
    const call = bind(ffi, functionTable(ffi, library));
    return { library, call };
  } catch (cause) {
    throw misconfigured(
      `The PKCS #11 module ${modulePath} cannot be loaded (${messageOf(cause)}); check module-path or COSIGN_PKCS11_MODULE_PATH.`,
      { cause },
    );
  }
}

/** The one function that every module exports gives the table of all others, behind a version of two bytes. */
function functionTable(ffi: Ffi, library: LibraryHandle): DataView {
  const getFunctionList = library.func("C_GetFunctionList", "ulong", ["void *"]) as (out: Buffer) => unknown;
  const out = Buffer.alloc(WORD);
  if (Number(getFunctionList(out)) !== CKR.OK) throw new Error("C_GetFunctionList failed");
  const last = Math.max(...Object.values(FUNCTIONS).map(([place]) => place));
  return new DataView(ffi.view(out.readBigUInt64LE(), WORD * (last + 2)));
}

interface NativeFunction {
  async(...args: readonly unknown[]): void;
}

/** Arguments of calls under way, and what each template points to: native code uses them while nothing here does. */
const inUse = new Set<readonly NativeValue[]>();
const pointees = new WeakMap<Buffer, readonly Attribute[]>();

function bind(ffi: Ffi, table: DataView): Cryptoki["call"] {
  const bound = new Map(
    Object.entries(FUNCTIONS).map(([name, [place, parameters]]) => {
      const pointer = table.getBigUint64(WORD * (place + 1), true);
      if (pointer === 0n) throw new Error(`it has no ${name}`);
      return [name, ffi.decode(pointer, ffi.proto("ulong", [...parameters])) as NativeFunction];
    }),
  );
  return (name, ...values) =>
    new Promise((resolve, reject) => {
      inUse.add(values);
      bound.get(name)?.async(...values, (error: unknown, result: number | bigint) => {
        inUse.delete(values);
        if (error === null || error === undefined) resolve(Number(result));
        else reject(failed(`${name} could not be called: ${messageOf(error)}; check the module.`, { cause: error }));
      });
    });
}

/** One CK_ULONG, as its bytes. */
export function ulong(value: number | bigint = 0): Buffer {
  const bytes = Buffer.alloc(WORD);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export interface Attribute {
  readonly type: number;
  readonly value: Buffer;
}

/** CK_ATTRIBUTE structures: type, address and length of the value, in this order. */
export function encodeTemplate(ffi: Ffi, attributes: readonly Attribute[]): Buffer {
  const template = Buffer.concat(
    attributes.flatMap(({ type, value }) => [
      ulong(type),
      ulong(value.length === 0 ? 0n : ffi.address(value)),
      ulong(value.length),
    ]),
  );
  pointees.set(template, attributes);
  return template;
}

/** CK_MECHANISM without a parameter. */
export function encodeMechanism(mechanism: number): Buffer {
  return Buffer.concat([ulong(mechanism), ulong(), ulong()]);
}

/** CK_C_INITIALIZE_ARGS: four callbacks that are not given, CKF_OS_LOCKING_OK since calls come from several threads. */
export function encodeInitializeArgs(): Buffer {
  return Buffer.concat([ulong(), ulong(), ulong(), ulong(), ulong(0x2), ulong()]);
}

/** The token's names, padded with spaces, and its flags. */
export interface TokenInfo {
  readonly token: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
}

/** CK_TOKEN_INFO with room for what later versions add. */
export const TOKEN_INFO_BYTES = 512;

export function decodeTokenInfo(bytes: Buffer): TokenInfo {
  const text = (from: number, to: number): string => bytes.toString("utf8", from, to).replace(/[ \0]+$/, "");
  return {
    token: text(0, 32),
    manufacturer: text(32, 64),
    model: text(64, 80),
    serial: text(80, 96),
    flags: Number(bytes.readBigUInt64LE(96) & 0xffffffffn),
  };
}

/** The name of a return value, or its number. */
export function ckrName(value: number): string {
  const known = Object.entries(CKR).find(([, code]) => code === value);
  return known === undefined ? `0x${value.toString(16)}` : `CKR_${known[0]}`;
}
