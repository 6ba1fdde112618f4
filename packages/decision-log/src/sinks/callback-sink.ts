import { messageOf } from "@policy-pack/pack";

import type { LogSink } from "./sink.ts";

/**
 * Hands each record to a function at once, as one line of JSON without a line feed. What the function throws counts as a
 * record that was not taken; what it returns is not looked at.
 */
export function callbackSink(onRecord: (line: string) => void, name = "callback"): LogSink {
  if (typeof onRecord !== "function") throw new TypeError("callbackSink takes a function");
  let [delivered, failures]: [number, number] = [0, 0];
  let lastError: string | undefined;
  return {
    name,
    open: () => Promise.resolve({}),
    write: (line) => {
      try {
        onRecord(line.toString());
        delivered += 1;
        return undefined;
      } catch (thrown) {
        failures += 1;
        lastError = messageOf(thrown);
        return "sink_failed";
      }
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    stats: () => ({ delivered, pending: 0, failures, ...(lastError === undefined ? {} : { lastError }) }),
  };
}
