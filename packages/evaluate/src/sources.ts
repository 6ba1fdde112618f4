import { randomBytes } from "node:crypto";

import type { Capabilities } from "./capabilities/capabilities.ts";
import type { BuiltinSources } from "./machine/builtin-host.ts";

export interface SourceOptions {
  /** Nanoseconds since 1970 for `time.now_ns`; asked at most once a decision. The system clock unless given. */
  readonly now?: (() => bigint) | undefined;
  /** For `rand.intn` and `uuid.rfc4122`; the system's source unless given. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
  /** Told of each line that the policy prints, while it decides; what it throws stops the decision. */
  readonly print?: ((line: string) => void) | undefined;
  /** What the policy may do beyond computing: nothing unless given. */
  readonly capabilities?: Capabilities | undefined;
}

const NO_CAPABILITIES: Capabilities = Object.freeze({});

export function resolveSources(options: SourceOptions): BuiltinSources {
  return {
    now: options.now ?? systemNow,
    randomBytes: options.randomBytes ?? randomBytes,
    print: options.print ?? ignore,
    capabilities: options.capabilities ?? NO_CAPABILITIES,
  };
}

function ignore(): void {
  // Nobody asked for what the policy prints.
}

const clock = { milliseconds: 0, nanoseconds: 0n };

/** A bigint a millisecond, not one a decision. */
function systemNow(): bigint {
  const milliseconds = Date.now();
  if (milliseconds !== clock.milliseconds) {
    clock.milliseconds = milliseconds;
    clock.nanoseconds = BigInt(milliseconds) * 1_000_000n;
  }
  return clock.nanoseconds;
}
