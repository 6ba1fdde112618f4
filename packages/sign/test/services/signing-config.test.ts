import { describe, expect, it } from "@jest/globals";
import { parseSigningConfig, SIGNING_CONFIG_MEDIA_TYPE } from "../../src/services/signing-config.ts";

const service = {
  url: "https://log.example/",
  majorApiVersion: 2,
  validFor: { start: "2025-01-01T00:00:00Z", end: "2026-01-01T00:00:00.5+01:00" },
  operator: "example",
};
const config = {
  mediaType: SIGNING_CONFIG_MEDIA_TYPE,
  caUrls: [{ ...service, url: "https://ca.example" }],
  oidcUrls: [],
  rekorTlogUrls: [service],
  rekorTlogConfig: { selector: "EXACT", count: 1 },
  tsaUrls: [{ ...service, url: "https://tsa.example/path", majorApiVersion: 1 }],
  tsaConfig: { selector: "ANY" },
};
const withService = (change: object) => ({ ...config, rekorTlogUrls: [{ ...service, ...change }] });
const parse = (value: unknown) => parseSigningConfig(JSON.stringify(value));

describe("parseSigningConfig", () => {
  it("reads services, their times and selectors", () => {
    const read = parse(config);
    expect(read.logs).toEqual({
      services: [
        {
          url: "https://log.example",
          majorApiVersion: 2,
          validFor: { start: new Date("2025-01-01T00:00:00Z"), end: new Date("2025-12-31T23:00:00.5Z") },
          operator: "example",
        },
      ],
      selector: { kind: "EXACT", count: 1 },
    });
    expect(read.timestampAuthorities.selector).toEqual({ kind: "ANY" });
    expect(read.certificateAuthorities.map(({ url }) => url)).toEqual(["https://ca.example"]);
  });

  it("reads what cosign writes for an instance without services", () => {
    const nobody = { services: [], selector: undefined };
    const text = `{"mediaType":"${SIGNING_CONFIG_MEDIA_TYPE}","rekorTlogConfig":{},"tsaConfig":{}}`;
    expect(parseSigningConfig(Buffer.from(text))).toEqual({
      certificateAuthorities: [],
      identityProviders: [],
      logs: nobody,
      timestampAuthorities: nobody,
    });
  });

  it.each([
    ["no JSON", "x"],
    ["a list", []],
    ["no media type", { ...config, mediaType: undefined }],
    ["version 0.1", { ...config, mediaType: "application/vnd.dev.sigstore.signingconfig.v0.1+json" }],
    ["version 0.3", { ...config, mediaType: "application/vnd.dev.sigstore.signingconfig.v0.3+json" }],
    ["an unknown field", { ...config, more: 1 }],
    ["logs without a selector", { ...config, rekorTlogConfig: undefined }],
    ["logs with an empty selector", { ...config, rekorTlogConfig: {} }],
    ["an unknown selector", { ...config, rekorTlogConfig: { selector: "SOME" } }],
    ["an undefined selector", { ...config, rekorTlogConfig: { selector: "SERVICE_SELECTOR_UNDEFINED" } }],
    ["an unknown field of a selector", { ...config, rekorTlogConfig: { selector: "ANY", more: 1 } }],
    ["a selector of nothing", { ...config, rekorTlogUrls: [] }],
    ["a count of none", { ...config, tsaConfig: { selector: "EXACT", count: 0 } }],
    ["no count", { ...config, tsaConfig: { selector: "EXACT" } }],
    ["half a count", { ...config, tsaConfig: { selector: "EXACT", count: 1.5 } }],
    ["a count where none belongs", { ...config, tsaConfig: { selector: "ALL", count: 2 } }],
    ["services that are no list", { ...config, caUrls: {} }],
    ["too many services", { ...config, caUrls: Array.from({ length: 101 }).fill(service) }],
    ["a service that is text", { ...config, caUrls: ["https://x.example"] }],
    ["a service without a URL", withService({ url: undefined })],
    ["a file as URL", withService({ url: "file:///etc/passwd" })],
    ["a URL with a password", withService({ url: "https://a:b@log.example" })],
    ["a URL with a user", withService({ url: "https://a@log.example" })],
    ["a URL with a query", withService({ url: "https://log.example/?x=1" })],
    ["a URL with a fragment", withService({ url: "https://log.example/#x" })],
    ["a URL in clear", withService({ url: "http://log.example" })],
    ["a URL that is none", withService({ url: "log" })],
    ["a version that is text", withService({ majorApiVersion: "1" })],
    ["a negative version", withService({ majorApiVersion: -1 })],
    ["no times", withService({ validFor: undefined })],
    ["no start", withService({ validFor: {} })],
    ["a day as start", withService({ validFor: { start: "2025-01-01" } })],
    ["a day that does not exist", withService({ validFor: { start: "2025-13-01T00:00:00Z" } })],
    ["an end that is no time", withService({ validFor: { start: "2025-01-01T00:00:00Z", end: "never" } })],
    ["no operator", withService({ operator: undefined })],
    ["an unknown field of a service", withService({ more: 1 })],
  ])("throws CONFIG_INVALID for %s", (_name, value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    expect(() => parseSigningConfig(text)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});
