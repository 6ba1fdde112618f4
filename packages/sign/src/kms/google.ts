import { isJsonObject } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { attempt } from "./context.ts";
import type { KmsContext } from "./context.ts";
import { crc32c } from "./crc32c.ts";
import { failed, malformed, unavailable } from "./failures.ts";
import { Fields } from "./fields.ts";
import { requestJson } from "./http.ts";
import type { Service } from "./http.ts";
import type { RemoteKey } from "./key-signer.ts";
import { KMS_LIMITS } from "./limits.ts";
import { loadPackage } from "./packages.ts";
import { readPublicKey, wrongKind } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { GoogleReference } from "./uri.ts";

const SCOPE = "https://www.googleapis.com/auth/cloudkms";
const ENDPOINT = new URL("https://cloudkms.googleapis.com");

/** Algorithms of key versions, and the kind that their public key must be of. */
const KINDS: Readonly<Record<string, PublicKey["kind"]>> = Object.freeze({
  EC_SIGN_P256_SHA256: "P-256",
  RSA_SIGN_PKCS1_2048_SHA256: "RSA",
  RSA_SIGN_PKCS1_3072_SHA256: "RSA",
  RSA_SIGN_PKCS1_4096_SHA256: "RSA",
});

type Headers = Readonly<Record<string, string>>;

interface Google {
  readonly base: URL;
  readonly service: Service;
  headers(): Promise<Headers>;
}

/**
 * A key of Google's Cloud KMS, at the version named or the newest enabled one when it is opened. Credentials are
 * Google's Application Default Credentials.
 * Source: Cloud KMS REST API v1, `cryptoKeyVersions.getPublicKey` and `asymmetricSign`; "Verifying data integrity".
 * @throws ConfigError TOOL_MISSING, SIGNER_UNAVAILABLE, KEY_INVALID, SIGNING_FAILED
 */
export async function openGoogleKey(reference: GoogleReference, context: KmsContext): Promise<RemoteKey> {
  const google = await connect(reference, context);
  const version = reference.version ?? (await newestVersion(reference, google, context));
  const name = `${reference.key}/cryptoKeyVersions/${version}`;
  const publicKey = await readKey(name, google, context);
  return {
    name: `the Cloud KMS key ${name}`,
    publicKey,
    signDigest: async (digest) => {
      const body = {
        digest: { sha256: Buffer.from(digest).toString("base64") },
        digestCrc32c: crc32c(digest),
      };
      return signatureOf(await ask(google, context, `${name}:asymmetricSign`, body), name, google.service.name);
    },
  };
}

async function connect(reference: GoogleReference, context: KmsContext): Promise<Google> {
  const { GoogleAuth } = await loadPackage(context.packages, "google", "gcpkms://");
  const auth = new GoogleAuth({ scopes: [SCOPE], projectId: projectOf(reference) });
  const base = context.endpoint ?? ENDPOINT;
  const service: Service = {
    name: `Cloud KMS at ${base.origin}`,
    key: reference.key,
    secrets: context.secrets,
    advice:
      "the role roles/cloudkms.signerVerifier on the key is needed, and roles/cloudkms.viewer to find its newest version.",
  };
  const headers = async (): Promise<Headers> => {
    try {
      const found = Object.fromEntries((await auth.getRequestHeaders(base)).entries());
      context.secrets.add((found["authorization"] ?? "").replace(/^Bearer /, ""));
      return found;
    } catch (error) {
      throw noCredentials(error, context);
    }
  };
  return { base, service, headers };
}

/** Told beforehand, since the library would otherwise ask another service for it. */
function projectOf({ key }: GoogleReference): string {
  return key.replace(/^projects\/([^/]+).*$/, "$1");
}

function noCredentials(error: unknown, context: KmsContext): Error {
  const said = context.secrets.quote(
    typeof error === "object" && error !== null && "message" in error ? String(error.message) : "",
  );
  return unavailable(
    `Google's Application Default Credentials gave no token (${said}); set GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login`,
  );
}

async function ask(google: Google, context: KmsContext, at: string, body?: JsonObject): Promise<JsonObject> {
  const { base, service } = google;
  return attempt(context, service.name, async (signal) => {
    const headers = await google.headers();
    const url = new URL(`${base.href.replace(/\/$/, "")}/v1/${at}`);
    return requestJson({ url, headers, ...(body === undefined ? {} : { body }) }, service, signal);
  });
}

/** By number: the service's own order is that of text, where 9 comes after 10. */
async function newestVersion(reference: GoogleReference, google: Google, context: KmsContext): Promise<string> {
  const prefix = `${reference.key}/cryptoKeyVersions/`;
  let newest = 0;
  let pageToken = "";
  for (let page = 0; page < KMS_LIMITS.maxVersionPages; page += 1) {
    const query = new URLSearchParams({
      filter: "state=ENABLED",
      pageSize: "1000",
      ...(pageToken === "" ? {} : { pageToken }),
    });
    const answer = await ask(google, context, `${prefix.slice(0, -1)}?${query.toString()}`);
    newest = Math.max(newest, ...numbersIn(answer, prefix, google.service.name));
    pageToken = typeof answer["nextPageToken"] === "string" ? answer["nextPageToken"] : "";
    if (pageToken !== "") continue;
    if (newest > 0) return String(newest);
    throw unavailable(`${reference.key} has no version that is enabled; enable one, or create a new one.`);
  }
  throw failed(`${reference.key} has too many versions to look through; name one: gcpkms://…/versions/N`);
}

function numbersIn(answer: JsonObject, prefix: string, service: string): number[] {
  const versions: unknown = answer["cryptoKeyVersions"] ?? [];
  if (!Array.isArray(versions)) throw malformed(service, "no list of versions");
  return (versions as readonly JsonValue[]).map((version) => {
    if (!isJsonObject(version)) throw malformed(service, "a version that is no object");
    const fields = new Fields(version, service);
    fields.check("state", "ENABLED");
    const name = fields.text("name");
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (!/^[1-9]\d{0,9}$/.test(number)) throw malformed(service, "a version of another key");
    return Number(number);
  });
}

async function readKey(name: string, google: Google, context: KmsContext): Promise<PublicKey> {
  const service = google.service.name;
  const answer = new Fields(await ask(google, context, `${name}/publicKey`), service);
  answer.check("name", name);
  const pem = answer.text("pem");
  answer.check("pemCrc32c", crc32c(Buffer.from(pem)));
  const algorithm = answer.text("algorithm");
  const kind = Object.hasOwn(KINDS, algorithm) ? KINDS[algorithm] : undefined;
  if (kind === undefined) throw wrongKind(name, algorithm, "it does not sign SHA-256 digests in a form verified here");
  const publicKey = readPublicKey({ pem }, name);
  if (publicKey.kind !== kind) throw malformed(service, `a ${publicKey.kind} key for the algorithm ${algorithm}`);
  return publicKey;
}

function signatureOf(json: JsonObject, name: string, service: string): Uint8Array {
  const answer = new Fields(json, service);
  answer.check("name", name);
  answer.check("verifiedDigestCrc32c", true);
  const signature = answer.bytes("signature");
  answer.check("signatureCrc32c", crc32c(signature));
  return signature;
}
