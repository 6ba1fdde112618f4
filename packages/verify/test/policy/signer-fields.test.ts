import { describe, expect, it } from "@jest/globals";
import { parseVerificationPolicy } from "../../src/index.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { causeOf, codeOf } from "../support/expect.ts";

const parse = (signer: unknown): unknown => parseVerificationPolicy({ signers: [signer] });
const claims = (github: object): unknown => parse({ github: { ownerId: "5", ...github } });

describe("the claims of a signer", () => {
  it.each<[string, object]>([
    ["a repository by its name", { repository: "acme/app" }],
    ["a repository by its address", { repository: "https://git.example.com/acme/app" }],
    ["a repository deep in groups", { repository: "https://git.example.com/a/b/c/app" }],
    ["a repository of short names", { repository: "https://g/ab" }],
    ["a commit by SHA-1", { sha: "0123456789abcdef0123456789abcdef01234567" }],
    ["a commit by SHA-256", { sha: "ab".repeat(32) }],
    ["a repository's id", { repositoryId: "12345678901234567890" }],
    ["an id of one digit", { repositoryId: "7" }],
  ])("when they name %s are read", (_, github) => {
    expect(() => claims(github)).not.toThrow();
  });

  it.each<[string, object]>([
    ["a repository without an owner", { repository: "/app" }],
    ["a repository with a folder", { repository: "acme/app/src" }],
    ["a repository with a space", { repository: "acme/app x" }],
    ["a repository behind a word", { repository: "see https://git.example.com/acme/app" }],
    ["an address with a space", { repository: "https://git.example.com/acme/app x" }],
    ["an address with a space in its path", { repository: "https://git.example.com/ac me/app" }],
    ["an address that ends in a slash", { repository: "https://git.example.com/acme/app/" }],
    ["an address without a host", { repository: "https:///acme/app" }],
    ["an address without a path", { repository: "https://git.example.com/" }],
    ["a host with a space", { repository: "https://git example.com/acme/app" }],
    ["a commit of 39 digits", { sha: "a".repeat(39) }],
    ["a commit of 41 digits", { sha: "a".repeat(41) }],
    ["a commit of 63 digits", { sha: "a".repeat(63) }],
    ["a commit of 65 digits", { sha: "a".repeat(65) }],
    ["a commit of one digit", { sha: "a" }],
    ["a commit in other letters", { sha: "g".repeat(40) }],
    ["a commit in long other letters", { sha: "g".repeat(64) }],
    ["an id of nothing", { repositoryId: "0" }],
    ["an id behind a letter", { repositoryId: "a5" }],
    ["an id with a letter behind", { repositoryId: "5a" }],
    ["an id of 21 digits", { repositoryId: "1".repeat(21) }],
  ])("when they name %s throw CONFIG_INVALID", (_, github) => {
    expect(codeOf(() => claims(github))).toBe("CONFIG_INVALID");
  });

  it.each(["repository", "repositoryId", "ownerId"])("when they name the %s alone are read", (name) => {
    expect(() => parse({ github: { [name]: name === "repository" ? "acme/app" : "5" } })).not.toThrow();
  });

  it("when the issuer is a pattern need an identity beside them", () => {
    const rule = { github: { repository: "acme/app" }, certificateOidcIssuerRegexp: "^https://a$" };
    expect(codeOf(() => parse(rule))).toBe("CONFIG_INVALID");
    expect(() => parse({ ...rule, certificateIdentity: "a" })).not.toThrow();
    expect(() => parse({ github: rule.github, certificateOidcIssuer: "https://a" })).not.toThrow();
  });
});

describe("the key of a signer", () => {
  it("when it is none keeps what was said of it", () => {
    const cause = causeOf(() => parse({ publicKey: "junk" }));
    expect(cause).toBeInstanceOf(MalformedError);
    expect((cause as MalformedError).cause).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("the numbers of a policy", () => {
  const signers = [{ certificateIdentity: "a", certificateOidcIssuer: "b" }];
  const policy = (more: object): unknown => parseVerificationPolicy({ signers, ...more });

  it.each<[string, object]>([
    ["a revision of 1", { minimumRevision: 1 }],
    ["a revision as text", { minimumRevision: "1" }],
    ["as many logs as a bundle may name", { minimumLogEntries: 32 }],
    ["no timestamp", { minimumTimestamps: 0 }],
  ])("when it demands %s is read", (_, more) => {
    expect(() => policy(more)).not.toThrow();
  });

  it.each<[string, object]>([
    ["a revision in a list", { minimumRevision: ["7"] }],
    ["a revision of 0", { minimumRevision: 0 }],
    ["a revision below 0", { minimumRevision: -1 }],
    ["a revision of a half", { minimumRevision: 1.5 }],
    ["a revision that is true", { minimumRevision: true }],
    ["logs in a text", { minimumLogEntries: "1" }],
    ["logs in a list", { minimumLogEntries: [1] }],
    ["timestamps below 0", { minimumTimestamps: -1 }],
    ["a threshold in a list", { threshold: [1] }],
  ])("when it demands %s throws CONFIG_INVALID", (_, more) => {
    expect(codeOf(() => policy(more))).toBe("CONFIG_INVALID");
  });
});
