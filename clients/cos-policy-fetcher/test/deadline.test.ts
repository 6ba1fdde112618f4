import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Deadline } from "../src/deadline.ts";

const TIMEOUT = { name: "TransportError", code: "FETCH_TIMEOUT", retryable: true };
const NEVER = new Promise<never>(() => undefined);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function create(caller?: AbortSignal): Deadline {
  return new Deadline({ timeoutMs: 100, idleTimeoutMs: 30 }, caller, "here");
}

describe("Deadline", () => {
  it("fires after silence", () => {
    const { signal } = create();
    jest.advanceTimersByTime(29);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.reason).toMatchObject(TIMEOUT);
  });

  it("starts the silence anew with each touch, and fires at the end all the same", () => {
    const deadline = create();
    for (let passedMs = 0; passedMs < 80; passedMs += 20) {
      jest.advanceTimersByTime(20);
      deadline.touch();
    }
    expect(deadline.signal.aborted).toBe(false);
    jest.advanceTimersByTime(20);
    expect(deadline.signal.reason).toMatchObject(TIMEOUT);
  });

  it("holds no timer once closed", () => {
    create().close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it("fires with the caller's reason, at once when that has fired already", () => {
    const controller = new AbortController();
    const deadline = create(controller.signal);
    controller.abort("stop");
    expect(deadline.signal.reason).toBe("stop");
    expect(create(controller.signal).signal.reason).toBe("stop");
  });

  it("leaves the caller's signal alone once closed", () => {
    const controller = new AbortController();
    const deadline = create(controller.signal);
    deadline.close();
    controller.abort("stop");
    expect(deadline.signal.aborted).toBe(false);
  });

  describe("race", () => {
    it("returns what the work gives in time", async () => {
      expect(await create().race(Promise.resolve(5))).toBe(5);
    });

    it("rejects with the reason, also for work that never ends and when it has fired before", async () => {
      const deadline = create();
      const raced = deadline.race(NEVER);
      jest.advanceTimersByTime(30);
      await expect(raced).rejects.toMatchObject(TIMEOUT);
      await expect(deadline.race(NEVER)).rejects.toMatchObject(TIMEOUT);
    });
  });
});
