import { describe, expect, it } from "@jest/globals";
import { ByteSink } from "../src/sink.ts";

const LIMIT = expect.objectContaining({ name: "FormatError", code: "LIMIT_EXCEEDED" });

describe("ByteSink", () => {
  it("returns what was pushed, across growth", () => {
    const sink = new ByteSink(1_000_000, undefined, "here");
    const chunk = Buffer.from("0123456789");
    for (let index = 0; index < 50_000; index++) sink.push(chunk);
    expect(sink.length).toBe(500_000);
    expect(Buffer.from(sink.bytes()).equals(Buffer.from("0123456789".repeat(50_000)))).toBe(true);
  });

  it("copies: a chunk changed afterwards changes nothing", () => {
    const sink = new ByteSink(10, undefined, "here");
    const chunk = Buffer.from("ab");
    sink.push(chunk);
    chunk.fill(0);
    expect(Buffer.from(sink.bytes()).toString()).toBe("ab");
  });

  it("takes exactly the cap, announced or not", () => {
    for (const expected of [undefined, 0, 3, 4]) {
      const sink = new ByteSink(4, expected, "here");
      sink.push(Buffer.from("abcd"));
      expect(sink.length).toBe(4);
    }
  });

  it("throws beyond the cap, keeping its hands off", () => {
    const sink = new ByteSink(4, 2, "here");
    sink.push(Buffer.from("abcd"));
    expect(() => {
      sink.push(Buffer.from("e"));
    }).toThrow(LIMIT);
    expect(sink.length).toBe(4);
  });

  it("throws at once when more than the cap is announced", () => {
    expect(() => new ByteSink(4, 5, "here")).toThrow(LIMIT);
  });
});
