import { createPublicKey } from "node:crypto";
import { lstat, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigError, systemCodeOf } from "@policy-pack/pack";
import type { KeyFormat, KeyPairKind } from "@policy-pack/sign";
import { Option } from "commander";
import type { Command } from "commander";
import { createFile } from "../create-file.ts";
import { displayPath } from "../locate.ts";
import { readNewPassword } from "../password.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import type { Terminal } from "../terminal.ts";
import { createVerb, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

/** As `@policy-pack/sign` has them; written out here, so that help needs none of it. */
const KINDS: readonly KeyPairKind[] = ["P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096", "Ed25519"];
const FORMATS: readonly KeyFormat[] = ["cosign", "encrypted-pkcs8", "pkcs8"];
const DEFAULT_PREFIX = "policy-pack";

interface KeyPairFlags extends CommonFlags {
  readonly kind: KeyPairKind;
  readonly format: KeyFormat;
  readonly outputKeyPrefix?: string;
}

/** `policy-pack generate-key-pair`: a private key under a password, and its public key. */
export function addGenerateKeyPair({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "generate-key-pair",
      summary: "make a private key under a password, and its public key",
      description:
        "Writes <prefix>.key, which only its owner can read, and <prefix>.pub. The private key is encrypted in the " +
        "format of cosign, which opens it too; its password comes from COSIGN_PASSWORD, which may be empty, or is " +
        "asked for. Existing files are never overwritten.",
      examples: [
        "policy-pack generate-key-pair",
        "policy-pack generate-key-pair --kind RSA-3072 --output-key-prefix release",
        "policy-pack sign app.tar --key policy-pack.key",
      ],
    },
    version,
  )
    .addOption(new Option("--kind <kind>", "the kind of key").choices(KINDS).default("P-256"))
    .addOption(
      new Option("--format <format>", "how the private key is written; pkcs8 is not encrypted")
        .choices(FORMATS)
        .default("cosign"),
    )
    .addOption(valueFlag("--output-key-prefix <prefix>", `of both files' names (default: ${DEFAULT_PREFIX})`))
    .action((flags: KeyPairFlags) => answer(flags, generate(terminal, flags)));
}

async function generate(terminal: Terminal, flags: KeyPairFlags): Promise<Report> {
  const { generateKeyPair, keyFacts, keyHint, keyPairWarnings } = await import("@policy-pack/sign");
  const { kind, format } = flags;
  const prefix = resolve(terminal.cwd, flags.outputKeyPrefix ?? DEFAULT_PREFIX);
  const [keyPath, publicPath] = [`${prefix}.key`, `${prefix}.pub`];
  for (const path of [keyPath, publicPath]) if (await isThere(path)) throw present(path);
  const password = format === "pkcs8" ? "" : await readNewPassword(terminal);
  const { privateKey, publicKey } = await generateKeyPair({ kind, format, password });
  await writePair({ path: keyPath, pem: privateKey }, { path: publicPath, pem: publicKey });
  const parsed = createPublicKey(publicKey);
  const hint = keyHint(parsed.export({ format: "der", type: "spki" }));
  const warnings = keyPairWarnings(keyFacts(parsed));
  printWarnings(terminal, warnings);
  const rows = [
    ["private key", displayPath(terminal, keyPath)],
    ["public key", displayPath(terminal, publicPath)],
    ["kind", kind],
    ["format", format],
    ["hint", hint],
  ];
  return {
    json: { privateKey: keyPath, publicKey: publicPath, kind, format, hint, warnings },
    text: formatTable(rows),
  };
}

interface KeyFile {
  readonly path: string;
  readonly pem: string;
}

/** Both or none: half a pair is of no use, and would stand in the way of the next try. */
async function writePair(privateKey: KeyFile, publicKey: KeyFile): Promise<void> {
  if (!(await createFile(privateKey.path, privateKey.pem, { what: "The private key", mode: 0o600 }))) {
    throw present(privateKey.path);
  }
  try {
    if (await createFile(publicKey.path, publicKey.pem, { what: "The public key", mode: 0o644 })) return;
    throw present(publicKey.path);
  } catch (error) {
    await rm(privateKey.path, { force: true });
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return false;
    throw new ConfigError("OUTPUT_FAILED", `${path} cannot be written to; give another --output-key-prefix.`, {
      cause: error,
    });
  }
}

function present(path: string): ConfigError {
  return new ConfigError(
    "OUTPUT_FAILED",
    `${path} is there already, and keys are never overwritten; give another --output-key-prefix.`,
  );
}
