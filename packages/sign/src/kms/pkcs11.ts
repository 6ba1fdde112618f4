import { X509Certificate } from "node:crypto";
import path from "node:path";
import { readSmallFile, variable, withinTime } from "./context.ts";
import type { KmsContext } from "./context.ts";
import { loadCryptoki, ulong } from "./cryptoki.ts";
import type { Attribute, Cryptoki } from "./cryptoki.ts";
import { toDerSignature } from "./ecdsa.ts";
import { failed, misconfigured, unavailable } from "./failures.ts";
import type { RemoteKey } from "./key-signer.ts";
import { loadPackage } from "./packages.ts";
import type { Pkcs11Reference } from "./pkcs11-uri.ts";
import { digestInfo, readPublicKey, wrongKind } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import { withSession } from "./token-session.ts";
import type { TokenAccess, TokenSession } from "./token-session.ts";

/** Source: PKCS #11 v3.1, "pkcs11t.h". */
const CKA = Object.freeze({
  CLASS: 0x0,
  LABEL: 0x3,
  VALUE: 0x11,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SIGN: 0x108,
  MODULUS: 0x120,
  PUBLIC_EXPONENT: 0x122,
  EC_PARAMS: 0x180,
  EC_POINT: 0x181,
  ALWAYS_AUTHENTICATE: 0x202,
});
const CKO = Object.freeze({ CERTIFICATE: 1, PUBLIC_KEY: 2, PRIVATE_KEY: 3 });
const CKK = Object.freeze({ RSA: 0n, EC: 3n });
const CKM = Object.freeze({ RSA_PKCS: 0x1, ECDSA: 0x1041 });

/** Named curves by their OBJECT IDENTIFIER in DER. Source: RFC 5480, 2.1.1.1. */
const CURVES: Readonly<Record<string, string>> = Object.freeze({
  "06082a8648ce3d030107": "P-256",
  "06052b81040022": "P-384",
  "06052b81040023": "P-521",
});
const FIELD_BYTES = Object.freeze({ "P-256": 32, "P-384": 48, "P-521": 66 });

/** Modules by path: one is loaded once a process. */
const modules = new Map<string, Cryptoki>();
/** The last use of each module, which the next one waits for: few modules serve two sessions at once reliably. */
const uses = new Map<string, Promise<unknown>>();

/**
 * A key on a PKCS #11 token. The module's own code runs in this process; each use opens a session, logs in, and closes
 * it. A login is never tried twice. A call that hangs inside the module is given up, not ended.
 * Source: PKCS #11 v3.1; RFC 7512.
 * @throws ConfigError TOOL_MISSING, CONFIG_INVALID, SIGNER_UNAVAILABLE, KEY_INVALID, SIGNING_FAILED
 */
export async function openPkcs11Key(reference: Pkcs11Reference, context: KmsContext): Promise<RemoteKey> {
  const modulePath = modulePathOf(reference, context);
  const ffi = await loadPackage(context.packages, "ffi", "pkcs11:");
  const pin = await readPin(reference, context);
  const cryptoki = modules.get(modulePath) ?? loadCryptoki(ffi, modulePath);
  modules.set(modulePath, cryptoki);
  const access: TokenAccess = { cryptoki, ffi, reference, pin };
  const use = <T>(action: (session: TokenSession) => Promise<T>): Promise<T> =>
    withinTime(context, "The PKCS #11 token", () => inTurn(modulePath, () => withSession(access, action)));
  const publicKey = await use((session) => readKey(session, reference));
  return {
    name: `the PKCS #11 key ${nameOf(reference)}`,
    publicKey,
    signDigest: (digest) => use((session) => signDigest(session, reference, publicKey, digest)),
  };
}

function modulePathOf(reference: Pkcs11Reference, context: KmsContext): string {
  const modulePath = reference.modulePath ?? variable(context, "COSIGN_PKCS11_MODULE_PATH");
  if (modulePath !== undefined && path.isAbsolute(modulePath)) return modulePath;
  throw misconfigured(
    "There is no PKCS #11 module: give its absolute path as ?module-path= in the URI, or in COSIGN_PKCS11_MODULE_PATH.",
  );
}

async function readPin(reference: Pkcs11Reference, context: KmsContext): Promise<Buffer | undefined> {
  const { pinFile } = reference;
  const pin =
    pinFile === undefined
      ? variable(context, "COSIGN_PKCS11_PIN")
      : (await readSmallFile(pinFile, "pin-source")).replace(/\r?\n$/, "");
  if (pin === undefined) return undefined;
  context.secrets.add(pin);
  return Buffer.from(pin, "utf8");
}

function inTurn<T>(modulePath: string, action: () => Promise<T>): Promise<T> {
  const done = (uses.get(modulePath) ?? Promise.resolve()).then(action);
  uses.set(
    modulePath,
    done.catch(() => undefined),
  );
  return done;
}

function nameOf({ object, id }: Pkcs11Reference): string {
  return object ?? `with the id ${Buffer.from(id ?? []).toString("hex")}`;
}

/** The one private key that the URI names. */
async function findKey(session: TokenSession, reference: Pkcs11Reference): Promise<bigint> {
  const name = nameOf(reference);
  const [handle, ...more] = await session.find(template(CKO.PRIVATE_KEY, reference));
  if (handle === undefined) {
    throw unavailable(
      `There is no private key ${name} on the token; list them with: pkcs11-tool --login --list-objects`,
    );
  }
  if (more.length === 0) return handle;
  throw unavailable(`There is more than one private key ${name} on the token; add id to the URI.`);
}

async function readKey(session: TokenSession, reference: Pkcs11Reference): Promise<PublicKey> {
  const name = nameOf(reference);
  const handle = await findKey(session, reference);
  if ((await session.read(handle, CKA.SIGN))?.[0] === 0) {
    throw unavailable(`The key ${name} may not be used to sign; use another.`);
  }
  const type = numberOf(await session.read(handle, CKA.KEY_TYPE));
  if (type === CKK.RSA) return readRsaKey(session, handle, name);
  if (type === CKK.EC) return readEcKey(session, handle, reference);
  throw wrongKind(`The key ${name}`, `CK_KEY_TYPE ${String(type)}`);
}

function template(objectClass: number, { object, id }: Pick<Pkcs11Reference, "object" | "id">): Attribute[] {
  return [
    { type: CKA.CLASS, value: ulong(objectClass) },
    ...(object === undefined ? [] : [{ type: CKA.LABEL, value: Buffer.from(object, "utf8") }]),
    ...(id === undefined ? [] : [{ type: CKA.ID, value: Buffer.from(id) }]),
  ];
}

async function readRsaKey(session: TokenSession, handle: bigint, name: string): Promise<PublicKey> {
  const [n, e] = [await session.read(handle, CKA.MODULUS), await session.read(handle, CKA.PUBLIC_EXPONENT)];
  if (n === undefined || e === undefined)
    throw unavailable(`The token does not tell the public key of ${name}; use another key.`);
  return readPublicKey({ jwk: { kty: "RSA", n: base64url(n), e: base64url(e) } }, name);
}

/** An EC private key does not hold its public point: the public key beside it does, or a certificate for it. */
async function readEcKey(session: TokenSession, handle: bigint, reference: Pkcs11Reference): Promise<PublicKey> {
  const name = nameOf(reference);
  const oid = (await session.read(handle, CKA.EC_PARAMS))?.toString("hex") ?? "";
  const crv = Object.hasOwn(CURVES, oid) ? CURVES[oid] : undefined;
  if (crv === undefined) throw wrongKind(`The key ${name}`, "EC on another curve");
  const id = await session.read(handle, CKA.ID);
  const twin = id === undefined ? { object: reference.object ?? "" } : { id };
  const [publicKey] = await session.find(template(CKO.PUBLIC_KEY, twin));
  const point = publicKey === undefined ? undefined : await session.read(publicKey, CKA.EC_POINT);
  if (point !== undefined) return readPublicKey({ jwk: pointToJwk(point, crv) }, name);
  const [certificate] = await session.find(template(CKO.CERTIFICATE, twin));
  const value = certificate === undefined ? undefined : await session.read(certificate, CKA.VALUE);
  if (value !== undefined) return readPublicKey({ spki: spkiOfCertificate(value, name) }, name);
  throw unavailable(`The token has neither the public key nor a certificate of ${name}; store one with the same id.`);
}

/** An OCTET STRING that holds the uncompressed point, or the point alone, as some tokens tell it. */
function pointToJwk(value: Buffer, crv: string): { kty: string; crv: string; x: string; y: string } {
  const header =
    value[0] === 0x04 && value[1] === value.length - 2
      ? 2
      : value[0] === 0x04 && value[1] === 0x81 && value[2] === value.length - 3
        ? 3
        : 0;
  const point = value.subarray(header);
  const half = (point.length - 1) / 2;
  return {
    kty: "EC",
    crv,
    x: point.subarray(1, 1 + half).toString("base64url"),
    y: point.subarray(1 + half).toString("base64url"),
  };
}

function spkiOfCertificate(der: Buffer, name: string): Uint8Array {
  try {
    return new X509Certificate(der).publicKey.export({ format: "der", type: "spki" });
  } catch (cause) {
    throw unavailable(`The certificate of ${name} on the token cannot be read; store its public key.`, { cause });
  }
}

/** Looks the key up again, in a session of its own: that it is still the same shows when its signature is verified. */
async function signDigest(
  session: TokenSession,
  reference: Pkcs11Reference,
  { kind }: PublicKey,
  digest: Uint8Array,
): Promise<Uint8Array> {
  const handle = await findKey(session, reference);
  const always = (await session.read(handle, CKA.ALWAYS_AUTHENTICATE))?.[0] === 1;
  if (kind === "RSA") return session.sign(handle, CKM.RSA_PKCS, digestInfo(digest), always);
  const raw = await session.sign(handle, CKM.ECDSA, digest, always);
  const signature = toDerSignature(raw, FIELD_BYTES[kind]);
  if (signature === undefined)
    throw failed("The token answered with an ECDSA signature of another length; check the module.");
  return signature;
}

function numberOf(value: Buffer | undefined): bigint | undefined {
  return value?.length === 8 ? value.readBigUInt64LE() : undefined;
}

function base64url(value: Buffer): string {
  const first = value.findIndex((byte) => byte !== 0);
  return value.subarray(Math.max(first, 0)).toString("base64url");
}
