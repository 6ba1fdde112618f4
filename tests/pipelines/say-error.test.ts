import { describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";

const run = (input: string) => spawnSync("scripts/say_error.sh", { input, encoding: "utf8" });
const answer = (message: string): string => JSON.stringify({ error: { code: "SOURCE_INVALID", message } });

describe("say_error.sh", () => {
  it("prints the code and the message of an error", () => {
    const { status, stdout, stderr } = run(answer("first\n\tsecond"));
    expect([status, stdout, stderr]).toEqual([0, "", "error SOURCE_INVALID: first\n\tsecond\n"]);
  });

  it.each(["", "{}", '{"digest": "sha256:1"}\n'])("prints nothing of the answer %j", (text) => {
    const { status, stdout, stderr } = run(text);
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });

  it("fails on what is no answer", () => {
    expect(run("{").status).not.toBe(0);
  });

  it.each(["x\n::stop-commands::y", "x\r\n \t\u00a0::error::y", "x\r::debug::y", "x\n::add-mask::x\n::add-mask::y"])(
    "leaves no line of %j that the runner takes for a command",
    (message) => {
      const { stderr } = run(answer(message));
      expect(stderr.split(/[\r\n]/).filter((line) => line.trim().startsWith("::"))).toEqual([]);
      expect(stderr).toContain("::");
    },
  );

  it("breaks the older form of a command, and controls of a terminal", () => {
    expect(run(answer("a ##[set-output name=x]\u001b[2J")).stderr).toBe(
      "error SOURCE_INVALID: a ##\u2060[set-output name=x] [2J\n",
    );
  });
});
