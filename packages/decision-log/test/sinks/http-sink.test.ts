import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it } from "@jest/globals";

import { httpSink, verifyDecisionLog } from "../../src/index.ts";
import type { HttpSinkOptions } from "../../src/index.ts";
import { toMilliseconds } from "../../src/sinks/http-sink.ts";
import { ManualClock, NOW_MS, openLog, record } from "../support/log.ts";
import { accept, withReceiver } from "../support/receiver.ts";
import type { Answer, Receiver } from "../support/receiver.ts";

const FAST = { maxDelayMs: 1, minRetryMs: 1, maxRetryMs: 2, random: () => 0 } as const;

async function open(receiver: Pick<Receiver, "url">, options: Partial<HttpSinkOptions> = {}) {
  return (await openLog({ sinks: [httpSink({ url: receiver.url, ...FAST, ...options })] })).log;
}

const inputsOf = ({ received }: Receiver) => received.flatMap(({ records }) => records.map(({ input }) => input));

describe("httpSink", () => {
  it.each([
    { url: "no address" },
    { url: "ftp://example.com" },
    { url: "https://user:secret@example.com" },
    { url: "http://example.com", token: "t" },
    { url: "https://example.com", maxDelayMs: 0 },
    { url: "https://example.com", maxRetryMs: 2 ** 31 },
    { url: "https://example.com", maxBatchRecords: 1.5 },
  ])("throws CONFIG_INVALID for %j", (options) => {
    expect(() => httpSink(options)).toThrow(expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" }));
  });

  it("sends what OPA sends: a POST of a packed JSON array to /logs, with the token", async () => {
    await withReceiver(accept, async (receiver) => {
      const log = await open({ url: `${receiver.url}/base/` }, { token: () => Promise.resolve("t0ken") });
      record(log);
      record(log);
      await log.close();
      expect(receiver.received).toMatchObject([
        {
          method: "POST",
          url: "/base/logs",
          headers: { authorization: "Bearer t0ken", "content-type": "application/json", "content-encoding": "gzip" },
          records: [{ chain: { sequence: 0 } }, { chain: { sequence: 1 } }],
        },
      ]);
      expect(log.stats().sinks[0]).toMatchObject({ delivered: 2, pending: 0, failures: 0, dropped: {} });
    });
  });

  it("sends full batches at once, and the rest after the delay", async () => {
    await withReceiver(accept, async (receiver) => {
      const clock = new ManualClock();
      const log = await open(receiver, { clock, maxBatchRecords: 10, maxDelayMs: 1000 });
      for (let n = 0; n < 10; n++) record(log);
      await receiver.whenReceived(1);
      await log.flush();
      record(log);
      expect(clock.waiting()).toEqual([1000]);
      clock.advance(1000);
      await receiver.whenReceived(2);
      await log.close();
      expect(receiver.received.map(({ records }) => records.length)).toEqual([10, 1]);
    });
  });

  it("keeps a batch within its bytes", async () => {
    await withReceiver(accept, async (receiver) => {
      const log = await open(receiver, { maxBatchBytes: 3000 });
      for (let n = 0; n < 5; n++) record(log, { input: { text: "x".repeat(1000) } });
      await log.close();
      expect(receiver.received.map(({ records }) => records.length)).toEqual([2, 2, 1]);
    });
  });

  const failures: readonly [string, Answer][] = [
    ["500", (response) => response.writeHead(500).end()],
    ["429", (response) => response.writeHead(429).end("slow down")],
    ["401", (response) => response.writeHead(401).end()],
    ["a redirect", (response) => response.writeHead(307, { location: "/elsewhere" }).end()],
    ["nothing, and closes", (response) => response.socket?.destroy()],
    [
      "half an answer",
      (response) => response.writeHead(200, { "content-length": "9" }).write("x", () => response.socket?.destroy()),
    ],
  ];
  it.each(failures)("sends again what is answered with %s, in order and once each", async (_case, fail) => {
    const answer: Answer = (response, received, count) => {
      if (count <= 3) fail(response, received, count);
      else accept(response, received, count);
    };
    await withReceiver(answer, async (receiver) => {
      const log = await open(receiver);
      record(log, { input: 1 });
      await receiver.whenReceived(2);
      record(log, { input: 2 });
      await log.close();
      const accepted = receiver.received.slice(3);
      expect(inputsOf({ ...receiver, received: accepted })).toEqual([1, 2]);
      expect(receiver.received.every(({ url }) => url === "/logs")).toBe(true);
      expect(log.stats().sinks[0]).toMatchObject({
        delivered: 2,
        failures: 3,
        dropped: {},
        lastError: expect.any(String),
      });
    });
  });

  it("does not wait for an answer for ever", async () => {
    const answer: Answer = (response, received, count) => {
      if (count > 1) accept(response, received, count);
    };
    await withReceiver(answer, async (receiver) => {
      const log = await open(receiver, { timeoutMs: 20 });
      record(log);
      await log.close();
      expect(log.stats().sinks[0]).toMatchObject({ delivered: 1, failures: 1 });
    });
  });

  it("reads no answer without end", async () => {
    const answer: Answer = (response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (response.writable && response.write(Buffer.alloc(64 * 1024)));
        response.once("drain", pour);
      };
      response.on("error", () => undefined);
      pour();
    };
    await withReceiver(answer, async (receiver) => {
      const log = await open(receiver);
      record(log);
      await log.close();
      expect(log.stats().sinks[0]).toMatchObject({ delivered: 1, failures: 0 });
    });
  });

  it("waits twice as long after each failure, and as long as the service says", async () => {
    const answer: Answer = (response, _received, count) => {
      response.writeHead(503, count === 3 ? { "retry-after": "30" } : {}).end();
    };
    await withReceiver(answer, async (receiver) => {
      const clock = new ManualClock();
      const log = await open(receiver, { clock, maxDelayMs: 5, minRetryMs: 100, maxRetryMs: 1000, random: () => 0.5 });
      record(log);
      const waited: number[] = [];
      for (let tries = 1; tries <= 7; tries++) {
        const [ms = 0] = clock.waiting();
        waited.push(ms);
        clock.advance(ms);
        await receiver.whenReceived(tries);
        while (clock.waiting().length === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(waited).toEqual([5, 75, 150, 30_000, 600, 750, 750]);
      const closing = log.close({ graceMs: 1 });
      clock.advance(1);
      await closing;
      expect(log.stats().sinks[0]).toMatchObject({ dropped: { closed: 1 }, pending: 0 });
    });
  });

  it("halves a batch that is too much, and gives up only the record that is taken never", async () => {
    const answer: Answer = (response, { records }) => {
      if (records.some(({ input }) => input === 3)) response.writeHead(records.length > 1 ? 413 : 400).end();
      else response.writeHead(200).end();
    };
    await withReceiver(answer, async (receiver) => {
      const log = await open(receiver, { maxDelayMs: 50 });
      for (let n = 0; n < 8; n++) record(log, { input: n });
      await log.flush();
      record(log, { input: 8 });
      await log.close();
      const accepted = receiver.received.filter(({ records }) => !records.some(({ input }) => input === 3));
      const records = accepted.flatMap((it) => it.records);
      expect(records.map(({ input, dropped }) => input ?? dropped)).toEqual([0, 1, 2, 4, 5, 6, 7, { rejected: 1 }, 8]);
      expect(log.stats().sinks[0]?.dropped).toEqual({ rejected: 1 });
      const text = records.map((it) => `${JSON.stringify(it)}\n`).join("");
      await expect(verifyDecisionLog(text)).rejects.toMatchObject({ code: "DECISION_LOG_BROKEN" });
    });
  });

  it("keeps no more than its buffer holds, and tells what did not fit", async () => {
    let isUp = false;
    const answer: Answer = (response) => response.writeHead(isUp ? 200 : 503).end();
    await withReceiver(answer, async (receiver) => {
      const log = await open(receiver, { maxBufferRecords: 5 });
      for (let n = 0; n < 8; n++) record(log, { input: n });
      expect(log.stats().sinks[0]).toMatchObject({ pending: 5, dropped: { buffer_full: 3 } });
      isUp = true;
      await log.flush();
      record(log, { input: 8 });
      await log.close();
      const last = receiver.received.at(-1)?.records ?? [];
      expect(last.map(({ input, dropped }) => input ?? dropped)).toEqual([{ buffer_full: 3 }, 8]);
      const accepted = new Map(
        receiver.received.flatMap(({ records }) => records).map((it) => [it.chain.sequence, it]),
      );
      const text = [...accepted.values()].map((it) => `${JSON.stringify(it)}\n`).join("");
      expect(await verifyDecisionLog(text)).toMatchObject({ records: 6, dropped: { buffer_full: 3 } });
    });
  });

  it("counts as lost what nobody took within the grace", async () => {
    const log = await open({ url: "http://127.0.0.1:1" });
    record(log);
    record(log);
    await log.close({ graceMs: 5 });
    expect(log.stats().sinks[0]).toMatchObject({ delivered: 0, pending: 0, dropped: { closed: 2 } });
  });

  it("sends no token that a header cannot carry", async () => {
    await withReceiver(accept, async (receiver) => {
      const log = await open(receiver, { token: "a\r\nx-evil: 1" });
      record(log);
      while (log.stats().sinks[0]?.lastError === undefined) await nextTurn();
      await log.close({ graceMs: 5 });
      expect(receiver.received).toEqual([]);
    });
  });
});

describe("toMilliseconds", () => {
  it.each([
    [undefined, undefined],
    ["5", 5000],
    ["0", 0],
    ["999999999", 900_000],
    [new Date(NOW_MS + 7000).toUTCString(), 7000],
    [new Date(NOW_MS - 7000).toUTCString(), 0],
    ["soon", undefined],
  ])("reads Retry-After %j as %j", (text, ms) => {
    expect(toMilliseconds(text, NOW_MS)).toBe(ms);
  });
});
