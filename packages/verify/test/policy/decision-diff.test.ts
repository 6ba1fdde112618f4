import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { VERIFY_LIMITS } from "../../src/limits.ts";
import { decisionDiffRequirement, unmetByDecisionDiff, unmetByDirection } from "../../src/policy/decision-diff.ts";

const artifact = digestOf(Buffer.from("new"));
const from = digestOf(Buffer.from("old"));
const other = digestOf(Buffer.from("other"));

const opened = { name: "cos/abac/allow DENY_TO_ALLOW same_tenant", direction: "DENY_TO_ALLOW", count: 2 };
const closed = { name: "cos/abac/allow ALLOW_TO_DENY retention", direction: "ALLOW_TO_DENY", count: 3 };
const moved = { name: "cos/budget/decision VALUE", direction: "VALUE", count: 1 };

const quiet: JsonObject = {
  old: { packId: "access-v1", revision: "1", digest: from },
  new: { packId: "access-v1", revision: "2", digest: artifact },
  compared: 100,
  flips: { denyToAllow: 0, allowToDeny: 0, other: 0 },
  groups: [],
};
const stricter = { ...quiet, flips: { denyToAllow: 0, allowToDeny: 3, other: 1 }, groups: [closed, moved] };
const wider = { ...quiet, flips: { denyToAllow: 2, allowToDeny: 3, other: 0 }, groups: [opened, closed] };
const named = { ...wider, budget: { met: true, named: [opened.name] } };

describe("decisionDiffRequirement", () => {
  it.each<[string, JsonObject]>([
    ["nothing", {}],
    ["no flip at all", { maxFlips: 0 }],
    ["a pack to start from", { from }],
    ["everything", { maxFlips: 5, from, minimumCompared: 10_000 }],
  ])("when it demands %s returns it", (_, value) => {
    expect(decisionDiffRequirement(value)).toStrictEqual(value);
  });

  it.each<[string, JsonValue]>([
    ["is null", null],
    ["is a flag", true],
    ["has an unknown field", { maxFlip: 0 }],
    ["has flips of null", { maxFlips: null }],
    ["has flips as text", { maxFlips: "0" }],
    ["has flips below zero", { maxFlips: -1 }],
    ["has broken flips", { maxFlips: 0.5 }],
    ["has flips that no double holds", { maxFlips: 2 ** 53 }],
    ["starts from null", { from: null }],
    ["starts from bare hex", { from: "0".repeat(64) }],
    ["starts from a digest in upper case", { from: from.toUpperCase() }],
    ["starts from an empty text", { from: "" }],
    ["wants no comparison at all", { minimumCompared: 0 }],
    ["wants comparisons as text", { minimumCompared: "1" }],
  ])("when it %s throws MalformedError", (_, value) => {
    expect(() => decisionDiffRequirement(value)).toThrow(MalformedError);
  });
});

describe("unmetByDecisionDiff", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["nothing differs", {}, quiet],
    ["every decision differs", {}, { ...stricter, compared: 4 }],
    ["nothing differs and nothing may", { maxFlips: 0, from, minimumCompared: 100 }, quiet],
    ["the groups are left out, being none", {}, { ...quiet, groups: null }],
    ["decisions only become stricter", {}, stricter],
    ["as many differ as may", { maxFlips: 4 }, stricter],
    ["what turns to ALLOW is named", {}, named],
    ["what turns to ALLOW is named and within the budget", { maxFlips: 5 }, named],
    ["it says more than is known", {}, { ...quiet, seed: 42, old: { digest: from, anything: [1] } }],
    ["it has a budget that is met", {}, { ...quiet, budget: { met: true } }],
  ])("when %s returns undefined", (_, required, predicate) => {
    expect(unmetByDecisionDiff(decisionDiffRequirement(required), predicate, artifact)).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject, RegExp]>([
    ["is of a change to another pack", {}, { ...quiet, new: { digest: other } }, /change to/],
    [
      "is of a change away from the artifact",
      {},
      { ...quiet, old: { digest: artifact }, new: { digest: from } },
      /change to/,
    ],
    ["compares the artifact with itself", {}, { ...quiet, old: { digest: artifact } }, /itself/],
    ["starts from another pack", { from: other }, quiet, /change from/],
    ["compared nothing", {}, { ...quiet, compared: 0 }, /compared 0/],
    ["compared too little", { minimumCompared: 101 }, quiet, /compared 100/],
    ["turns to ALLOW without a budget", {}, wider, /no migration note/],
    [
      "turns to ALLOW under a budget that names nothing",
      {},
      { ...wider, budget: { met: true, named: [] } },
      /no migration note/,
    ],
    ["turns to ALLOW under a budget without names", {}, { ...wider, budget: { met: true } }, /no migration note/],
    [
      "turns to ALLOW and names another group",
      {},
      { ...wider, budget: { met: true, named: [closed.name] } },
      /no migration note/,
    ],
    [
      "turns to ALLOW and names a part of the group",
      {},
      { ...wider, budget: { met: true, named: [opened.name.slice(0, -1)] } },
      /no migration note/,
    ],
    [
      "turns to ALLOW twice and names one",
      {},
      {
        ...named,
        flips: { denyToAllow: 3, allowToDeny: 3, other: 0 },
        groups: [opened, closed, { ...opened, name: "another", count: 1 }],
      },
      /no migration note/,
    ],
    ["has one flip more than may be", { maxFlips: 3 }, stricter, /4 decisions differ/],
    ["has flips and none may be", { maxFlips: 0 }, stricter, /4 decisions differ/],
    ["counts named flips too", { maxFlips: 4 }, named, /5 decisions differ/],
    ["says that its budget is not met", {}, { ...quiet, budget: { met: false, named: [] } }, /budget/],
    ["hides what turns to ALLOW from its groups", {}, { ...wider, groups: [closed] }, /add up/],
    [
      "hides what turns to ALLOW from its flips",
      {},
      { ...named, flips: { denyToAllow: 0, allowToDeny: 3, other: 0 } },
      /add up/,
    ],
    [
      "calls it a stricter decision in its flips",
      {},
      { ...wider, flips: { denyToAllow: 0, allowToDeny: 5, other: 0 } },
      /add up/,
    ],
    ["counts other flips wrongly", {}, { ...stricter, flips: { denyToAllow: 0, allowToDeny: 3, other: 2 } }, /add up/],
    [
      "counts stricter flips wrongly",
      {},
      { ...stricter, flips: { denyToAllow: 0, allowToDeny: 2, other: 1 } },
      /add up/,
    ],
    ["has two groups of one name", {}, { ...stricter, groups: [closed, { ...moved, name: closed.name }] }, /one name/],
    ["has more flips than decisions", {}, { ...stricter, compared: 3 }, /more flips/],
  ])("when it %s says so", (_, required, predicate, reason) => {
    expect(unmetByDecisionDiff(decisionDiffRequirement(required), predicate, artifact)).toMatch(reason);
  });

  it.each<[string, JsonObject]>([
    ["is empty", {}],
    ["has no new pack", { ...quiet, new: null }],
    ["has no old pack", { ...quiet, old: null }],
    ["has an old pack without a digest", { ...quiet, old: { packId: "access-v1" } }],
    ["has a new digest in another spelling", { ...quiet, new: { digest: artifact.toUpperCase() } }],
    ["has digests as bare hex", { ...quiet, new: { digest: artifact.slice("sha256:".length) } }],
    ["does not say how much it compared", { ...quiet, compared: null }],
    ["compared a part of a decision", { ...quiet, compared: 0.5 }],
    ["has no flips", { ...quiet, flips: null }],
    ["leaves out what turns to ALLOW", { ...quiet, flips: { allowToDeny: 0, other: 0 } }],
    ["has flips below zero", { ...wider, flips: { denyToAllow: -2, allowToDeny: 3, other: 0 } }],
    ["has flips as text", { ...quiet, flips: { denyToAllow: "0", allowToDeny: 0, other: 0 } }],
    ["has groups that are no list", { ...quiet, groups: {} }],
    ["has a group without a name", { ...stricter, groups: [{ ...closed, name: null }, moved] }],
    ["has a group without a count", { ...stricter, groups: [{ ...closed, count: null }, moved] }],
    ["has a group of nothing", { ...stricter, groups: [closed, moved, { ...opened, count: 0 }] }],
    [
      "has a group of an unknown direction",
      { ...stricter, groups: [closed, moved, { ...opened, direction: "deny_to_allow" }] },
    ],
    ["has a budget that is a flag", { ...quiet, budget: true }],
    ["has a budget without a verdict", { ...named, budget: { named: [opened.name] } }],
    ["has a verdict as text", { ...quiet, budget: { met: "false", named: [] } }],
    ["has names that are no texts", { ...named, budget: { met: true, named: [1] } }],
    [
      "has more groups than are read",
      { ...quiet, groups: Array<JsonObject>(VERIFY_LIMITS.maxDiffGroups + 1).fill(closed) },
    ],
  ])("when it %s says that it cannot be read", (_, predicate) => {
    expect(unmetByDecisionDiff({}, predicate, artifact)).toMatch(/cannot be read/);
  });
});

describe("unmetByDirection", () => {
  it("when the artifact is the new pack returns undefined, whatever differs", () => {
    expect(unmetByDirection(wider, artifact)).toBeUndefined();
  });

  it.each<[string, JsonObject]>([
    ["the old pack", { ...quiet, old: { digest: artifact }, new: { digest: from } }],
    ["neither pack", { ...quiet, new: { digest: other } }],
    ["both packs", { ...quiet, old: { digest: artifact } }],
  ])("when the artifact is %s says so", (_, predicate) => {
    expect(unmetByDirection(predicate, artifact)).toMatch(/decision diff/);
  });

  it("when it is no decision diff says that it cannot be read", () => {
    expect(unmetByDirection({ result: "PASSED" }, artifact)).toMatch(/cannot be read/);
  });
});
