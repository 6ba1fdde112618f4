import path from "node:path";
import { misconfigured } from "./failures.ts";

/** Which token of which module, which key on it, and where its PIN is. */
export interface Pkcs11Reference {
  readonly scheme: "pkcs11";
  /** Absolute path of the module; absent: `COSIGN_PKCS11_MODULE_PATH`. */
  readonly modulePath?: string;
  readonly slotId?: number;
  readonly token?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  /** The key's label. */
  readonly object?: string;
  /** The key's CKA_ID. */
  readonly id?: Uint8Array;
  /** Absolute path of the file that holds the PIN. */
  readonly pinFile?: string;
}

const PATH_ATTRIBUTES = new Set(["slot-id", "token", "manufacturer", "model", "serial", "object", "id", "type"]);
const QUERY_ATTRIBUTES = new Set(["module-path", "pin-source"]);

type Attributes = ReadonlyMap<string, Buffer>;

/**
 * Reads a PKCS #11 URI. What would choose another key if it were ignored is refused: unknown attributes, one given
 * twice, a `type` other than private. So is `pin-value`, which others could read on the command line.
 * Source: RFC 7512, 2.3 and 2.4.
 * @throws ConfigError CONFIG_INVALID, never repeating the URI
 */
export function parsePkcs11Uri(uri: string): Pkcs11Reference {
  const [, pathPart = "", , queryPart = ""] = /^pkcs11:([^?#]*)(\?([^#]*))?$/s.exec(uri) ?? [];
  if (pathPart === "") throw invalid("it names no token and key");
  const attributes = readAttributes(pathPart, ";", PATH_ATTRIBUTES);
  const query = readAttributes(queryPart, "&", QUERY_ATTRIBUTES);
  const reference = {
    scheme: "pkcs11" as const,
    ...texts(attributes),
    ...slotIdOf(attributes),
    ...keyIdOf(attributes),
    ...filesOf(query),
  };
  checkChoice(reference, attributes);
  return reference;
}

function readAttributes(text: string, separator: string, known: ReadonlySet<string>): Attributes {
  const found = new Map<string, Buffer>();
  for (const part of text === "" ? [] : text.split(separator)) {
    const [, name = "", value = ""] = /^([a-z-]+)=(.*)$/s.exec(part) ?? [];
    if (name === "pin-value") {
      throw invalid(
        "it holds a PIN (pin-value), which every user of this machine can read; change that PIN, and use pin-source=FILE or COSIGN_PKCS11_PIN",
      );
    }
    if (!known.has(name)) throw invalid(`it has an attribute that is not one of ${[...known].join(", ")}`);
    if (found.has(name)) throw invalid(`it has ${name} twice`);
    found.set(name, percentDecoded(value, name));
  }
  return found;
}

/** Bytes, since `id` is binary. Source: RFC 3986, 2.1. */
function percentDecoded(value: string, name: string): Buffer {
  if (!/^(?:[A-Za-z0-9._~:[\]@!$'()*+,=/?|&-]|%[0-9A-Fa-f]{2})+$/.test(value)) {
    throw invalid(`${name} is empty or has a character that must be written as %XX`);
  }
  return Buffer.from(
    value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );
}

function texts(attributes: Attributes): Omit<Pkcs11Reference, "scheme"> {
  const names = ["token", "manufacturer", "model", "serial", "object"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = attributes.get(name);
      return value === undefined ? [] : [[name, toText(value, name)]];
    }),
  );
}

function toText(bytes: Buffer, name: string): string {
  const text = bytes.toString("utf8");
  if (text.includes("\0") || !Buffer.from(text).equals(bytes)) throw invalid(`${name} is not UTF-8 text`);
  return text;
}

function slotIdOf(attributes: Attributes): { slotId?: number } {
  const value = attributes.get("slot-id");
  if (value === undefined) return {};
  const slotId = /^\d{1,15}$/.test(value.toString()) ? Number(value.toString()) : undefined;
  if (slotId === undefined) throw invalid("slot-id is not a number");
  return { slotId };
}

function keyIdOf(attributes: Attributes): { id?: Uint8Array } {
  const id = attributes.get("id");
  return id === undefined ? {} : { id: Uint8Array.from(id) };
}

function filesOf(query: Attributes): { modulePath?: string; pinFile?: string } {
  const module = query.get("module-path");
  const pin = query.get("pin-source");
  return {
    ...(module === undefined ? {} : { modulePath: absolute(toText(module, "module-path"), "module-path") }),
    ...(pin === undefined
      ? {}
      : { pinFile: absolute(toText(pin, "pin-source").replace(/^file:(\/\/)?/, ""), "pin-source") }),
  };
}

/** A relative module would be looked for where anyone may have put one; `|command` would run a program. */
function absolute(file: string, name: string): string {
  if (path.isAbsolute(file)) return file;
  throw invalid(`${name} is not the absolute path of a file`);
}

function checkChoice(reference: Pkcs11Reference, attributes: Attributes): void {
  const { token, slotId, serial, object, id } = reference;
  if (token === undefined && slotId === undefined && serial === undefined) {
    throw invalid("it names no token (token, serial or slot-id)");
  }
  if (object === undefined && id === undefined) throw invalid("it names no key (object or id)");
  const type = attributes.get("type")?.toString();
  if (type !== undefined && type !== "private") throw invalid("its type is not private");
}

function invalid(why: string): Error {
  return misconfigured(
    `The PKCS #11 URI cannot be used: ${why}. The form is pkcs11:token=LABEL;object=LABEL?module-path=/PATH.`,
  );
}
