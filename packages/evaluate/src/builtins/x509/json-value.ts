import { RegoObject } from "../../values/values.ts";
import type { RegoValue } from "../../values/values.ts";

/** A struct as Go prints it. */
export function structOf(fields: Readonly<Record<string, RegoValue>>): RegoObject {
  return new RegoObject(Object.entries(fields));
}

/** A list that Go has not made is null, an empty one that it has made is `[]`: here an empty one was never made. */
export function listOf<T>(items: readonly T[], print: (item: T) => RegoValue): RegoValue {
  return items.length === 0 ? null : items.map(print);
}

export function bytesOf(bytes: Buffer): string {
  return bytes.toString("base64");
}

/** A byte slice that may not have been made. */
export function optionalBytesOf(bytes: Buffer | undefined): RegoValue {
  return bytes === undefined ? null : bytesOf(bytes);
}

export function oidNumbers(oid: string): bigint[] {
  return oid.split(".").map(BigInt);
}
