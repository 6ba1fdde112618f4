import { ConfigError } from "@policy-pack/pack";
import type { Terminal } from "./terminal.ts";

/**
 * The password of a private key: COSIGN_PASSWORD, which may be empty, or what is typed, unseen, on a terminal. Never an
 * argument, which other processes can read.
 * @throws ConfigError KEY_INVALID when there is neither
 */
export async function readPassword(terminal: Terminal, prompt: string): Promise<string> {
  return (await readAnswers(terminal, [prompt]))[0] ?? "";
}

/** A new password, typed twice on a terminal. @throws ConfigError KEY_INVALID also when the two differ */
export async function readNewPassword(terminal: Terminal): Promise<string> {
  const [password = "", again = password] = await readAnswers(terminal, [
    "Password for the private key: ",
    "The same password again: ",
  ]);
  if (again === password) return password;
  throw new ConfigError("KEY_INVALID", "The two passwords differ; nothing was written.");
}

/** What the variable says, alone, or an answer to each prompt. */
async function readAnswers(terminal: Terminal, prompts: readonly string[]): Promise<readonly string[]> {
  const given = terminal.env["COSIGN_PASSWORD"];
  if (given !== undefined) return [given];
  if (terminal.readSecrets !== undefined) return terminal.readSecrets(prompts);
  throw new ConfigError(
    "KEY_INVALID",
    "The private key needs a password, and there is no terminal to ask on; set COSIGN_PASSWORD.",
  );
}
