import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import type { FulcioSignerOptions } from "@sigstore/sign";
import type { IdentityProvider } from "../identity-token.ts";
import { signMessage } from "../message.ts";
import type { Message } from "../message.ts";
import type { Signer } from "../ports.ts";
import type { RequestOptions } from "./http.ts";
import { converted } from "./service-failure.ts";

type FulcioKeyHolder = NonNullable<FulcioSignerOptions["keyHolder"]>;

/**
 * Signs with a key that lives for one signature, and that the certificate authority at the base URL certifies for the
 * identity in a token.
 */
export function fulcioSigner(url: string, identityProvider: IdentityProvider, requests: RequestOptions): Signer {
  const { timeoutMs: timeout, retries: retry } = requests;
  return {
    sign: (message) =>
      converted(`Fulcio at ${url}`, async () => {
        // Loaded on use: it is slow to load, and signing without Fulcio needs none of it.
        const { FulcioSigner } = await import("@sigstore/sign");
        const digest = Buffer.from(message.digest);
        const keyHolder = await ephemeralKey(message, digest);
        const signer = new FulcioSigner({ identityProvider, keyHolder, fulcioBaseURL: url, timeout, retry });
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
