import type { KeySigner } from "../ports.ts";
import { toContext } from "./context.ts";
import type { KmsContext, KmsOptions } from "./context.ts";
import { toKeySigner } from "./key-signer.ts";
import type { RemoteKey } from "./key-signer.ts";
import type { KmsPackages } from "./packages.ts";
import { parseKmsUri } from "./uri.ts";
import type { KmsReference } from "./uri.ts";

/**
 * A signer whose key stays in a key service or on a token: `awskms://`, `gcpkms://`, `azurekms://`, `hashivault://` or
 * `pkcs11:`, in cosign's forms. Its public key is fetched here, once, and the key's version is fixed: every signature it
 * gives out was verified with that public key. Whether that public key is the one others trust is not checked.
 * Amazon's, Google's and Azure's own libraries find credentials in the process's environment, not in `options.env`.
 * @throws ConfigError CONFIG_INVALID (URI, variables), TOOL_MISSING (an optional package, with how to install it),
 *   SIGNER_UNAVAILABLE (denied, absent, disabled, no credentials), KEY_INVALID (a kind of key that is not signed with),
 *   SIGNING_FAILED (busy, unreachable or late: `retryable`; otherwise an answer that does not fit)
 */
export async function openKmsSigner(uri: string, options: KmsOptions): Promise<KeySigner> {
  return openKmsSignerWith(uri, toContext(options));
}

/** As `openKmsSigner`, with the packages given, which tests use to take them away. */
export async function openKmsSignerFrom(packages: KmsPackages, uri: string, options: KmsOptions): Promise<KeySigner> {
  return openKmsSignerWith(uri, toContext(options, packages));
}

async function openKmsSignerWith(uri: string, context: KmsContext): Promise<KeySigner> {
  return toKeySigner(await openKey(parseKmsUri(uri), context));
}

/** Each provider is loaded with its scheme. */
async function openKey(reference: KmsReference, context: KmsContext): Promise<RemoteKey> {
  switch (reference.scheme) {
    case "awskms":
      return (await import("./aws.ts")).openAwsKey(reference, context);
    case "gcpkms":
      return (await import("./google.ts")).openGoogleKey(reference, context);
    case "azurekms":
      return (await import("./azure.ts")).openAzureKey(reference, context);
    case "hashivault":
      return (await import("./vault.ts")).openVaultKey(reference, context);
    case "pkcs11":
      return (await import("./pkcs11.ts")).openPkcs11Key(reference, context);
  }
}
