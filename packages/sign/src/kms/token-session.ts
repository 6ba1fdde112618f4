import { failed, unavailable } from "./failures.ts";
import type { PolicyPackError } from "@policy-pack/pack";
import {
  CKR,
  ckrName,
  decodeTokenInfo,
  encodeInitializeArgs,
  encodeMechanism,
  encodeTemplate,
  TOKEN_INFO_BYTES,
  ulong,
} from "./cryptoki.ts";
import type { Attribute, Cryptoki, FunctionName, NativeValue, TokenInfo } from "./cryptoki.ts";
import { KMS_LIMITS } from "./limits.ts";
import type { Ffi } from "./packages.ts";
import type { Pkcs11Reference } from "./pkcs11-uri.ts";

const CKF = Object.freeze({ LOGIN_REQUIRED: 0x4, PROTECTED_AUTHENTICATION_PATH: 0x100, SERIAL_SESSION: 0x4 });
const CKU = Object.freeze({ USER: 1, CONTEXT_SPECIFIC: 2 });
const LARGEST_SIGNATURE = KMS_LIMITS.maxRsaBits / 8;
/** A length that stands for "there is none". */
const UNAVAILABLE = 0xffffffffffffffffn;

/** A module, how it is told of in messages, and who logs in. */
export interface TokenAccess {
  readonly cryptoki: Cryptoki;
  readonly ffi: Ffi;
  readonly reference: Pkcs11Reference;
  /** UTF-8; undefined when none was given. */
  readonly pin: Buffer | undefined;
}

/**
 * Runs an action in a session of its own on the token, logged in, and closes it. The module is initialised for it and
 * finalised after it, unless another part of the program had initialised it.
 * @throws ConfigError SIGNER_UNAVAILABLE (no such token, PIN refused), SIGNING_FAILED
 */
export async function withSession<T>(access: TokenAccess, action: (session: TokenSession) => Promise<T>): Promise<T> {
  const { cryptoki } = access;
  const started = await cryptoki.call("C_Initialize", encodeInitializeArgs());
  if (started !== CKR.OK && started !== CKR.CRYPTOKI_ALREADY_INITIALIZED) throw refused("C_Initialize", started);
  try {
    const { slot, info } = await findToken(access);
    const handle = ulong();
    await check(cryptoki, "C_OpenSession", slot, CKF.SERIAL_SESSION, null, null, handle);
    const session = new TokenSession(access, handle.readBigUInt64LE());
    try {
      await session.logIn(info);
      return await action(session);
    } finally {
      // Closing the last session logs out. What it answers changes nothing any more.
      await cryptoki.call("C_CloseSession", session.handle);
    }
  } finally {
    if (started === CKR.OK) await cryptoki.call("C_Finalize", null);
  }
}

export class TokenSession {
  readonly handle: bigint;
  readonly #access: TokenAccess;

  constructor(access: TokenAccess, handle: bigint) {
    this.#access = access;
    this.handle = handle;
  }

  /** Once: a wrong PIN that is tried again locks the token. */
  async logIn({ flags }: TokenInfo): Promise<void> {
    const { pin } = this.#access;
    if ((flags & CKF.LOGIN_REQUIRED) === 0) return;
    if (pin === undefined && (flags & CKF.PROTECTED_AUTHENTICATION_PATH) === 0) {
      throw unavailable(
        "The token demands a PIN; give it in COSIGN_PKCS11_PIN, or in a file named by pin-source in the URI.",
      );
    }
    const answer = await this.#logInAs(CKU.USER);
    if (answer !== CKR.OK && answer !== CKR.USER_ALREADY_LOGGED_IN) throw refused("C_Login", answer);
  }

  /** Handles of at most two objects that have all these attributes. */
  async find(attributes: readonly Attribute[]): Promise<bigint[]> {
    const { cryptoki, ffi } = this.#access;
    const template = encodeTemplate(ffi, attributes);
    const found = Buffer.alloc(8 * KMS_LIMITS.maxMatches);
    const count = ulong();
    await check(cryptoki, "C_FindObjectsInit", this.handle, template, attributes.length);
    try {
      await check(cryptoki, "C_FindObjects", this.handle, found, KMS_LIMITS.maxMatches, count);
    } finally {
      await cryptoki.call("C_FindObjectsFinal", this.handle);
    }
    const matches = Math.min(Number(count.readBigUInt64LE()), KMS_LIMITS.maxMatches);
    return Array.from({ length: matches }, (_, index) => found.readBigUInt64LE(8 * index));
  }

  /** An attribute's value; undefined when the object has none or does not tell it. */
  async read(object: bigint, type: number): Promise<Buffer | undefined> {
    const { cryptoki, ffi } = this.#access;
    const empty = encodeTemplate(ffi, [{ type, value: Buffer.alloc(0) }]);
    const answer = await cryptoki.call("C_GetAttributeValue", this.handle, object, empty, 1);
    if (answer === CKR.ATTRIBUTE_SENSITIVE || answer === CKR.ATTRIBUTE_TYPE_INVALID) return undefined;
    if (answer !== CKR.OK) throw refused("C_GetAttributeValue", answer);
    const length = empty.readBigUInt64LE(16);
    if (length === UNAVAILABLE || length === 0n) return undefined;
    if (length > KMS_LIMITS.maxAttributeBytes)
      throw failed(`The token has an attribute of ${length} bytes, which is not read.`);
    const value = Buffer.alloc(Number(length));
    const template = encodeTemplate(ffi, [{ type, value }]);
    await check(cryptoki, "C_GetAttributeValue", this.handle, object, template, 1);
    return value.subarray(0, Number(template.readBigUInt64LE(16)));
  }

  /** @param always whether the key demands the PIN for each signature (CKA_ALWAYS_AUTHENTICATE) */
  async sign(key: bigint, mechanism: number, data: Uint8Array, always: boolean): Promise<Uint8Array> {
    const { cryptoki } = this.#access;
    await check(cryptoki, "C_SignInit", this.handle, encodeMechanism(mechanism), key);
    if (always) {
      const answer = await this.#logInAs(CKU.CONTEXT_SPECIFIC);
      if (answer !== CKR.OK) throw refused("C_Login", answer);
    }
    const signature = Buffer.alloc(LARGEST_SIGNATURE);
    const length = ulong(signature.length);
    await check(cryptoki, "C_Sign", this.handle, Buffer.from(data), data.length, signature, length);
    return signature.subarray(0, Number(length.readBigUInt64LE()));
  }

  #logInAs(user: number): Promise<number> {
    const { cryptoki, pin } = this.#access;
    return cryptoki.call("C_Login", this.handle, user, pin ?? null, pin?.length ?? 0);
  }
}

interface Slot {
  readonly slot: bigint;
  readonly info: TokenInfo;
}

/** The one token that has every name in the URI. */
async function findToken({ cryptoki, reference }: TokenAccess): Promise<Slot> {
  const slots = await slotsOf(cryptoki);
  const chosen =
    reference.slotId === undefined ? slots : slots.filter((slot) => slot === BigInt(reference.slotId ?? 0));
  const found: Slot[] = [];
  for (const slot of chosen) {
    const bytes = Buffer.alloc(TOKEN_INFO_BYTES);
    const answer = await cryptoki.call("C_GetTokenInfo", slot, bytes);
    if (answer !== CKR.OK) continue; // a slot whose token was pulled, or cannot be read, is not the one
    const info = decodeTokenInfo(bytes);
    if (isNamed(info, reference)) found.push({ slot, info });
  }
  const [only, ...more] = found;
  if (only === undefined)
    throw unavailable("No token in the PKCS #11 module fits the URI; list them with: pkcs11-tool --list-token-slots");
  if (more.length > 0) throw unavailable("More than one token fits the PKCS #11 URI; add serial or slot-id to it.");
  return only;
}

function isNamed(info: TokenInfo, reference: Pkcs11Reference): boolean {
  const names = ["token", "manufacturer", "model", "serial"] as const;
  return names.every((name) => reference[name] === undefined || reference[name] === info[name]);
}

async function slotsOf(cryptoki: Cryptoki): Promise<bigint[]> {
  const slots = Buffer.alloc(8 * KMS_LIMITS.maxSlots);
  const count = ulong(KMS_LIMITS.maxSlots);
  await check(cryptoki, "C_GetSlotList", 1, slots, count);
  const length = Math.min(Number(count.readBigUInt64LE()), KMS_LIMITS.maxSlots);
  return Array.from({ length }, (_, index) => slots.readBigUInt64LE(8 * index));
}

async function check(cryptoki: Cryptoki, name: FunctionName, ...values: readonly NativeValue[]): Promise<void> {
  const answer = await cryptoki.call(name, ...values);
  if (answer !== CKR.OK) throw refused(name, answer);
}

/** Return values after which the same call with other input, or another token, is what helps. */
const ADVICE: Readonly<Record<number, string>> = Object.freeze({
  [CKR.PIN_INCORRECT]: "the PIN is wrong; correct it before trying again, since wrong ones lock the token",
  [CKR.PIN_INVALID]: "the PIN is wrong; correct it before trying again, since wrong ones lock the token",
  [CKR.PIN_LEN_RANGE]: "the PIN is wrong; correct it before trying again, since wrong ones lock the token",
  [CKR.PIN_EXPIRED]: "the PIN has expired; set a new one",
  [CKR.PIN_LOCKED]: "the PIN is locked; unlock the token with its security officer's PIN",
  [CKR.USER_PIN_NOT_INITIALIZED]: "the token has no user PIN yet; set one",
  [CKR.USER_NOT_LOGGED_IN]: "the key needs a login; give the PIN",
  [CKR.TOKEN_NOT_PRESENT]: "the token is not there; plug it in",
  [CKR.TOKEN_NOT_RECOGNIZED]: "the token is not recognised; check that it is initialised",
  [CKR.DEVICE_REMOVED]: "the token was pulled out; plug it in",
  [CKR.SLOT_ID_INVALID]: "the slot does not exist; check slot-id",
  [CKR.KEY_FUNCTION_NOT_PERMITTED]: "the key may not be used to sign; use another",
  [CKR.KEY_TYPE_INCONSISTENT]: "the key is of another type; use another",
  [CKR.MECHANISM_INVALID]: "the token does not sign digests made elsewhere; use another key or token",
});

function refused(name: FunctionName, answer: number): PolicyPackError {
  const advice = ADVICE[answer];
  return advice === undefined
    ? failed(`The PKCS #11 module failed (${name}: ${ckrName(answer)}); check the token, then sign again.`)
    : unavailable(`The PKCS #11 module refused (${name}: ${ckrName(answer)}): ${advice}.`);
}
