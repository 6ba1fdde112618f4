import { ConfigError } from "@policy-pack/pack";
import type { Terminal } from "./terminal.ts";

/**
 * The password of a private key: COSIGN_PASSWORD, which may be empty, or what is typed, unseen, on a terminal. Never an
 * argument, which other processes can read.
 * @throws ConfigError KEY_INVALID when there is neither
 */
export async function readPassword(terminal: Terminal, prompt: string): Promise<string> {
  const given = terminal.env["COSIGN_PASSWORD"];
  if (given !== undefined) return given;
  if (terminal.readSecret !== undefined) return terminal.readSecret(prompt);
  throw new ConfigError(
    "KEY_INVALID",
    "The private key needs a password, and there is no terminal to ask on; set COSIGN_PASSWORD.",
  );
}

/** A new password, typed twice on a terminal. @throws ConfigError KEY_INVALID also when the two differ */
export async function readNewPassword(terminal: Terminal): Promise<string> {
  const password = await readPassword(terminal, "Password for the private key: ");
  if (terminal.env["COSIGN_PASSWORD"] !== undefined) return password;
  if ((await readPassword(terminal, "The same password again: ")) === password) return password;
  throw new ConfigError("KEY_INVALID", "The two passwords differ; nothing was written.");
}
