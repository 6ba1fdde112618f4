import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { codeOf } from "./cli-checkout.ts";
import { ASK, createEvalPack } from "./eval-pack.ts";
import type { EvalPack } from "./eval-pack.ts";

let pack: EvalPack;

beforeAll(async () => {
  pack = await createEvalPack();
});

afterAll(() => pack.remove());

const BENCH = ["bench", ...ASK, "--seconds", "0.1", "--jobs", "1"];
/** `opa bench` measures three times, for a quarter of a minute each where other tests run beside it. */
const OPA_BENCH_MS = 240_000;
const FIGURE = { median: expect.any(Number), lowest: expect.any(Number), highest: expect.any(Number) };

describe("policy-pack bench", () => {
  it(
    "[needs opa] measures each way of asking, and opa bench beside it",
    async () => {
      const asked = [...BENCH, "--input", "-", "--entrypoint", "ask/same"];
      const { status, answer } = await pack.cli.json(asked, { stdin: '{"x":5}' });
      const ours = { objectIn: FIGURE, bytesIn: FIGURE, pool: FIGURE, firstDecisionMs: FIGURE };
      expect([status, answer]).toMatchObject([
        0,
        { inputBytes: 7, jobs: 1, entrypoints: { "ask/same": { ...ours, isDefined: true, opa: { rate: FIGURE } } } },
      ]);
    },
    OPA_BENCH_MS,
  );

  it("measures what is undefined as that, and prints a table", async () => {
    const asked = [...BENCH, "--input", "-", "--entrypoint", "ask/allow", "--no-opa"];
    const { status, stdout } = await pack.cli.run(asked, { stdin: '{"x":1}' });
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/ask\/allow +JSON bytes in +[\d ]+[^]*Undefined for this input[^]*ask\/allow/),
    ]);
  });

  it("exits 7 for an unknown entrypoint, 3 for an input that is no JSON, 2 for no time", async () => {
    const unknown = await pack.cli.json([...BENCH, "--entrypoint", "ask/nothing"]);
    expect([unknown.status, codeOf(unknown.answer)]).toEqual([7, "ENTRYPOINT_UNKNOWN"]);
    const malformed = await pack.cli.json([...BENCH, "--input", "-"], { stdin: "{" });
    expect([malformed.status, codeOf(malformed.answer)]).toEqual([3, "INPUT_INVALID"]);
    expect((await pack.cli.json(["bench", ...ASK, "--seconds", "0.01"])).status).toBe(2);
  });
});
