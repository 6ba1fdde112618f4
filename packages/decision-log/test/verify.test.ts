import { describe, expect, it } from "@jest/globals";
import { digestOf } from "@policy-pack/pack";

import { verifyDecisionLog } from "../src/index.ts";
import { loadMask, openLog, record } from "./support/log.ts";

async function write(count: number): Promise<string[]> {
  const { log, lines } = await openLog();
  for (let n = 0; n < count; n++) record(log, { input: { n } });
  return lines;
}

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
const digestOfLine = (line: string | undefined) => digestOf(Buffer.from(line ?? ""));

describe("verifyDecisionLog", () => {
  it("returns how many records there are, what is missing, and the head", async () => {
    const { log, lines } = await openLog({ mask: await loadMask("@drop if input.input.health") });
    for (const input of [{}, { health: true }, { health: true }, {}]) record(log, { input });
    const verified = await verifyDecisionLog(textOf(lines));
    expect(verified).toEqual({
      records: 2,
      dropped: { drop_rule: 2 },
      head: { id: expect.any(String), length: 3, digest: digestOfLine(lines[2]) },
      isTailTorn: false,
    });
    expect(verified.head).toEqual(log.stats().sinks[0]?.head);
  });

  it("reads pieces that are cut anywhere", async () => {
    const bytes = Buffer.from(textOf(await write(5)));
    async function* pieces(size: number) {
      for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
    }
    for (const size of [1, 7, 100, 4096]) expect((await verifyDecisionLog(pieces(size))).records).toBe(5);
  });

  it.each([
    ["a changed line", (lines: string[]) => lines.with(1, (lines[1] ?? "").replace('"n":1', '"n":9')), 3],
    ["a line taken out", (lines: string[]) => lines.toSpliced(1, 1), 2],
    ["a first line taken out", (lines: string[]) => lines.slice(1), 1],
    ["a line put in twice", (lines: string[]) => lines.toSpliced(1, 0, lines[0] ?? ""), 2],
    ["two lines in another order", (lines: string[]) => [lines[0], lines[2], lines[1], lines[3]].map(String), 2],
  ])("throws DECISION_LOG_BROKEN with the first line that does not follow for %s", async (_case, change, number) => {
    const text = textOf(change(await write(4)));
    await expect(verifyDecisionLog(text, { name: "log" })).rejects.toMatchObject({
      name: "VerificationError",
      code: "DECISION_LOG_BROKEN",
      message: expect.stringContaining(`log:${number} `),
    });
  });

  it("throws DECISION_LOG_BROKEN for a line of another chain", async () => {
    const [mine, other] = [await write(2), await write(2)];
    const renumbered = (other[1] ?? "").replace(/"previous":"[^"]*"/, `"previous":"${digestOfLine(mine[0])}"`);
    await expect(verifyDecisionLog(textOf([mine[0] ?? "", renumbered]))).rejects.toMatchObject({
      code: "DECISION_LOG_BROKEN",
    });
  });

  it("finds what was cut off by a digest that was kept elsewhere", async () => {
    const lines = await write(4);
    const contains = digestOfLine(lines[3]);
    expect((await verifyDecisionLog(textOf(lines), { contains })).records).toBe(4);
    await expect(verifyDecisionLog(textOf(lines.slice(0, 3)), { contains })).rejects.toMatchObject({
      code: "DECISION_LOG_BROKEN",
    });
  });

  it("goes on from the head of the part before", async () => {
    const lines = await write(4);
    const { head } = await verifyDecisionLog(textOf(lines.slice(0, 2)));
    expect((await verifyDecisionLog(textOf(lines.slice(2)), { after: head })).head.length).toBe(4);
    await expect(verifyDecisionLog(textOf(lines.slice(3)), { after: head })).rejects.toMatchObject({
      code: "DECISION_LOG_BROKEN",
    });
  });

  it.each([
    ["no JSON", "x\n"],
    ["an empty line", "\n"],
    ["JSON without a chain", '{"a":1}\n'],
    ["a record that is not canonical", ' {"chain":{"id":"a","previous":null,"sequence":0}}\n'],
    ["a key twice", '{"a":1,"a":1,"chain":{"id":"a","previous":null,"sequence":0}}\n'],
    ["a sequence that is no number", '{"chain":{"id":"a","previous":null,"sequence":"0"}}\n'],
    ["a negative sequence", '{"chain":{"id":"a","previous":null,"sequence":-1}}\n'],
    ["a first record that follows one", `{"chain":{"id":"a","previous":"sha256:${"0".repeat(64)}","sequence":0}}\n`],
    ["a later record that follows none", '{"chain":{"id":"a","previous":null,"sequence":1}}\n'],
    ["a previous that is no digest", '{"chain":{"id":"a","previous":"sha256:0","sequence":1}}\n'],
    ["a chain without an id", '{"chain":{"previous":null,"sequence":0}}\n'],
    ["nothing", ""],
  ])("throws DECISION_LOG_INVALID for %s", async (_case, text) => {
    await expect(verifyDecisionLog(text)).rejects.toMatchObject({ name: "FormatError", code: "DECISION_LOG_INVALID" });
  });

  it("refuses a torn last line unless it is allowed", async () => {
    const lines = await write(2);
    const text = `${lines[0] ?? ""}\n${(lines[1] ?? "").slice(0, 20)}`;
    await expect(verifyDecisionLog(text)).rejects.toMatchObject({ code: "DECISION_LOG_INVALID" });
    const verified = await verifyDecisionLog(text, { allowTornTail: true });
    expect(verified).toMatchObject({ records: 1, isTailTorn: true });
  });

  it("throws LIMIT_EXCEEDED for a line that never ends", async () => {
    function* endless() {
      for (;;) yield Buffer.alloc(1000, 0x20);
    }
    await expect(verifyDecisionLog(endless(), { maxLineBytes: 10_000 })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });
});
