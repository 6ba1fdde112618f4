import { createPublicKey, X509Certificate } from "node:crypto";
import { toDSSEBundle, toMessageSignatureBundle } from "@sigstore/bundle";
import type { Bundle } from "@sigstore/bundle";
import type { SignedContent, SigningKey, Witness } from "../ports.ts";
import type { RequestOptions } from "./http.ts";
import { checkLoggable } from "./log-keys.ts";
import type { RekorVersion } from "./log-keys.ts";
import { createEntryV2 } from "./rekor-v2.ts";
import { converted } from "./service-failure.ts";

/**
 * The transparency log at the base URL. A v1 log keeps a `hashedrekord` of a message and a `dsse` of a statement; a v2
 * log keeps a `hashedrekord` of both, the only form that cosign takes from it.
 */
export function rekorWitness(url: string, version: RekorVersion, requests: RequestOptions): Witness {
  const { timeoutMs: timeout, retries: retry } = requests;
  return {
    checkKey: (key, content) => {
      checkLoggable(key, content, version);
    },
    testify: (content) =>
      converted(`Rekor at ${url}`, async () => {
        // The client words every key in a v2 entry as a P-256 certificate.
        if (version === 2 && content.key.kind === "publicKey") {
          return { logEntries: [await createEntryV2(url, content, requests)] };
        }
        const { RekorWitness } = await import("@sigstore/sign");
        const witness = new RekorWitness({ rekorBaseURL: url, majorApiVersion: version, timeout, retry });
        const { tlogEntries } = await witness.testify(
          version === 2 ? messageContent(content) : contentOf(content),
          toPem(content.key),
        );
        return { logEntries: tlogEntries };
      }),
  };
}

/** What was signed, in the words of Sigstore's clients. */
export function contentOf(content: SignedContent): Bundle["content"] {
  const { envelope, signature } = content;
  if (envelope === undefined) return messageContent(content);
  return toDSSEBundle({
    artifact: Buffer.from(envelope.payload),
    artifactType: envelope.payloadType,
    signature: Buffer.from(signature),
  }).content;
}

function messageContent({ digest, signature }: SignedContent): Bundle["content"] {
  return toMessageSignatureBundle({ digest: Buffer.from(digest), signature: Buffer.from(signature) }).content;
}

function toPem(key: SigningKey): string {
  if (key.kind === "certificate") return new X509Certificate(key.certificate).toString();
  const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: "der", type: "spki" });
  return publicKey.export({ format: "pem", type: "spki" }).toString();
}
