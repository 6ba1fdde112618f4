import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { checkDenylist, parseDenylist } from "../../src/policy/denylist.ts";
import type { DeniableFacts } from "../../src/policy/denylist.ts";
import { codeOf } from "../support/expect.ts";

const digest = digestOf(Buffer.from("pack"));
const keyHint = Buffer.alloc(32, 7).toString("base64");
const identity = "https://github.com/octo/pack/.github/workflows/release.yml@refs/heads/main";
const issuer = "https://token.actions.githubusercontent.com";
const reason = "It grants what it must not grant.";

const dated = { version: 3, issuedAt: "2026-11-01T00:00:00Z", expires: "2026-11-08T00:00:00Z" };

function listOf(...entries: JsonValue[]): JsonValue {
  return { ...dated, entries };
}

describe("parseDenylist", () => {
  it("when each kind of entry is there returns them, with times and revisions in one form", () => {
    const entries = [
      { reason, digest },
      { reason, keyHint },
      { reason, identity, issuer },
      { reason, identity },
      { reason, packId: "policy-pack-v0", revision: 4 },
      { reason, packId: "policy-pack-v0", revisionsUpTo: "3" },
    ];
    expect(parseDenylist(listOf(...entries))).toStrictEqual({
      version: 3,
      issuedAt: "2026-11-01T00:00:00.000Z",
      expires: "2026-11-08T00:00:00.000Z",
      entries: [...entries.slice(0, 4), { ...entries[4], revision: "4" }, entries[5]],
    });
  });

  it("when it denies nothing returns an empty list", () => {
    expect(parseDenylist(listOf()).entries).toEqual([]);
  });

  it.each<[string, JsonValue]>([
    ["null", null],
    ["a list", []],
    ["a text", "denylist"],
    ["empty", {}],
  ])("when it is %s throws METADATA_INVALID", (_, predicate) => {
    expect(codeOf(() => parseDenylist(predicate))).toBe("METADATA_INVALID");
  });

  it.each<[string, Record<string, JsonValue>]>([
    ["an unknown field", { scope: "all" }],
    ["a schema", { $schema: "denylist.schema.json" }],
    ["a prototype", JSON.parse('{"__proto__": {"entries": []}}') as Record<string, JsonValue>],
    ["no entries", { entries: null }],
    ["entries that are no list", { entries: {} }],
    ["a version of 0", { version: 0 }],
    ["a negative version", { version: -1 }],
    ["a broken version", { version: 1.5 }],
    ["a version beyond 2^53", { version: 2 ** 53 }],
    ["a version as text", { version: "3" }],
    ["no version", { version: null }],
    ["no time of issue", { issuedAt: null }],
    ["no expiry", { expires: null }],
    ["an expiry at its issue", { expires: dated.issuedAt }],
    ["an expiry before its issue", { expires: "2026-10-31T00:00:00Z" }],
    ["an expiry with an offset", { expires: "2026-11-08T00:00:00+02:00" }],
    ["an expiry without a zone", { expires: "2026-11-08T00:00:00" }],
    ["an expiry in lower case", { expires: "2026-11-08t00:00:00z" }],
    ["an expiry that is a date", { expires: "2026-11-08" }],
    ["an expiry that is a number", { expires: 1794096000 }],
    ["an expiry that does not exist", { expires: "2026-11-31T00:00:00Z" }],
    ["an expiry that goes on", { expires: "2026-11-08T00:00:00Z\n" }],
  ])("when it has %s throws METADATA_INVALID", (_, part) => {
    expect(codeOf(() => parseDenylist({ ...dated, entries: [], ...part }))).toBe("METADATA_INVALID");
  });

  it("when it has no entries field throws METADATA_INVALID", () => {
    expect(codeOf(() => parseDenylist(dated))).toBe("METADATA_INVALID");
  });

  it.each<[string, JsonValue]>([
    ["null", null],
    ["a digest alone", digest],
    ["empty", {}],
    ["without a subject", { reason }],
    ["without a reason", { digest }],
    ["with an empty reason", { digest, reason: "" }],
    ["with a blank reason", { digest, reason: " \u00a0" }],
    ["with a reason of several lines", { digest, reason: "one\ntwo" }],
    ["with a reason of Unicode lines", { digest, reason: "one\u2028two" }],
    ["with a reason of paragraphs", { digest, reason: "one\u2029two" }],
    ["with a reason that turns around", { digest, reason: "one\u202etwo" }],
    ["with a reason that colours a terminal", { digest, reason: "\u001b[31mred" }],
    ["with an endless reason", { digest, reason: "a".repeat(VERIFY_LIMITS.maxReasonLength + 1) }],
    ["with an unknown field", { digest, reason, until: "2027-01-01T00:00:00Z" }],
    ["of an unknown kind", { reason, certificateSerial: "01" }],
    ["with two subjects", { reason, digest, keyHint }],
    ["with two subjects of which one is null", { reason, digest, keyHint: null }],
    ["with a digest of another algorithm", { reason, digest: `sha512:${"0".repeat(64)}` }],
    ["with a digest in upper case", { reason, digest: `sha256:${"A".repeat(64)}` }],
    ["with a digest without its algorithm", { reason, digest: "0".repeat(64) }],
    ["with a key hint in hex", { reason, keyHint: "07".repeat(32) }],
    ["with a short key hint", { reason, keyHint: Buffer.alloc(31).toString("base64") }],
    ["with a key hint without padding", { reason, keyHint: keyHint.replace("=", "") }],
    ["with a key hint for URLs", { reason, keyHint: Buffer.alloc(32, 0xff).toString("base64url") }],
    ["with an empty identity", { reason, identity: "" }],
    ["with an identity that is no text", { reason, identity: 1 }],
    ["with an empty issuer", { reason, identity, issuer: "" }],
    ["with an issuer of null", { reason, identity, issuer: null }],
    ["with an issuer alone", { reason, issuer }],
    ["with a digest of an issuer", { reason, digest, issuer }],
    ["with a pack without a revision", { reason, packId: "policy-pack-v0" }],
    ["with a revision without a pack", { reason, revision: 1 }],
    ["with a digest of a revision", { reason, digest, revision: 1 }],
    ["with a digest up to a revision", { reason, digest, revisionsUpTo: 1 }],
    ["with both kinds of revision", { reason, packId: "policy-pack-v0", revision: 1, revisionsUpTo: 2 }],
    ["with a pack that is none", { reason, packId: "Policy Pack", revision: 1 }],
    ["with a revision of 0", { reason, packId: "policy-pack-v0", revision: 0 }],
    ["with a broken revision", { reason, packId: "policy-pack-v0", revision: 1.5 }],
    ["with a revision beyond 2^53", { reason, packId: "policy-pack-v0", revision: 2 ** 53 }],
    ["with a revision with a zero in front", { reason, packId: "policy-pack-v0", revision: "01" }],
    ["with a revision that goes on", { reason, packId: "policy-pack-v0", revision: "1x" }],
    ["with a revision of 17 digits", { reason, packId: "policy-pack-v0", revision: "1".repeat(17) }],
    ["with a revision in hex", { reason, packId: "policy-pack-v0", revision: "0x1" }],
    ["with a revision with a sign", { reason, packId: "policy-pack-v0", revision: "+1" }],
    ["with an empty revision", { reason, packId: "policy-pack-v0", revision: "" }],
    ["with a revision of true", { reason, packId: "policy-pack-v0", revision: true }],
  ])("when an entry is %s throws METADATA_INVALID", (_, entry) => {
    expect(codeOf(() => parseDenylist(listOf({ reason, digest }, entry)))).toBe("METADATA_INVALID");
  });

  it("when it has more entries than the cap throws LIMIT_EXCEEDED", () => {
    const entries = Array<JsonValue>(VERIFY_LIMITS.maxDenylistEntries).fill({ reason, digest });
    expect(parseDenylist(listOf(...entries)).entries).toHaveLength(entries.length);
    expect(codeOf(() => parseDenylist(listOf(...entries, { reason, digest })))).toBe("LIMIT_EXCEEDED");
  });
});

describe("checkDenylist", () => {
  const facts: DeniableFacts = {
    digest,
    principals: [{ keyHint: Buffer.alloc(32, 1).toString("base64") }, { identity, issuer }, { keyHint }],
    packId: "policy-pack-v0",
    revision: "10",
  };

  function deny(entry: JsonValue, about: DeniableFacts = facts): () => void {
    const other = { reason: "Another.", digest: digestOf(Buffer.from("another")) };
    return () => {
      checkDenylist(parseDenylist(listOf(other, entry)), about);
    };
  }

  it.each<[string, JsonValue, string]>([
    ["the digest", { reason, digest }, digest],
    ["the key of one of the signers", { reason, keyHint }, keyHint],
    ["the identity of one of the signers with its issuer", { reason, identity, issuer }, identity],
    ["the identity of one of the signers", { reason, identity }, identity],
    ["the revision", { reason, packId: "policy-pack-v0", revision: 10 }, "revision 10 of policy-pack-v0"],
    [
      "the revision and older ones",
      { reason, packId: "policy-pack-v0", revisionsUpTo: "10" },
      "policy-pack-v0 up to 10",
    ],
    ["a later revision and older ones", { reason, packId: "policy-pack-v0", revisionsUpTo: 11 }, "up to 11"],
  ])("when it names %s throws DENYLISTED with it and the reason", (_, entry, subject) => {
    expect(codeOf(deny(entry))).toBe("DENYLISTED");
    expect(deny(entry)).toThrow(reason);
    expect(deny(entry)).toThrow(subject);
  });

  it.each<[string, JsonValue]>([
    ["another digest", { reason, digest: digestOf(Buffer.from("pack ")) }],
    ["another key", { reason, keyHint: Buffer.alloc(32, 8).toString("base64") }],
    ["the identity with another issuer", { reason, identity, issuer: `${issuer}/` }],
    ["an identity that goes on", { reason, identity: `${identity}-2` }],
    ["an identity that is a part", { reason, identity: identity.slice(0, -1) }],
    ["an identity in another case", { reason, identity: identity.toUpperCase() }],
    ["an identity that looks like a pattern", { reason, identity: ".*" }],
    ["another revision", { reason, packId: "policy-pack-v0", revision: 1 }],
    ["older revisions", { reason, packId: "policy-pack-v0", revisionsUpTo: 9 }],
    ["the revision of another pack", { reason, packId: "policy-pack-v1", revision: 10 }],
    ["the revisions of another pack", { reason, packId: "policy-pack-v1", revisionsUpTo: 99 }],
  ])("when it names %s returns", (_, entry) => {
    expect(deny(entry)).not.toThrow();
  });

  it("when it names nothing returns", () => {
    expect(() => {
      checkDenylist(parseDenylist(listOf()), facts);
    }).not.toThrow();
  });

  it("when identity and issuer belong to two signers returns", () => {
    const principals = [
      { identity, issuer: "https://other.example.com" },
      { identity: "other", issuer },
    ];
    expect(deny({ reason, identity, issuer }, { digest, principals })).not.toThrow();
  });

  it("when the pack is named and its revision is not known throws DENYLISTED", () => {
    const entry = { reason, packId: "policy-pack-v0", revision: 1 };
    expect(codeOf(deny(entry, { digest, principals: [], packId: "policy-pack-v0" }))).toBe("DENYLISTED");
  });

  it("when the artifact is not known to be a pack denies no revision of it", () => {
    expect(deny({ reason, packId: "policy-pack-v0", revisionsUpTo: 99 }, { digest, principals: [] })).not.toThrow();
  });

  it("when revisions differ beyond what a double holds compares all digits", () => {
    const about = { ...facts, revision: "9007199254740993" };
    expect(deny({ reason, packId: "policy-pack-v0", revision: "9007199254740992" }, about)).not.toThrow();
    expect(deny({ reason, packId: "policy-pack-v0", revisionsUpTo: "9007199254740992" }, about)).not.toThrow();
    expect(codeOf(deny({ reason, packId: "policy-pack-v0", revision: "9007199254740993" }, about))).toBe("DENYLISTED");
  });

  it("when an identity holds control characters shows them escaped", () => {
    const strange = "\u001b[2Jmain";
    const about = { digest, principals: [{ identity: strange, issuer }] };
    expect(deny({ reason, identity: strange }, about)).toThrow('"\\u001b[2Jmain"');
  });
});
