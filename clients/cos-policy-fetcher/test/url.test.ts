import { describe, expect, it } from "@jest/globals";
import { attestationUrl, displayUrl, parseUrl, packIdOfUrl } from "../src/url.ts";

const INVALID = expect.objectContaining({ name: "ConfigError", code: "CONFIG_INVALID" });

describe("parseUrl", () => {
  it.each(["http://127.0.0.1:8080/p", "https://example.com/p?x=1"])("returns %s", (url) => {
    expect(parseUrl(url).href).toBe(url);
    expect(parseUrl(new URL(url)).href).toBe(url);
  });

  it("drops a fragment", () => {
    expect(parseUrl("http://example.com/p#f").href).toBe("http://example.com/p");
  });

  it.each([
    "",
    "policy-pack-v0",
    "//example.com/p",
    "file:///etc/passwd",
    "ftp://example.com/p",
    "data:,x",
    "http://user:hunter2@example.com/p",
    "http://hunter2@example.com/p",
    "http://:hunter2@example.com/p",
    "http://exa mple/hunter2",
  ])("throws on %p without repeating it", (url) => {
    expect(() => parseUrl(url)).toThrow(INVALID);
    expect(() => parseUrl(url)).not.toThrow(/hunter2/);
  });

  it.each([undefined, null, 1, {}])("throws a TypeError on %p", (url) => {
    expect(() => parseUrl(url as string)).toThrow(TypeError);
  });
});

describe("attestationUrl", () => {
  it.each([
    ["http://a/p", "http://a/p/attestation"],
    ["http://a/p/", "http://a/p/attestation"],
    ["http://a/p?x=1", "http://a/p/attestation?x=1"],
    ["http://a/p/attestation", "http://a/p/attestation"],
    ["http://a/p/attestation?x=1", "http://a/p/attestation?x=1"],
  ])("adds the path of %s before any query", (from, to) => {
    expect(attestationUrl(new URL(from)).href).toBe(to);
  });
});

describe("displayUrl", () => {
  it("leaves the query out", () => {
    expect(displayUrl(new URL("https://a/p?token=hunter2"))).toBe("https://a/p?…");
    expect(displayUrl(new URL("https://a/p"))).toBe("https://a/p");
  });
});

describe("packIdOfUrl", () => {
  it.each([
    ["http://127.0.0.1/v1/policy/packs/policy-pack-v0", "policy-pack-v0"],
    ["http://127.0.0.1/mirror/v1/policy/packs/policy-pack-v0/?token=1#x", "policy-pack-v0"],
    ["http://127.0.0.1/v1/policy/packs/Policy-Pack-v0", undefined],
    ["http://127.0.0.1/v1/policy/packs/policy-pack-v0/attestation", undefined],
    ["http://127.0.0.1/files/policy-pack-v0", undefined],
    ["http://127.0.0.1/?/v1/policy/packs/policy-pack-v0", undefined],
  ])("of %s returns %s", (url, packId) => {
    expect(packIdOfUrl(url)).toBe(packId);
  });
});
