import { describe, expect, it } from "@jest/globals";

import { callbackSink, verifyDecisionLog } from "../../src/index.ts";
import type { DecisionLog } from "../../src/index.ts";
import { openLog, record } from "../support/log.ts";

describe("callbackSink", () => {
  it("counts a record as lost whose promise is rejected", async () => {
    const { log } = await openLog({ sinks: [callbackSink(() => Promise.reject(new Error("no")))] });
    record(log);
    await log.flush();
    expect(log.stats().sinks[0]).toMatchObject({ delivered: 0, failures: 1, dropped: { sink_failed: 1 } });
  });

  it("that decides itself leaves the chain whole, and the record of that out", async () => {
    const lines: string[] = [];
    const opened: { log?: DecisionLog } = {};
    const sink = callbackSink((line) => {
      if (opened.log !== undefined && lines.length === 0) record(opened.log, { input: "inner" });
      lines.push(line);
    });
    const { log } = await openLog({ sinks: [sink] });
    opened.log = log;
    record(log);
    record(log);
    const verified = await verifyDecisionLog(lines.map((line) => `${line}\n`).join(""));
    expect(verified).toMatchObject({ records: 2, dropped: { sink_failed: 1 } });
  });
});

describe("a sink that throws", () => {
  it("changes no decision, and is counted", async () => {
    const sink = {
      ...callbackSink(() => undefined),
      write: () => {
        throw new Error("a defect");
      },
    };
    const { log } = await openLog({ sinks: [sink] });
    record(log);
    expect(log.stats().sinks[0]?.dropped).toEqual({ sink_failed: 1 });
  });
});
