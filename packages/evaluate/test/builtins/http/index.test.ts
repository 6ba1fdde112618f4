import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { HTTP_BUILTINS } from "../../../src/builtins/http/index.ts";
import { releaseCapabilities } from "../../../src/capabilities/release.ts";
import type { Capabilities, HttpCapability } from "../../../src/capabilities/capabilities.ts";
import { RegoDecimal, RegoObject } from "../../../src/values/values.ts";
import { startLoopback } from "../../support/loopback.ts";
import type { Loopback } from "../../support/loopback.ts";
import { callBuiltin, testContext, toJsonText } from "../../support/values.ts";

const granted: Capabilities[] = [];
let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback();
});
afterAll(async () => {
  granted.forEach(releaseCapabilities);
  await loopback.close();
});

/** A decision that may ask the loopback server. */
function decision(http: Partial<HttpCapability> = {}) {
  const capabilities: Capabilities = { http: { hosts: ["127.0.0.1"], timeoutMs: 20_000, ...http } };
  granted.push(capabilities);
  const context = testContext({ capabilities });
  return (path: string, more: Record<string, unknown> = {}): unknown => {
    const url = path.startsWith("/") ? loopback.http + path : path;
    const answer = callBuiltin(HTTP_BUILTINS["http.send"], [{ method: "GET", url, ...more }], context);
    return answer === undefined ? undefined : JSON.parse(toJsonText(answer));
  };
}

const quiet = { raise_error: false };
const failure = (code: "internal" | "network") => ({
  status_code: 0,
  error: { code: `eval_http_send_${code}_error`, message: expect.any(String) },
});

describe("http.send", () => {
  it("returns numbers of an answer by their text", () => {
    const context = testContext({ capabilities: { http: { hosts: ["127.0.0.1"] } } });
    granted.push(context.capabilities);
    const answer = callBuiltin(HTTP_BUILTINS["http.send"], [{ method: "GET", url: `${loopback.http}/json` }], context);
    const body = answer instanceof RegoObject ? answer.entries.find(([key]) => key === "body")?.[1] : undefined;
    const list = body instanceof RegoObject ? body.entries.find(([key]) => key === "b")?.[1] : undefined;
    expect(list).toEqual([new RegoDecimal("1.0"), 9_223_372_036_854_775_808n, "é\ufffd<"]);
  });

  describe("when a decision asks twice", () => {
    it("sends equal requests once", () => {
      const ask = decision();
      expect(ask("/count?equal")).toMatchObject({ raw_body: "1" });
      expect(ask("/count?equal")).toMatchObject({ raw_body: "1" });
      expect(decision()("/count?equal")).toMatchObject({ raw_body: "2" });
    });

    it("sends requests apart that differ in a header, unless it is one that does not matter", () => {
      const ask = decision();
      const header = (value: string, ignored: readonly string[]) => ({
        headers: { "x-a": value },
        cache_ignored_headers: ignored,
      });
      expect(ask("/count?header", header("1", []))).toMatchObject({ raw_body: "1" });
      expect(ask("/count?header", header("2", []))).toMatchObject({ raw_body: "2" });
      expect(ask("/count?header", header("3", ["x-a"]))).toMatchObject({ raw_body: "3" });
      expect(ask("/count?header", header("4", ["x-a"]))).toMatchObject({ raw_body: "3" });
    });

    it("asks anew after a status that no cache keeps, unless the policy asks for a cache", () => {
      const ask = decision({ maxRequests: 3 });
      [1, 2].forEach(() => ask("/status?code=503"));
      [1, 2].forEach(() => ask("/status?code=503", { cache: true }));
      expect(() => ask("/text")).toThrow(RangeError);
    });

    it("gives the same error again without asking", () => {
      const ask = decision({ maxRequests: 1 });
      [1, 2].forEach(() => {
        expect(ask("http://127.0.0.1:1/", quiet)).toEqual(failure("network"));
      });
    });
  });

  describe("when a host is not granted", () => {
    it.each(["http://localhost:1/", "http://127.0.0.1.test/", "http://[::1]/", "http://127.0.0.1@evil.test/"])(
      "does not ask %s",
      (url) => {
        const ask = decision({ maxRequests: 1 });
        expect(ask(url, quiet)).toEqual(failure("internal"));
        expect(ask(url)).toBeUndefined();
        expect(ask("/text")).toMatchObject({ status_code: 200 });
      },
    );

    it("does not follow a redirect to it", () => {
      const to = encodeURIComponent(loopback.http.replace("127.0.0.1", "localhost"));
      const ask = decision();
      expect(ask(`/redirect?to=${to}`, { ...quiet, enable_redirect: true })).toEqual(failure("network"));
      expect(ask(`/redirect?to=${to}`)).toMatchObject({ status_code: 302 });
    });

    it("keeps secrets from another host that is granted", () => {
      const to = encodeURIComponent(`${loopback.http.replace("127.0.0.1", "localhost")}/echo`);
      const ask = decision({ hosts: ["127.0.0.1", "LOCALHOST"] });
      const answer = ask(`/redirect?to=${to}`, {
        enable_redirect: true,
        headers: { authorization: "secret", "x-a": "b" },
      });
      expect(answer).toMatchObject({ status_code: 200, body: { headers: { "X-A": "b" } } });
      expect(JSON.stringify(answer)).not.toContain("secret");
    });

    it("ends redirects that go round in a circle", () => {
      expect(decision()("/circle", { ...quiet, enable_redirect: true })).toEqual(failure("network"));
    });
  });

  describe("when an answer is over a limit", () => {
    it.each(["/big?length=1001", "/gzip?length=1001"])("stops the decision at %s", (path) => {
      const ask = decision({ maxResponseBytes: 1000 });
      expect(() => ask(path, quiet)).toThrow(RangeError);
      expect(ask(path.replace("1001", "1000"))).toMatchObject({ status_code: 200 });
    });

    it("stops the decision after its last request", () => {
      const ask = decision({ maxRequests: 2 });
      for (const index of [1, 2]) ask(`/text?${index}`);
      expect(() => ask("/text?3")).toThrow(RangeError);
    });

    it.each(["/never", "/drip"])("ends %s after the time that is granted", (path) => {
      const started = Date.now();
      expect(decision({ timeoutMs: 200 })(path, { ...quiet, timeout: "1h", max_retry_attempts: 9 })).toMatchObject({
        status_code: 0,
      });
      expect(Date.now() - started).toBeLessThan(15_000);
    });
  });

  it.each(["/tunnel", "/upgrade"])("does not wait for a body behind %s", (path) => {
    const started = Date.now();
    const method = path === "/tunnel" ? "CONNECT" : "GET";
    const headers = { connection: "upgrade", upgrade: "x" };
    expect(decision({ timeoutMs: 60_000 })(path, { method, headers, timeout: "1h", ...quiet })).toEqual(
      failure("network"),
    );
    expect(Date.now() - started).toBeLessThan(30_000);
  });

  describe("when a request wants what no capability grants", () => {
    it.each(["tls_ca_cert_file", "tls_client_key_file", "tls_client_cert_env_variable"])("stops at %s", (name) => {
      expect(() => decision()("/text", { [name]: "x", ...quiet })).toThrow(TypeError);
    });

    it("stops at TLS whose certificates are not checked", () => {
      for (const path of ["/text", `${loopback.https}/echo`]) {
        expect(() => decision()(path, { tls_insecure_skip_verify: true, ...quiet })).toThrow(TypeError);
      }
      const unchecked = decision({ insecureTls: true });
      expect(unchecked(`${loopback.https}/echo`, { tls_insecure_skip_verify: true })).toMatchObject({
        status_code: 200,
      });
    });

    it("stops at a socket of this host", () => {
      expect(() => decision()("unix://127.0.0.1/x?socket=%2Ftmp%2Fx", quiet)).toThrow(TypeError);
    });

    it("stops without the capability", () => {
      const request = { method: "GET", url: "http://127.0.0.1/" };
      expect(() => callBuiltin(HTTP_BUILTINS["http.send"], [request], testContext())).toThrow(TypeError);
    });
  });

  it("returns nothing for a request that is no object", () => {
    expect(callBuiltin(HTTP_BUILTINS["http.send"], ["x"], testContext())).toBeUndefined();
  });
});
