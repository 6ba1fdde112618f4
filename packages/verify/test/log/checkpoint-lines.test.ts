import { describe, expect, it } from "@jest/globals";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseCheckpoint } from "../../src/log/checkpoint.ts";
import { checkpointOf } from "../support/bundles.ts";
import { keys, sha256 } from "../support/world.ts";

const good = checkpointOf(sha256(Buffer.from("root")), 7, keys.log);
const line = (text: string): string => `${good}${text}\n`;

describe("parseCheckpoint", () => {
  it("when a signature has one byte behind the hint of its key returns it", () => {
    expect(parseCheckpoint(line("\u2014 witness.example AAAAAAE=")).signatures.at(-1)).toEqual({
      name: "witness.example",
      keyHint: Buffer.alloc(4),
      signature: Buffer.from([1]),
    });
  });

  it("when it has other lines below the root returns the same and keeps them signed", () => {
    const longer = parseCheckpoint(good.replace("\n\n", "\nan extension\n\n"));
    expect(longer).toMatchObject({ origin: "log.example.com", treeSize: 7n });
    expect(longer.signed).toMatch(/\nan extension\n$/);
  });

  it.each([
    ["has something before the dash", line("x\u2014 witness.example AAAAAAE=")],
    ["has something behind the signature", line("\u2014 witness.example AAAAAAE= x")],
    ["has a space behind the signature", line("\u2014 witness.example AAAAAAE= ")],
    ["has a plus in its name", line("\u2014 witness+example AAAAAAE=")],
    ["has no name", line("\u2014  AAAAAAE=")],
    ["has a hint of its key alone", line("\u2014 witness.example AAAAAA==")],
  ])("when a line %s throws", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(MalformedError);
  });

  it.each([
    ["begins with its blank line", good.slice(good.indexOf("\n\n"))],
    ["begins with a line feed", `\n${good}`],
    ["is a line feed", "\n"],
    ["is two line feeds", "\n\n"],
  ])("when it %s throws", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(MalformedError);
  });
});
