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
 * Asks for a line that is not shown while it is typed; Backspace takes the last character back. The keyboard is as it
 * was before, whatever happens.
 * @throws ConfigError KEY_INVALID when it is broken off with Ctrl-C or Ctrl-D
 */
export function askSecret(keyboard: Keyboard, output: OutputStream, prompt: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let typed: string[] = [];
    const end = (finish: () => void): void => {
      keyboard.off("data", take);
      keyboard.setRawMode(false);
      keyboard.pause();
      output.write("\n");
      finish();
    };
    const take = (data: Uint8Array): void => {
      for (const character of decoder.write(Buffer.from(data))) {
        if (character === RETURN || character === LINE_FEED) {
          end(() => {
            resolve(typed.join(""));
          });
          return;
        }
        if (character === INTERRUPT || character === END) {
          end(() => {
            reject(new ConfigError("KEY_INVALID", "No password was entered."));
          });
          return;
        }
        if (character === BACKSPACE || character === DELETE) typed = typed.slice(0, -1);
        else if (typed.length < CLI_LIMITS.maxPasswordLength) typed.push(character);
      }
    };
    keyboard.setRawMode(true);
    keyboard.on("data", take);
    keyboard.resume();
    // Not before the keyboard is silent: who types at once would be shown.
    output.write(prompt);
  });
}
