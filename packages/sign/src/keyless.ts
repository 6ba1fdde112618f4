import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import { toDSSEBundle, toMessageSignatureBundle } from "@sigstore/bundle";
import type { Bundle } from "@sigstore/bundle";
import type { FulcioSignerOptions } from "@sigstore/sign";
import { ConfigError, messageOf, PolicyPackError } from "@policy-pack/pack";
import { DEFAULTS } from "./defaults.ts";
import type { IdentityProvider } from "./identity-token.ts";
import { signMessage } from "./message.ts";
import type { Message } from "./message.ts";
import type { SignedContent, Signer, SigningKey, Witness } from "./ports.ts";

type FulcioKeyHolder = NonNullable<FulcioSignerOptions["keyHolder"]>;

export interface KeylessOptions {
  readonly identityProvider: IdentityProvider;
  /** Base URL; default the public-good instance, as for the other two. */
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
  /** Which API the log speaks: 1 (default) or 2. */
  readonly rekorVersion?: 1 | 2;
  /** With its path, such as `/api/v1/timestamp`. */
  readonly tsaUrl?: string;
  /** Of each request; default 30 000 ms. */
  readonly timeoutMs?: number;
  /** Of each request that failed on the way or was answered 408, 429 or 5xx; default 2. */
  readonly retries?: number;
}

/**
 * Signing with a key that lives for one signature, certified for the identity in a token: a certificate from Fulcio, an
 * entry in Rekor and a timestamp. The answers are packed as they came: verify the bundle against the instance's trusted
 * root before relying on it.
 * @throws ConfigError SIGNER_UNAVAILABLE without a usable token, SIGNING_FAILED when a service does not answer as it should
 */
export function keylessSigning(options: KeylessOptions): { signer: Signer; witnesses: readonly Witness[] } {
  const { fulcioUrl, rekorUrl, rekorVersion, tsaUrl, timeoutMs, retries } = { ...DEFAULTS, ...options };
  const requests = { timeout: timeoutMs, retry: retries };
  return {
    signer: fulcioSigner(options.identityProvider, fulcioUrl, requests),
    witnesses: [rekorWitness(rekorUrl, rekorVersion, requests), tsaWitness(tsaUrl, requests)],
  };
}

interface RequestOptions {
  readonly timeout: number;
  readonly retry: number;
}

function fulcioSigner(identityProvider: IdentityProvider, url: string, requests: RequestOptions): Signer {
  return {
    sign: (message) =>
      converted(`Fulcio at ${url}`, async () => {
        // Loaded on use: it is slow to load, and signing without Fulcio needs none of it.
        const { FulcioSigner } = await import("@sigstore/sign");
        const digest = Buffer.from(message.digest);
        const keyHolder = await ephemeralKey(message, digest);
        const signer = new FulcioSigner({ identityProvider, keyHolder, fulcioBaseURL: url, ...requests });
        const { signature, key } = await signer.sign(digest);
        if (key.$case !== "x509Certificate") throw new Error("it answered without a certificate");
        return { signature, key: { kind: "certificate", certificate: new X509Certificate(key.certificate).raw } };
      }),
  };
}

/**
 * A P-256 key for one signature, never stored. The message is signed before a certificate is asked for, so that a
 * large one takes nothing from the certificate's ten minutes. Fulcio's client takes what it signs as one Buffer: the
 * digest stands for the message there, and is known again by being that very object.
 */
async function ephemeralKey(message: Message, standIn: Buffer): Promise<FulcioKeyHolder> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { $case: "publicKey", publicKey: publicKey.export({ format: "pem", type: "spki" }).toString() } as const;
  const signature = Buffer.from(await signMessage(message, privateKey));
  return {
    sign: (data) =>
      Promise.resolve({ signature: data === standIn ? signature : sign("sha256", data, privateKey), key }),
  };
}

function rekorWitness(url: string, version: 1 | 2, requests: RequestOptions): Witness {
  return {
    testify: (content) =>
      converted(`Rekor at ${url}`, async () => {
        const { RekorWitness } = await import("@sigstore/sign");
        const witness = new RekorWitness({ rekorBaseURL: url, majorApiVersion: version, ...requests });
        // cosign refuses the entries that the client makes of an envelope for a v2 log, and takes a hashedrekord.
        const { tlogEntries } = await witness.testify(
          version === 2 ? messageContent(content) : contentOf(content),
          toPem(content.key),
        );
        return { logEntries: tlogEntries };
      }),
  };
}

function tsaWitness(url: string, requests: RequestOptions): Witness {
  return {
    testify: (content) =>
      converted(`The timestamp authority at ${url}`, async () => {
        const { TSAWitness } = await import("@sigstore/sign");
        const { rfc3161Timestamps } = await new TSAWitness({ tsaBaseURL: url, ...requests }).testify(
          contentOf(content),
        );
        return { timestamps: rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp) };
      }),
  };
}

function contentOf(content: SignedContent): Bundle["content"] {
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

/** Turns what the Sigstore client throws into an error of ours; ours, such as a missing token, come out as they are. */
async function converted<T>(service: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const cause = causeOf(error);
    if (cause instanceof PolicyPackError) throw cause;
    const status = statusOf(cause);
    throw new ConfigError(
      "SIGNING_FAILED",
      `${service} did not do its part: ${messageOf(error)}; check its URL and whether it is up, then sign again.`,
      { cause: error, retryable: status === undefined || status === 429 || status >= 500 },
    );
  }
}

function causeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "cause" in error ? error.cause : error;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}
