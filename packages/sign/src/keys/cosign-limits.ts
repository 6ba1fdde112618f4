import type { ContentKind } from "../services/log-keys.ts";
import { logLimit } from "../services/log-keys.ts";
import type { KeyFacts, KeyKind } from "./key-kind.ts";

/** How the command of cosign 3.1 that was asked is called, for messages. */
const COSIGN = "cosign 3.1";

/**
 * What cosign cannot verify of what such a key signs here, in a sentence; undefined when it can. Measured with cosign's
 * own command on bundles of every kind of key, content and log: P-384 and P-521 pass because they sign a SHA-256 here.
 */
export function cosignLimits(kind: KeyKind, content: ContentKind, hasLog: boolean): string | undefined {
  if (kind !== "Ed25519" || content !== "message" || !hasLog) return undefined;
  return `${COSIGN} verifies no message signature of an Ed25519 key that stands in a log; use a P-256 key, or no log.`;
}

/** What a new key of that kind will not do, each in a sentence; none for P-256 and the usual sizes of RSA. */
export function keyPairWarnings(key: KeyFacts): readonly string[] {
  const limit = logLimit(key, "message", 1);
  if (limit === undefined) return [];
  return [
    `${limit}.`,
    `${COSIGN} refuses what its own sign-blob and attest-blob make with ${key.kind} keys; it verifies what policy-pack ` +
      "signs with them.",
  ];
}
