import type { IoAnswer } from "./io-messages.ts";

/** An answer that is over the caller's limit. */
export class TooLarge extends Error {}

/** What broke while the body was read, the headers being there. */
export class BodyFailure extends Error {}

interface SystemError {
  readonly code?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
  readonly message?: unknown;
}

/** What was thrown, in the words of Go's client where they are cheap to have. */
export function failureOf(thrown: unknown, isTimeout: boolean): IoAnswer {
  if (thrown instanceof TooLarge) return { kind: "too-large" };
  const isBody = thrown instanceof BodyFailure;
  const message = isTimeout ? timeoutMessage(isBody) : messageOf(isBody ? thrown.cause : thrown);
  return { kind: "failed", stage: isBody ? "body" : "request", message, isTimeout };
}

function timeoutMessage(isBody: boolean): string {
  const where = isBody ? "or context cancellation while reading body" : "exceeded while awaiting headers";
  return `context deadline exceeded (Client.Timeout ${where})`;
}

function messageOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const { code, address, port, hostname, message } = thrown as SystemError;
  if (code === "ECONNREFUSED" && typeof address === "string") {
    const host = address.includes(":") ? `[${address}]` : address;
    return `dial tcp ${host}:${String(port)}: connect: connection refused`;
  }
  if (code === "ENOTFOUND") return `dial tcp: lookup ${String(hostname)}: no such host`;
  return typeof message === "string" && message !== "" ? message : String(code);
}
