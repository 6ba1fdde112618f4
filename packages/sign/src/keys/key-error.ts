import { ConfigError } from "@policy-pack/pack";

/**
 * Why a private key cannot be used, in words of our own alone: no cause is kept, since what a parser says of a key may
 * repeat the key.
 */
export function unreadableKey(reason: string): ConfigError {
  return new ConfigError(
    "KEY_INVALID",
    `The private key ${reason}; give a PEM file with a P-256, P-384, P-521, RSA or Ed25519 private key.`,
  );
}

export function wrongPassword(): ConfigError {
  return new ConfigError(
    "KEY_INVALID",
    "The private key does not open: the password is wrong, or the file is damaged; set COSIGN_PASSWORD to its password.",
  );
}

export function missingPassword(): ConfigError {
  return new ConfigError(
    "KEY_INVALID",
    "The private key is encrypted and no password is given; set COSIGN_PASSWORD, or run the command on a terminal.",
  );
}
