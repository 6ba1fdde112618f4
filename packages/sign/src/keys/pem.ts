import { SIGN_LIMITS } from "../limits.ts";
import { unreadableKey } from "./key-error.ts";

/** `openssl ecparam -genkey` writes the curve before the key, which names it itself. */
const CURVE_BEFORE = /^\s*-----BEGIN EC PARAMETERS-----[A-Za-z0-9+/=\s]+-----END EC PARAMETERS-----/;
const BLOCK = /^\s*-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^-]*)-----END \1-----\s*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export interface PemBlock {
  readonly label: string;
  readonly bytes: Buffer;
}

/**
 * The one PEM block of a key file (RFC 7468); nothing but white space stands around it.
 * @throws ConfigError KEY_INVALID
 */
export function readPem(text: string): PemBlock {
  if (text.length > SIGN_LIMITS.maxKeyBytes) throw unreadableKey(`is over ${SIGN_LIMITS.maxKeyBytes} bytes`);
  const [, label, body] = BLOCK.exec(text.replace(CURVE_BEFORE, "")) ?? [];
  if (label === undefined || body === undefined) throw unreadableKey("is not one PEM block");
  if (body.includes("Proc-Type:")) {
    throw unreadableKey(
      "is encrypted in OpenSSL's old way, which protects it badly; convert it with `openssl pkcs8 -topk8`",
    );
  }
  const base64 = body.replace(/\s/g, "");
  if (!BASE64.test(base64)) throw unreadableKey("holds something else than base64");
  return { label, bytes: Buffer.from(base64, "base64") };
}

export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
