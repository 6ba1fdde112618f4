import { StringDecoder } from "node:string_decoder";
import { ConfigError } from "@policy-pack/pack";
import { CLI_LIMITS } from "./limits.ts";
import type { OutputStream } from "./terminal.ts";

/** A terminal's keyboard, as `process.stdin` is one. */
export interface Keyboard {
  setRawMode(isRaw: boolean): unknown;
  on(event: "data", listener: (data: Uint8Array) => void): unknown;
  off(event: "data", listener: (data: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const [INTERRUPT, END, BACKSPACE, DELETE, LINE_FEED, RETURN] = ["\u0003", "\u0004", "\b", "\u007f", "\n", "\r"];

/**
 * Asks for one line a prompt, none of them shown while it is typed; Backspace takes the last character back. Nothing is
 * shown between the prompts either, so that two lines may be pasted at once. The keyboard is as it was before, whatever
 * happens.
 * @returns as many lines as there are prompts
 * @throws ConfigError KEY_INVALID when it is broken off with Ctrl-C or Ctrl-D
 */
export function askSecrets(
  keyboard: Keyboard,
  output: OutputStream,
  [first, ...others]: readonly string[],
): Promise<readonly string[]> {
  if (first === undefined) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    const lines = createLines();
    const finish = (settle: () => void): void => {
      keyboard.off("data", take);
      keyboard.setRawMode(false);
      keyboard.pause();
      settle();
    };
    const take = (data: Uint8Array): void => {
      for (const character of decoder.write(Buffer.from(data))) {
        const outcome = lines.add(character);
        if (outcome === "more") continue;
        output.write("\n");
        const prompt = others[lines.ended.length - 1];
        if (outcome === "broken off") {
          finish(() => {
            reject(new ConfigError("KEY_INVALID", "No password was entered."));
          });
        } else if (prompt === undefined) {
          finish(() => {
            resolve(lines.ended);
          });
        } else {
          output.write(prompt);
          continue;
        }
        return;
      }
    };
    keyboard.setRawMode(true);
    keyboard.on("data", take);
    keyboard.resume();
    // Not before the keyboard is silent: who types at once would be shown.
    output.write(first);
  });
}

interface Lines {
  readonly ended: readonly string[];
  add(character: string): "more" | "line" | "broken off";
}

/** What is typed, character by character. A line ends with a return, a line feed, or both. */
function createLines(): Lines {
  const ended: string[] = [];
  let typed: string[] = [];
  let previous = "";
  const add = (character: string): "more" | "line" | "broken off" => {
    const isSecondHalf = character === LINE_FEED && previous === RETURN;
    previous = character;
    if (isSecondHalf) return "more";
    if (character === INTERRUPT || character === END) return "broken off";
    if (character === RETURN || character === LINE_FEED) {
      ended.push(typed.join(""));
      typed = [];
      return "line";
    }
    if (character === BACKSPACE || character === DELETE) typed = typed.slice(0, -1);
    else if (typed.length < CLI_LIMITS.maxPasswordLength) typed.push(character);
    return "more";
  };
  return { ended, add };
}
