import type { Envelope } from "./ports.ts";

/**
 * The bytes that a DSSE signature covers: type and payload, each framed by its length, so that neither can pass for a
 * part of the other. Source: DSSE v1 protocol, "Signature Definition".
 */
export function preAuthEncoding({ payloadType, payload }: Envelope): Uint8Array {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}
