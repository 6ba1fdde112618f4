import { describe, expect, it } from "@jest/globals";
import type { JsonValue } from "@policy-pack/pack";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { checkPause, parsePause } from "../../src/policy/pause.ts";
import { codeOf } from "../support/expect.ts";

const status = {
  version: 2,
  issuedAt: "2026-11-01T00:00:00Z",
  expires: "2026-11-02T00:00:00Z",
  paused: true,
  reason: "The release key may have leaked.",
};
const packIds = ["policy-pack-v0", "other-pack-v1"];

describe("parsePause", () => {
  it.each<[string, Record<string, JsonValue>]>([
    ["everything is paused", {}],
    ["some packs are paused", { packIds }],
    ["nothing is paused", { paused: false }],
  ])("when %s returns the status", (_, part) => {
    expect(parsePause({ ...status, ...part })).toStrictEqual({
      ...status,
      issuedAt: "2026-11-01T00:00:00.000Z",
      expires: "2026-11-02T00:00:00.000Z",
      ...part,
    });
  });

  it.each<[string, JsonValue]>([
    ["is null", null],
    ["is a list", [status]],
    ["is empty", {}],
    ["has an unknown field", { ...status, until: "2027-01-01T00:00:00Z" }],
    ["has no version", { ...status, version: null }],
    ["has a version of 0", { ...status, version: 0 }],
    ["has no time of issue", { ...status, issuedAt: null }],
    ["has no expiry", { ...status, expires: null }],
    ["expires before it is issued", { ...status, expires: "2026-10-31T00:00:00Z" }],
    ["does not say whether it is paused", { ...status, paused: null }],
    ["says so as text", { ...status, paused: "false" }],
    ["says so as a number", { ...status, paused: 0 }],
    ["has no reason", { ...status, reason: null }],
    ["has an empty reason", { ...status, reason: "" }],
    ["has a reason of two lines", { ...status, reason: "one\rtwo" }],
    ["has an endless reason", { ...status, reason: "a".repeat(VERIFY_LIMITS.maxReasonLength + 1) }],
    ["pauses no packs", { ...status, packIds: [] }],
    ["pauses packs of null", { ...status, packIds: null }],
    ["pauses a pack that is no text", { ...status, packIds: [0] }],
    ["pauses a pack that is none", { ...status, packIds: ["Policy Pack"] }],
    ["pauses a pack twice", { ...status, packIds: ["policy-pack-v0", "policy-pack-v0"] }],
    ["names packs without a pause", { ...status, paused: false, packIds }],
  ])("when it %s throws METADATA_INVALID", (_, predicate) => {
    expect(codeOf(() => parsePause(predicate))).toBe("METADATA_INVALID");
  });

  it.each(["version", "issuedAt", "expires", "paused", "reason"])(
    "when %s is left out throws METADATA_INVALID",
    (name) => {
      const rest = Object.fromEntries(Object.entries(status).filter(([field]) => field !== name));
      expect(codeOf(() => parsePause(rest))).toBe("METADATA_INVALID");
    },
  );

  it("when it names more packs than the cap throws LIMIT_EXCEEDED", () => {
    const many = Array.from({ length: VERIFY_LIMITS.maxPausedPacks + 1 }, (_, index) => `pack-v${index}`);
    expect(parsePause({ ...status, packIds: many.slice(1) }).packIds).toHaveLength(VERIFY_LIMITS.maxPausedPacks);
    expect(codeOf(() => parsePause({ ...status, packIds: many }))).toBe("LIMIT_EXCEEDED");
  });

  it("counts a reason by its characters", () => {
    const reason = "🦊".repeat(VERIFY_LIMITS.maxReasonLength);
    expect(parsePause({ ...status, reason }).reason).toBe(reason);
  });
});

describe("checkPause", () => {
  function pausing(part: Record<string, JsonValue>, packId?: string): () => void {
    return () => {
      checkPause(parsePause({ ...status, ...part }), { packId });
    };
  }

  it.each<[string, Record<string, JsonValue>, string | undefined]>([
    ["all packs are paused", {}, "policy-pack-v0"],
    ["all packs are paused and the pack is not known", {}, undefined],
    ["the pack is paused", { packIds }, "policy-pack-v0"],
    ["the pack is the last of the paused ones", { packIds }, "other-pack-v1"],
    ["some packs are paused and the pack is not known", { packIds }, undefined],
  ])("when %s throws PAUSED with the reason", (_, part, packId) => {
    expect(codeOf(pausing(part, packId))).toBe("PAUSED");
    expect(pausing(part, packId)).toThrow(status.reason);
  });

  it("names the pack, or says that it is not known", () => {
    const messages = [pausing({}, "policy-pack-v0"), pausing({}), pausing({ packIds })].map((call) => {
      try {
        call();
        return "";
      } catch (thrown) {
        return (thrown as Error).message;
      }
    });
    expect(messages.map((message) => message.includes("policy-pack-v0"))).toEqual([true, false, false]);
    expect(new Set(messages).size).toBe(3);
    expect(pausing({ packIds }, "other-pack-v1")).toThrow("other-pack-v1");
  });

  it.each<[string, Record<string, JsonValue>, string | undefined]>([
    ["nothing is paused", { paused: false }, "policy-pack-v0"],
    ["nothing is paused and the pack is not known", { paused: false }, undefined],
    ["other packs are paused", { packIds }, "policy-pack-v1"],
    ["a pack is paused whose id goes on", { packIds: ["policy-pack-v01"] }, "policy-pack-v0"],
  ])("when %s returns", (_, part, packId) => {
    expect(pausing(part, packId)).not.toThrow();
  });
});
