import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createEvalPack, linesOf } from "./eval-pack.ts";
import type { EvalPack } from "./eval-pack.ts";

let pack: EvalPack;

beforeAll(async () => {
  pack = await createEvalPack();
});

afterAll(() => pack.remove());

const SAME = ["--entrypoint", "ask/same"];
const ALLOW = ["--entrypoint", "ask/allow"];

describe("policy-pack eval --input-lines", () => {
  it("answers each line in order, numbers as they are written, and sums up on stderr", async () => {
    const stdin = '{"x":12345678901234567890}\n1.0\r\n\n"\u202e"\nfalse';
    const { status, stdout, stderr } = await pack.eval([...SAME, "--input-lines", "-"], { stdin });
    expect(stdout.split("\n")).toEqual([
      '{"line":1,"value":{"x":12345678901234567890}}',
      '{"line":2,"value":1.0}',
      String.raw`{"line":4,"value":"\u202e"}`,
      '{"line":5,"value":false}',
      "",
    ]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/4 lines, 4 decisions, no errors/)]);
  });

  it("exits 7 and goes on when a line is no JSON, or has no decision", async () => {
    const stdin = '{"x":1}\n{oops\n{"x":1} {}\n{"x":5}\n';
    const finished = await pack.eval([...ALLOW, "--input-lines", "-", "--json"], { stdin });
    expect([finished.status, linesOf(finished)]).toMatchObject([
      7,
      [
        { line: 1, error: { code: "DECISION_UNDEFINED" } },
        { line: 2, error: { code: "INPUT_INVALID" } },
        { line: 3, error: { code: "INPUT_INVALID" } },
        { line: 4, value: true },
      ],
    ]);
    const summary: unknown = JSON.parse(finished.stderr.trimEnd().split("\n").at(-1) ?? "");
    expect(summary).toMatchObject({ lines: 4, decisions: 1, errors: { DECISION_UNDEFINED: 1, INPUT_INVALID: 2 } });
  });

  it("refuses a line beyond the cap and decides the next", async () => {
    await writeFile(pack.at("long.jsonl"), `"${"x".repeat(16 * 1024 * 1024)}"\n{"x":5}\n`);
    const finished = await pack.eval([...ALLOW, "--input-lines", "long.jsonl"]);
    expect([finished.status, linesOf(finished)]).toMatchObject([
      7,
      [
        { line: 1, error: { code: "LIMIT_EXCEEDED" } },
        { line: 2, value: true },
      ],
    ]);
  });

  it.each([[[]], [["--jobs", "2"]]])("answers several entrypoints in one line, with %j", async (flags) => {
    const stdin = '{"x":5,"n":12345678901234567890}\n{"x":1}\n';
    const asked = [...ALLOW, ...SAME, "--input-lines", "-", ...flags];
    const { status, stdout } = await pack.eval(asked, { stdin });
    const [first = "", second = ""] = stdout.split("\n");
    expect(first).toBe(
      '{"line":1,"results":{"ask/allow":{"value":true},"ask/same":{"value":{"n":12345678901234567890,"x":5}}}}',
    );
    expect(JSON.parse(second)).toMatchObject({
      line: 2,
      results: { "ask/allow": { error: { code: "DECISION_UNDEFINED" } }, "ask/same": { value: { x: 1 } } },
    });
    expect(status).toBe(7);
  });

  it("spells fractions of several entrypoints as the module does, and prints once", async () => {
    const stdin = '{"x":5.0,"n":1e400}\n';
    const { stdout, stderr } = await pack.eval([...SAME, ...ALLOW, "--input-lines", "-"], { stdin });
    expect(stdout).toBe('{"line":1,"results":{"ask/same":{"value":{"n":1e400,"x":5.0}},"ask/allow":{"value":true}}}\n');
    expect(stderr.match(/asked about 5/g)).toHaveLength(1);
  });

  it("decides in threads in order, and stops what does not end, at the cost of that line", async () => {
    const stdin = '{"x":1}\n{"hang":true}\n{"x":2}\n';
    const flags = ["--entrypoint", "ask/endless", ...SAME, "--input-lines", "-", "--jobs", "2", "--deadline", "300"];
    const finished = await pack.eval(flags, { stdin });
    expect([finished.status, linesOf(finished)]).toMatchObject([
      7,
      [
        { line: 1, results: { "ask/same": { value: { x: 1 } } } },
        { line: 2, results: { "ask/endless": { error: { code: "DEADLINE_EXCEEDED" } } } },
        { line: 3, results: { "ask/same": { value: { x: 2 } } } },
      ],
    ]);
  });

  it("loads builtins in threads, and here, whose programs come on use", async () => {
    const stdin = '{"size":"10K","text":"caab"}\n{"size":"1M","text":"ca"}\n';
    const flags = ["--entrypoint", "ask/parsed", "--entrypoint", "ask/matches", "--input-lines", "-"];
    const here = await pack.eval(flags, { stdin });
    const threads = await pack.eval([...flags, "--jobs", "2"], { stdin });
    expect(linesOf(here)).toEqual([
      { line: 1, results: { "ask/parsed": { value: 10_000 }, "ask/matches": { value: "caab" } } },
      { line: 2, results: { "ask/parsed": { value: 1_000_000 }, "ask/matches": { value: "cb" } } },
    ]);
    expect([threads.status, threads.stdout]).toEqual([0, here.stdout]);
  });

  it("is done with an empty input", async () => {
    expect(await pack.eval([...SAME, "--input-lines", "-"], { stdin: "\n" })).toMatchObject({ status: 0, stdout: "" });
  });

  it.each([
    ["--input beside it", ["--input", "-"]],
    ["--explain", ["--explain"]],
    ["no threads", ["--jobs", "0"]],
    ["no time", ["--deadline", "0"]],
    ["an entrypoint twice", SAME],
  ])("exits 2 for %s", async (_name, flags) => {
    const { status } = await pack.evalJson([...SAME, "--input-lines", "-", ...flags], { stdin: "1\n" });
    expect(status).toBe(2);
  });

  it("exits 2 for a file that is not there, and for threads without lines", async () => {
    expect((await pack.evalJson([...SAME, "--input-lines", "absent.jsonl"])).status).toBe(2);
    expect((await pack.evalJson([...SAME, "--jobs", "2"])).status).toBe(2);
  });
});
