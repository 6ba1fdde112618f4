import { ConfigError } from "@policy-pack/pack";
import { CLI_LIMITS } from "../limits.ts";
import { readInputFile } from "../read.ts";
import type { Terminal } from "../terminal.ts";

/** Never an argument: those are seen by everyone who lists processes. */
const VARIABLE = "POLICY_PACK_TOKEN";
/** RFC 6750, 2.1. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * The bearer token for a server: the file's text, or else that of POLICY_PACK_TOKEN.
 * @throws ConfigError CONFIG_INVALID when there is none, or it cannot stand in a header
 */
export async function readBearerToken(terminal: Terminal, file: string | undefined): Promise<string> {
  const token = file === undefined ? terminal.env[VARIABLE] : await readTokenFile(terminal, file);
  if (token === undefined || token === "") {
    throw new ConfigError("CONFIG_INVALID", `There is no token; set ${VARIABLE}, or name its file with --token-file.`);
  }
  if (TOKEN.test(token)) return token;
  throw new ConfigError(
    "CONFIG_INVALID",
    `${file ?? VARIABLE} does not hold a bearer token: nothing but its characters.`,
  );
}

async function readTokenFile(terminal: Terminal, file: string): Promise<string> {
  const bytes = await readInputFile(terminal, file, { what: "The token", maxBytes: CLI_LIMITS.maxTokenBytes });
  return Buffer.from(bytes).toString("utf8").trim();
}
