import { describe, expect, it } from "@jest/globals";
import { attempt, toContext, withinTime } from "../../src/kms/context.ts";
import { busy, failed } from "../../src/kms/failures.ts";
import { Secrets } from "../../src/kms/secrets.ts";
import { configErrorOf } from "./support/errors.ts";

const env = {};
const context = toContext({ env, retries: 2, retryDelayMs: 0 });

describe("toContext", () => {
  it.each([
    { timeoutMs: 0 },
    { timeoutMs: 1.5 },
    { timeoutMs: NaN },
    { retries: -1 },
    { retries: 11 },
    { retryDelayMs: -1 },
  ])("refuses %j", (options) => {
    expect(() => toContext({ env, ...options })).toThrow(TypeError);
  });
});

describe("attempt", () => {
  it("tries again only what may pass, and only so often", async () => {
    let tried = 0;
    const failing = (error: () => Error) => () => {
      tried += 1;
      return Promise.reject(error());
    };
    await configErrorOf(
      attempt(
        context,
        "It",
        failing(() => busy("busy")),
      ),
    );
    expect(tried).toBe(3);
    await configErrorOf(
      attempt(
        context,
        "It",
        failing(() => failed("no")),
      ),
    );
    expect(tried).toBe(4);
    await expect(
      attempt(
        context,
        "It",
        failing(() => new Error("unexpected")),
      ),
    ).rejects.toThrow("unexpected");
    expect(tried).toBe(5);
  });

  it("does not pause once it is cancelled", async () => {
    const controller = new AbortController();
    const patient = toContext({ env, retryDelayMs: 8000, signal: controller.signal });
    const action = (): Promise<never> => {
      queueMicrotask(() => {
        controller.abort();
      });
      return Promise.reject(busy("busy"));
    };
    expect((await configErrorOf(attempt(patient, "It", action))).retryable).toBe(false);
  });
});

describe("withinTime", () => {
  it("tells the action when its time is up", async () => {
    let told: AbortSignal | undefined;
    const error = await configErrorOf(
      withinTime({ timeoutMs: 20, signal: undefined }, "It", (signal) => {
        told = signal;
        return new Promise(() => undefined);
      }),
    );
    expect([error.code, error.retryable, told?.aborted]).toEqual(["SIGNING_FAILED", true, true]);
  });

  it("does not start what is cancelled already", async () => {
    let isStarted = false;
    const action = (): Promise<void> => {
      isStarted = true;
      return Promise.resolve();
    };
    await configErrorOf(withinTime({ timeoutMs: 20, signal: AbortSignal.abort() }, "It", action));
    expect(isStarted).toBe(false);
  });
});

describe("Secrets", () => {
  const secrets = new Secrets({
    VAULT_TOKEN: "hvs.long",
    AWS_SECRET_ACCESS_KEY: "hvs.long-and-longer",
    HOME: "/home",
    MY_PIN: "1",
  });
  secrets.add("the added one");

  it("hides what variables and callers gave it, longest first", () => {
    expect(secrets.quote("a hvs.long-and-longer b hvs.long c the added one d /home 1")).toBe(
      "a [secret] b [secret] c [secret] d /home 1",
    );
  });

  it("leaves no control character and nothing long", () => {
    expect(secrets.quote("a\u001b[31mb\r\nc\u2028d\u202ee")).toBe("a [31mb c d e");
    expect(secrets.quote("x".repeat(5000)).length).toBeLessThan(400);
  });
});
