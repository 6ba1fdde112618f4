import { describe, expect, it } from "@jest/globals";
import { parseDenylist, parseVerificationPolicy, VERIFY_LIMITS } from "../../src/index.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { causeOf, codeOf } from "../support/expect.ts";
import { rootJson } from "../support/world.ts";

const root = rootJson();
const signers = [{ certificateIdentity: "a", certificateOidcIssuer: "b", trustedRoot: "r0" }];
const parse = (trustedRoots: unknown, more: object = {}): unknown =>
  parseVerificationPolicy({ signers, trustedRoots, ...more });
const roots = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`r${index}`, root]));

describe("the trusted roots of a policy", () => {
  it("are as many as are read, and no more", () => {
    expect(() => parse(roots(VERIFY_LIMITS.maxTrustedRoots))).not.toThrow();
    expect(codeOf(() => parse(roots(VERIFY_LIMITS.maxTrustedRoots + 1)))).toBe("CONFIG_INVALID");
  });

  it.each<[string, unknown]>([
    ["a list", [root]],
    ["a text", "abc"],
    ["a number", 5],
  ])("when they are %s throw CONFIG_INVALID", (_, given) => {
    const unnamed = [{ certificateIdentity: "a", certificateOidcIssuer: "b" }];
    expect(codeOf(() => parse(given, { signers: unnamed }))).toBe("CONFIG_INVALID");
  });

  it.each([Number.NaN, Infinity])("when they hold %d, which JSON has not, throw CONFIG_INVALID", (number) => {
    const others = { ...root, ctlogs: undefined };
    expect(() => parse({ r0: others })).not.toThrow();
    expect(codeOf(() => parse({ r0: { ...others, ctlogs: number } }))).toBe("CONFIG_INVALID");
  });

  it("when they have just as many logs and authorities as are demanded are read", () => {
    expect(() => parse({ r0: root }, { minimumLogEntries: 1, minimumTimestamps: 1 })).not.toThrow();
  });
});

describe("the time of a policy", () => {
  it("when a window ends at the oldest time is read", () => {
    const time = "2026-01-02T03:04:05Z";
    const window = signers.map((rule) => ({ ...rule, notBefore: time, notAfter: time }));
    expect(() => parse({ r0: root }, { signers: window, oldestSigningTime: time })).not.toThrow();
  });
});

describe("parseDenylist", () => {
  it("when it is malformed keeps what was", () => {
    expect(causeOf(() => parseDenylist({}))).toBeInstanceOf(MalformedError);
  });

  const dates = { version: 1, issuedAt: "2026-01-02T03:04:05Z", expires: "2026-01-03T03:04:05Z" };
  it.each<[string, unknown]>([
    ["in a list", ["5"]],
    ["that is true", true],
  ])("when a revision is a number %s throws METADATA_INVALID", (_, revision) => {
    const entries = [{ packId: "a-v0", revision, reason: "x" }];
    expect(codeOf(() => parseDenylist({ ...dates, entries } as Parameters<typeof parseDenylist>[0]))).toBe(
      "METADATA_INVALID",
    );
  });
});
