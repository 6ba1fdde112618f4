import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { spkiOf } from "./certificates.ts";
import { logIdOf } from "./ct-log.ts";
import { NAMES } from "./defaults.ts";
import type { AuthorityState } from "./state.ts";
import type { TransparencyLog } from "./transparency-log.ts";

/**
 * The JSON text of the `trusted_root.json` that this authority's signatures verify against. Everything in it is valid
 * from the second in which the authority was made, with no end but the certificates' own.
 * Source: Sigstore trust root protobuf, media type version 0.1.
 */
export function toTrustedRoot(state: AuthorityState, logs: readonly TransparencyLog[]): string {
  const validFor = { start: state.createdAt.toISOString() };
  const { certificates, keys } = state;
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: logs.map((log) => logInstance({ baseUrl: `https://${log.host}`, key: log.key, id: log.id, validFor })),
    certificateAuthorities: [authority(NAMES.fulcioUrl, [certificates.intermediate, certificates.root], validFor)],
    ctlogs: [
      logInstance({
        baseUrl: NAMES.ctLogUrl,
        key: keys.ctLog,
        id: logIdOf(createPublicKey(keys.ctLog)),
        validFor,
      }),
    ],
    timestampAuthorities: [authority(NAMES.tsaUrl, [certificates.tsa, certificates.tsaRoot], validFor)],
  };
  return `${JSON.stringify(root, null, 2)}\n`;
}

interface LogInstance {
  readonly baseUrl: string;
  readonly key: KeyObject;
  readonly id: Uint8Array;
  readonly validFor: object;
}

function logInstance({ baseUrl, key, id, validFor }: LogInstance): object {
  const publicKey = createPublicKey(key);
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spkiOf(publicKey).toString("base64"),
      keyDetails: publicKey.asymmetricKeyType === "ed25519" ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256",
      validFor,
    },
    logId: { keyId: Buffer.from(id).toString("base64") },
  };
}

/** A chain from the certificate that signs up to the root. */
function authority(uri: string, chain: readonly Uint8Array[], validFor: object): object {
  return {
    subject: { organization: NAMES.organization, commonName: new URL(uri).hostname },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: Buffer.from(der).toString("base64") })) },
    validFor,
  };
}
