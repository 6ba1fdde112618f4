import { describe, expect, it } from "@jest/globals";

import { DataHistory } from "../../src/pool/data-history.ts";
import { foldData } from "../../src/pool/fold-data.ts";

const json = (text: string) => Buffer.from(text);
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

function historyOf(...updates: readonly (readonly [string | undefined, string?])[]): DataHistory {
  const history = new DataHistory(json("{}"));
  for (const [path, text] of updates) {
    const value = text === undefined ? {} : { json: json(text) };
    history.decide(history.add(path === undefined ? value : { path: path.split("/"), ...value }), "accepted");
  }
  return history;
}

const kept = (history: DataHistory) => history.stateAt(history.latest).patches.map(({ path }) => path?.join("/"));

describe("DataHistory", () => {
  it("gives each version what makes it", () => {
    const history = historyOf(["a", "1"], [undefined, '{"b":2}'], ["c", "3"]);
    expect(history.stateAt(1)).toMatchObject({ patches: [{ path: ["a"] }] });
    expect([textOf(history.stateAt(2).base), history.stateAt(2).patches]).toEqual(['{"b":2}', []]);
    expect(kept(history)).toEqual(["c"]);
  });

  it("counts neither what is refused nor what is not decided yet", () => {
    const history = historyOf(["a", "1"]);
    history.decide(history.add({ path: ["b"], json: json("2") }), "refused");
    history.add({ path: ["c"], json: json("3") });
    expect(kept(history)).toEqual(["a"]);
    expect([history.updateAt(2), history.verdictOf(3)]).toEqual([undefined, "open"]);
    history.decide(2, "accepted");
    expect(history.verdictOf(2)).toBe("refused");
  });

  it("forgets what all workers have, and keeps what it makes", () => {
    const history = historyOf(["a", "1"], ["b", "2"]);
    history.forgetBefore(1);
    expect(kept(history)).toEqual(["a", "b"]);
    expect([history.updateAt(1), history.verdictOf(1)]).toEqual([undefined, "accepted"]);
    history.fold(json('{"a":1}'));
    expect(kept(history)).toEqual(["b"]);
  });

  it.each([
    [
      "a value over another",
      [
        ["a/b", "1"],
        ["a/b", "2"],
      ],
      ["a/b"],
    ],
    [
      "a value over what stood below it",
      [
        ["a/b/c", "1"],
        ["a/b", "2"],
      ],
      ["a/b"],
    ],
    [
      "a value beside another",
      [
        ["a/b", "1"],
        ["a/bc", "2"],
      ],
      ["a/b", "a/bc"],
    ],
    [
      "a value below another",
      [
        ["a", "{}"],
        ["a/b", "2"],
      ],
      ["a", "a/b"],
    ],
    ["a removal, which may need what it removes", [["a", "1"], ["a"]], ["a", "a"]],
  ] as const)("keeps no patch that %s makes needless", (_case, updates, expected) => {
    expect(kept(historyOf(...(updates as readonly (readonly [string, string?])[])))).toEqual(expected);
  });
});

describe("foldData", () => {
  it.each([
    ['{"a":{"b":1}}', "a/b", "2", '{"a":{"b":2}}'],
    ['{"a":1}', "x/y/z", "[1]", '{"a":1,"x":{"y":{"z":[1]}}}'],
    ['{"a":1,"b":2}', "a", undefined, '{"b":2}'],
    ['{"a":1}', "x/y", undefined, '{"a":1}'],
    ['{"a":1.0,"b":12345678901234567890}', "c", "1e2", '{"a":1.0,"b":12345678901234567890,"c":1e2}'],
    ["{}", "__proto__/x", "1", '{"__proto__":{"x":1}}'],
    ["{}", "constructor/x", "1", '{"constructor":{"x":1}}'],
  ])("puts into %s at %s: %s", (base, path, value, expected) => {
    const update = { path: path.split("/"), ...(value === undefined ? {} : { json: json(value) }) };
    expect(textOf(foldData({ base: json(base), patches: [update] }))).toBe(expected);
    expect("x" in {}).toBe(false);
  });
});
