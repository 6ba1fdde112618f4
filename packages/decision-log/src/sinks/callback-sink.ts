import { messageOf } from "@policy-pack/pack";

import type { LogSink, SinkEvents } from "./sink.ts";

/**
 * Hands each record to a function at once, as one line of JSON without a line feed. What the function throws counts as a
 * record that was not taken; what it returns is not waited for, but a promise that is rejected counts the record as lost.
 */
export function callbackSink(onRecord: (line: string) => unknown, name = "callback"): LogSink {
  if (typeof onRecord !== "function") throw new TypeError("callbackSink takes a function");
  let [delivered, failures]: [number, number] = [0, 0];
  let lastError: string | undefined;
  let events: SinkEvents | undefined;
  const fail = (thrown: unknown): void => {
    failures += 1;
    lastError = messageOf(thrown);
  };
  return {
    name,
    open: (heard) => {
      events = heard;
      return Promise.resolve({});
    },
    write: (line) => {
      try {
        const returned = onRecord(line.toString());
        delivered += 1;
        Promise.resolve(returned).catch((thrown: unknown) => {
          delivered -= 1;
          fail(thrown);
          events?.onLost("sink_failed", 1);
        });
        return undefined;
      } catch (thrown) {
        fail(thrown);
        return "sink_failed";
      }
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
    stats: () => ({ delivered, pending: 0, failures, ...(lastError === undefined ? {} : { lastError }) }),
  };
}
