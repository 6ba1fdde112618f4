import { keyHint } from "../keys/private-key.ts";
import type { KeySigner } from "../ports.ts";
import { failed } from "./failures.ts";
import { isSignatureOf, pemOf, spkiOf } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";

/** One version of a key in a service, chosen when it was opened, and how it signs. */
export interface RemoteKey {
  /** With its version, for messages. */
  readonly name: string;
  readonly publicKey: PublicKey;
  /** Signs a SHA-256 digest with this very version: ECDSA as DER, or RSA PKCS #1 v1.5. */
  signDigest(digest: Uint8Array): Promise<Uint8Array>;
}

/**
 * A signer that gives out only signatures which the public key it reports verifies, whatever the service answered.
 * It signs the message's digest; that the digest is of the message's bytes is not checked.
 */
export function toKeySigner(remote: RemoteKey): KeySigner {
  const spki = spkiOf(remote.publicKey);
  return {
    publicKey: pemOf(remote.publicKey),
    sign: async ({ digest }) => {
      if (digest.length !== 32) throw new TypeError("a message's digest is a SHA-256 of 32 bytes");
      const signature = await remote.signDigest(digest);
      if (!(await isSignatureOf(digest, signature, remote.publicKey))) throw notVerified(remote.name);
      return { signature, key: { kind: "publicKey", spki, hint: keyHint(spki) } };
    },
  };
}

function notVerified(name: string): Error {
  return failed(
    `The signature that came back does not verify with the public key of ${name}; it is not used. ` +
      "Check whether the key was rotated, imported anew or replaced, then open it again.",
  );
}
