import { EventEmitter } from "node:events";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { CLI_LIMITS } from "../src/limits.ts";
import { askSecrets } from "../src/secret-prompt.ts";

class FakeKeyboard extends EventEmitter {
  readonly calls: string[] = [];
  setRawMode(isRaw: boolean): void {
    this.calls.push(isRaw ? "raw" : "cooked");
  }
  resume(): void {
    this.calls.push("resume");
  }
  pause(): void {
    this.calls.push("pause");
  }
  type(text: string | Uint8Array): void {
    this.emit("data", Buffer.from(text));
  }
}

let keyboard: FakeKeyboard;
let shown: string;
const askFor = (...prompts: string[]) => askSecrets(keyboard, { write: (text: string) => (shown += text) }, prompts);
const ask = async () => (await askFor("Password: "))[0] ?? "";

beforeEach(() => {
  keyboard = new FakeKeyboard();
  shown = "";
});

describe("askSecrets", () => {
  it.each([
    ["a line", ["secret\r"], "secret"],
    ["a line with a line feed", ["secret\n"], "secret"],
    ["nothing", ["\r"], ""],
    ["one key after another", ["s", "e", "c", "\r"], "sec"],
    ["taken back characters", ["sx\u007fe\u0008\u007fS\r"], "S"],
    ["taking back more than there is", ["\u007f\u007fs\r"], "s"],
    ["characters of several bytes", ["ü€😀\r"], "ü€😀"],
    ["what is pasted with a second line", ["one\rtwo\r"], "one"],
  ])("returns %s, shows none of it, and leaves the keyboard as it was", async (_name, pieces, expected) => {
    const answer = ask();
    for (const piece of pieces) keyboard.type(piece);
    expect(await answer).toBe(expected);
    expect(shown).toBe("Password: \n");
    expect(keyboard.calls).toEqual(["raw", "resume", "cooked", "pause"]);
    expect(keyboard.listenerCount("data")).toBe(0);
  });

  it.each([
    ["pasted at once", ["one\rtwo\r"]],
    ["pasted with line feeds too", ["one\r\ntwo\r\n"]],
    ["pasted with line feeds alone", ["one\ntwo\n"]],
    ["typed one after the other", ["one\r", "\ntw", "o\r"]],
  ])("returns two lines %s, and shows none of it in between", async (_name, pieces) => {
    const answer = askFor("1: ", "2: ");
    for (const piece of pieces) keyboard.type(piece);
    expect(await answer).toEqual(["one", "two"]);
    expect(shown).toBe("1: \n2: \n");
    expect(keyboard.calls).toEqual(["raw", "resume", "cooked", "pause"]);
  });

  it("throws KEY_INVALID when it is broken off in the second line", async () => {
    const answer = askFor("1: ", "2: ");
    keyboard.type("one\rtw\u0003");
    await expect(answer).rejects.toMatchObject({ code: "KEY_INVALID" });
    expect(keyboard.calls).toEqual(["raw", "resume", "cooked", "pause"]);
  });

  it("returns a character whose bytes come apart", async () => {
    const answer = ask();
    const [first, ...rest] = Buffer.from("ü");
    keyboard.type(Buffer.from([first ?? 0]));
    keyboard.type(Buffer.from(rest));
    keyboard.type("\r");
    expect(await answer).toBe("ü");
  });

  it("asks only when nothing that is typed is shown any more", async () => {
    let callsBefore: string[] = [];
    const answer = askSecrets(
      keyboard,
      { write: (text: string) => text === "?" && (callsBefore = [...keyboard.calls]) },
      ["?"],
    );
    keyboard.type("\r");
    await answer;
    expect(callsBefore).toEqual(["raw", "resume"]);
  });

  it("takes no more than a password has", async () => {
    const answer = ask();
    keyboard.type(`${"x".repeat(2 * CLI_LIMITS.maxPasswordLength)}\r`);
    expect((await answer).length).toBe(CLI_LIMITS.maxPasswordLength);
  });

  it.each(["\u0003", "\u0004"])("throws KEY_INVALID when it is broken off with %j", async (key) => {
    const answer = ask();
    keyboard.type(`sec${key}`);
    await expect(answer).rejects.toMatchObject({ code: "KEY_INVALID" });
    expect(keyboard.calls.at(-2)).toBe("cooked");
  });
});
