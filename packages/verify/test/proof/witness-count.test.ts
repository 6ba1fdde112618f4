import { describe, expect, it } from "@jest/globals";
import { groupByTags } from "../../src/proof/distinct.ts";
import { countAuthorities, countLogs } from "../../src/proof/witnesses.ts";
import { parseTrustedRoot } from "../../src/index.ts";
import { keyPair, name } from "../support/certificates.ts";
import { caJson, keys, logJson, rootJson, selfSigned } from "../support/world.ts";
import type { CaJson, LogJson } from "../support/world.ts";

const logs = (...tlogs: LogJson[]): number => countLogs(parseTrustedRoot(JSON.stringify(rootJson({ tlogs }))).logs);
const authorities = (...timestampAuthorities: CaJson[]): number =>
  countAuthorities(parseTrustedRoot(JSON.stringify(rootJson({ timestampAuthorities }))).timestampAuthorities);
const at = (authority: CaJson, uri: string): CaJson => ({ ...authority, uri });

describe("groupByTags", () => {
  it("when one shares its tags with two others puts them together, wherever it stands", () => {
    expect(groupByTags([["a", "b"], ["a"], ["b"]])).toEqual([[0, 1, 2]]);
    expect(groupByTags([["a"], ["b"], ["a", "b"]])).toEqual([[0, 1, 2]]);
    expect(groupByTags([["a", "b"], ["b", "c"], ["c", "d"], ["a"], ["e"]])).toEqual([[0, 1, 2, 3], [4]]);
  });
});

describe("countLogs", () => {
  it.each<[string, LogJson[], number]>([
    ["two keys and addresses", [logJson(keys.log, "https://a"), logJson(keys.other, "https://b")], 2],
    ["one address with slashes behind", [logJson(keys.log, "https://a//"), logJson(keys.other, "https://A")], 1],
    ["no address", [logJson(keys.log, ""), logJson(keys.other, "")], 2],
    ["one key", [logJson(keys.log, "https://a"), logJson(keys.log, "https://b")], 1],
  ])("when there are logs of %s counts them", (_, tlogs, count) => {
    expect(logs(...tlogs)).toBe(count);
  });
});

describe("countAuthorities", () => {
  const leaf = (text: string): Buffer => selfSigned(name(text), keyPair());
  const anchor = leaf("anchor");
  it.each<[string, CaJson[], number]>([
    ["nothing in common", [caJson(leaf("a"), leaf("b")), at(caJson(leaf("c"), leaf("d")), "https://d")], 2],
    [
      "an anchor in common",
      [caJson(leaf("a"), leaf("b"), anchor), at(caJson(leaf("c"), leaf("d"), anchor), "https://d")],
      1,
    ],
    ["an address in common", [caJson(leaf("a"), leaf("b")), caJson(leaf("c"), leaf("d"))], 1],
  ])("when two have %s counts them", (_, known, count) => {
    expect(authorities(...known)).toBe(count);
  });

  it("when they have no address counts them by their keys", () => {
    expect(authorities(at(caJson(leaf("a")), ""), at(caJson(leaf("b")), ""))).toBe(2);
  });
});
