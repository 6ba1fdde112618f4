import { describe, expect, it } from "@jest/globals";
import { MockAgent } from "undici";
import { DEFAULTS } from "../src/limits.ts";
import { toFetchSettings } from "../src/options.ts";
import type { FetchOptions } from "../src/options.ts";

const INVALID = expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" });

describe("toFetchSettings", () => {
  it("returns the frozen defaults where nothing is said", () => {
    const { timeoutMs, idleTimeoutMs, limits, signal } = toFetchSettings();
    expect({ timeoutMs, idleTimeoutMs, limits, signal }).toEqual({ ...DEFAULTS, signal: undefined });
    expect(timeoutMs).toBe(30_000);
    expect(Object.isFrozen(DEFAULTS) && Object.isFrozen(DEFAULTS.limits) && Object.isFrozen(limits)).toBe(true);
  });

  it("returns what is given", () => {
    const dispatcher = new MockAgent();
    const { signal } = new AbortController();
    const given = { timeoutMs: 20, idleTimeoutMs: 10, dispatcher, signal, limits: { maxPackBytes: 1 } };
    expect(toFetchSettings(given)).toEqual({ ...given, limits: { ...DEFAULTS.limits, maxPackBytes: 1 } });
  });

  it("shortens the idle time-out with the whole", () => {
    expect(toFetchSettings({ timeoutMs: 50 }).idleTimeoutMs).toBe(50);
  });

  it.each<FetchOptions>([
    { timeoutMs: 0 },
    { timeoutMs: -1 },
    { timeoutMs: 1.5 },
    { timeoutMs: NaN },
    { timeoutMs: Infinity },
    { timeoutMs: 2 ** 31 },
    { idleTimeoutMs: 0 },
    { timeoutMs: 10, idleTimeoutMs: 11 },
    { limits: { maxPackBytes: 0 } },
    { limits: { maxBundleBytes: -1 } },
    { limits: { maxFiles: 0.5 } },
  ])("throws CONFIG_INVALID on %p", (options) => {
    expect(() => toFetchSettings(options)).toThrow(INVALID);
  });

  it.each([
    null,
    "options",
    { timeoutMs: "30" },
    { idleTimeoutMs: null },
    { limits: 5 },
    { limits: { maxPackBytes: "5" } },
    { dispatcher: {} },
    { dispatcher: null },
    { signal: {} },
    { signal: "stop" },
  ])("throws a TypeError on %p", (options) => {
    expect(() => toFetchSettings(options as unknown as FetchOptions)).toThrow(TypeError);
  });
});
