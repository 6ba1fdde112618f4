import { randomUUID } from "node:crypto";
import { ConfigError } from "@policy-pack/pack";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import type { Report } from "../report.ts";
import { openKey } from "../signer-key.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";

const TTL = /^([1-9][0-9]{0,6})([smhd])$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const MAX_TTL_SECONDS = 90 * 86_400;
const DEFAULT_TTL_SECONDS = 600;

interface TokenFlags extends CommonFlags {
  readonly key: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly ttl: number;
  readonly jwks?: true;
}

/** `policy-pack token`: bearer tokens for a server whose configuration names the key. */
export function addToken({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "token",
      summary: "sign a bearer token for a server's evidence routes",
      description:
        "Signs a JWT with a key of your own (P-256, RSA or Ed25519, in a file or a key service) and prints it, and " +
        "nothing else, on stdout. A server takes it when its promotion configuration names the issuer, a key set with " +
        "this key, which --jwks prints, and a grant for the subject. Where your pipeline issues OIDC tokens of its " +
        "own, name that issuer instead, and you need no key.",
      examples: [
        "policy-pack token --key ci.key --jwks > jwks.json",
        "policy-pack token --key ci.key --issuer https://ci.example --subject ci --audience policy-pack --ttl 10m",
      ],
    },
    version,
  )
    .addOption(valueFlag("--key <key>", "the private key: a PEM file, or a key service's URI").makeOptionMandatory())
    .addOption(valueFlag("--issuer <url>", "who the token is from (iss)"))
    .addOption(valueFlag("--subject <text>", "whom it speaks for (sub)"))
    .addOption(valueFlag("--audience <text>", "the server that it is for (aud)"))
    .addOption(
      new Option("--ttl <duration>", "how long it is valid, such as 90s, 10m, 8h or 7d")
        .default(DEFAULT_TTL_SECONDS, "10m")
        .argParser(parseTtl),
    )
    .option("--jwks", "print the key set with the public key instead, for the server's configuration")
    .action((flags: TokenFlags) =>
      answer(flags, flags.jwks === true ? showKeySet(terminal, flags) : issue(terminal, flags)),
    );
}

function parseTtl(value: string): number {
  const [, count = "", unit = ""] = TTL.exec(value) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? 0);
  if (seconds > 0 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw new InvalidArgumentError("Write a number with s, m, h or d behind it, of at most 90 days.");
}

async function showKeySet(terminal: Terminal, { key, issuer, subject, audience }: TokenFlags): Promise<Report> {
  if ([issuer, subject, audience].some((value) => value !== undefined)) {
    throw new ConfigError("CONFIG_INVALID", "--jwks prints the key set and signs nothing; leave out the other flags.");
  }
  const { toTokenKey } = await import("../tokens/jwt.ts");
  const { publicKey } = await openKey(terminal, key);
  const json = { keys: [await toTokenKey(publicKey)] };
  return { json, text: JSON.stringify(json, undefined, 2) };
}

async function issue(terminal: Terminal, { key, issuer, subject, audience, ttl }: TokenFlags): Promise<Report> {
  if (issuer === undefined || subject === undefined || audience === undefined) {
    throw new ConfigError("CONFIG_INVALID", "A token needs --issuer, --subject and --audience.");
  }
  const { signJwt } = await import("../tokens/jwt.ts");
  const signer = await openKey(terminal, key);
  const iat = Math.floor(Date.now() / 1_000);
  const exp = iat + ttl;
  const token = await signJwt({ iss: issuer, sub: subject, aud: audience, iat, exp, jti: randomUUID() }, signer);
  return { json: { token, issuer, subject, audience, expiresAt: new Date(exp * 1_000).toISOString() }, text: token };
}
