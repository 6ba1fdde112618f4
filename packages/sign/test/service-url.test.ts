import { describe, expect, it } from "@jest/globals";
import { baseOf, serviceUrl } from "../src/service-url.ts";

describe("serviceUrl", () => {
  it.each([
    "https://vault.example.com:8200",
    "https://vault.example.com/base",
    "http://127.0.0.1:8200",
    "http://[::1]:1",
    "http://localhost",
  ])("takes %s", (text) => {
    expect(serviceUrl(text, "It").href).toContain(text);
  });

  it.each([
    "vault",
    "ftp://127.0.0.1",
    "http://10.0.0.1",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "https://a:b@example.com",
    "https://example.com/?q",
    "https://example.com/#f",
  ])("refuses %s", (text) => {
    expect(() => serviceUrl(text, "It")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("baseOf", () => {
  it.each(["https://x.example/a/", "https://x.example/a/?", "https://x.example/a#"])(
    "returns what a path can follow: %s",
    (text) => {
      expect(baseOf(serviceUrl(text, "It"))).toBe("https://x.example/a");
    },
  );
});
