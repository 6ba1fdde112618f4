import { describe, expect, it } from "@jest/globals";
import { TransportError } from "@policy-pack/pack";
import { toFetchError } from "../src/failure.ts";

describe("toFetchError", () => {
  it.each([
    ["ETIMEDOUT", "TransportError", "FETCH_TIMEOUT", true],
    ["UND_ERR_CONNECT_TIMEOUT", "TransportError", "FETCH_TIMEOUT", true],
    ["UND_ERR_HEADERS_TIMEOUT", "TransportError", "FETCH_TIMEOUT", true],
    ["UND_ERR_BODY_TIMEOUT", "TransportError", "FETCH_TIMEOUT", true],
    ["ECONNRESET", "TransportError", "FETCH_FAILED", true],
    ["EPIPE", "TransportError", "FETCH_FAILED", true],
    ["UND_ERR_SOCKET", "TransportError", "FETCH_FAILED", true],
    ["ECONNREFUSED", "TransportError", "FETCH_FAILED", false],
    ["ENOTFOUND", "TransportError", "FETCH_FAILED", false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "TransportError", "FETCH_FAILED", false],
    ["UND_ERR_HEADERS_OVERFLOW", "FormatError", "LIMIT_EXCEEDED", false],
  ])("converts %s and keeps it as cause", (systemCode, name, code, retryable) => {
    const cause = Object.assign(new Error("from below"), { code: systemCode });
    expect(toFetchError(cause, "here")).toMatchObject({ name, code, retryable, cause });
  });

  it.each(["a string", undefined, null, new Error("no code")])("converts %p", (cause) => {
    expect(toFetchError(cause, "here")).toMatchObject({ code: "FETCH_FAILED", retryable: false });
  });

  it("returns errors of ours unchanged", () => {
    const ours = new TransportError("FETCH_REJECTED", "no");
    expect(toFetchError(ours, "here")).toBe(ours);
  });
});
