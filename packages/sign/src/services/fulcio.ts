import { generateKeyPairSync, sign, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { DocumentError } from "../fields.ts";
import { subjectOf } from "../identity-token.ts";
import type { IdentityProvider } from "../identity-token.ts";
import { SIGN_LIMITS } from "../limits.ts";
import { signMessage } from "../message.ts";
import type { Signer } from "../ports.ts";
import { postJson, toJson } from "./http.ts";
import type { RequestOptions } from "./http.ts";
import { converted } from "./service-failure.ts";

/**
 * Signs with a P-256 key that lives for one signature, is never stored, and that the certificate authority at the base
 * URL certifies for the identity in a token. The token goes to that URL alone: no redirect takes it elsewhere, and no
 * message repeats it. That the certificate is for this key and identity is not checked here: verify the signature.
 * Source: Fulcio, `CreateSigningCertificateRequest`.
 */
export function fulcioSigner(url: string, identityProvider: IdentityProvider, requests: RequestOptions): Signer {
  return {
    sign: (message) =>
      converted(`Fulcio at ${url}`, async () => {
        const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
        // Before a certificate is asked for: a large message takes nothing from its ten minutes.
        const signature = await signMessage(message, privateKey);
        const token = await identityProvider.getToken();
        const body = toRequest(token, privateKey, publicKey);
        const secret = token.slice(token.lastIndexOf(".") + 1);
        const options = { ...requests, maxBytes: SIGN_LIMITS.maxAnswerBytes, secret };
        const answer = await postJson(`${url}/api/v2/signingCert`, body, options);
        return { signature, key: { kind: "certificate", certificate: certificateIn(answer) } };
      }),
  };
}

/** Whoever holds the key proves it by a signature over the token's subject. */
function toRequest(token: string, privateKey: KeyObject, publicKey: KeyObject): object {
  return {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: publicKey.export({ format: "pem", type: "spki" }) },
      proofOfPossession: sign("sha256", Buffer.from(subjectOf(token)), privateKey).toString("base64"),
    },
  };
}

/** The first of the chain (DER), which is the one for the key. */
function certificateIn(answer: Uint8Array): Uint8Array {
  const json = toJson(answer);
  const issued = memberOf(json, "signedCertificateEmbeddedSct") ?? memberOf(json, "signedCertificateDetachedSct");
  const chain = memberOf(memberOf(issued, "chain"), "certificates");
  const [pem]: readonly (JsonValue | undefined)[] = Array.isArray(chain) ? (chain as readonly JsonValue[]) : [];
  if (typeof pem !== "string") throw new DocumentError("it answered without a certificate");
  try {
    return new X509Certificate(pem).raw;
  } catch {
    throw new DocumentError("its certificate cannot be read");
  }
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
