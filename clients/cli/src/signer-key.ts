import type { KeySigner } from "@policy-pack/sign";
import { CLI_LIMITS } from "./limits.ts";
import { naming } from "./naming.ts";
import { readPassword } from "./password.ts";
import { readInputFile } from "./read.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Opens the key that `--key` names: a key service's by its URI, or a PEM file, whose password is asked for only when it
 * is encrypted.
 * @throws ConfigError KEY_INVALID, CONFIG_INVALID; of a key service TOOL_MISSING, SIGNER_UNAVAILABLE, SIGNING_FAILED
 */
export async function openKey(terminal: Terminal, key: string): Promise<KeySigner> {
  const { isEncryptedKey, isKmsUri, openKmsSigner, openPrivateKey } = await import("@policy-pack/sign");
  if (isKmsUri(key)) return openKmsSigner(key, { env: terminal.env });
  const options = { what: "The private key", maxBytes: CLI_LIMITS.maxKeyBytes };
  const pem = Buffer.from(await readInputFile(terminal, key, options)).toString("latin1");
  if (!(await naming(key, () => isEncryptedKey(pem)))) return naming(key, () => openPrivateKey(pem));
  const password = await readPassword(terminal, `Password for ${key}: `);
  return naming(key, () => openPrivateKey(pem, { password }));
}
