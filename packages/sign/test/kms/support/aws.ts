import { createHash, createHmac } from "node:crypto";
import type { KeyPairKeyObjectResult } from "node:crypto";
import { demand, jsonOf, startFakeServer } from "./fake-server.ts";
import type { FakeServer, Received, Reply, TlsIdentity } from "./fake-server.ts";
import { ecKey, signDigest, spkiOf } from "./keys.ts";

export const AWS_REGION = "eu-central-1";
export const AWS_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
export const AWS_ARN = `arn:aws:kms:${AWS_REGION}:111122223333:key/${AWS_ID}`;
export const AWS_SECRET = "secret-access-key-of-the-signer";
export const AWS_SESSION = "session-token-of-the-signer";
export const AWS_ENV: Readonly<Record<string, string>> = Object.freeze({
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: AWS_SECRET,
  AWS_SESSION_TOKEN: AWS_SESSION,
  AWS_REGION,
  // No files of the machine's user, no metadata service.
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
});

export interface AwsKey {
  readonly key: KeyPairKeyObjectResult;
  spec: string;
  usage: string;
  algorithms: string[];
}

export interface FakeAws extends FakeServer {
  /** By ARN. */
  readonly keys: Map<string, AwsKey>;
  /** Where `alias/release` points. */
  alias: string;
}

/** AWS KMS in one region with one key and an alias of it. Every request's signature is recomputed. */
export async function startFakeAws(tls?: TlsIdentity): Promise<FakeAws> {
  const server = await startFakeServer((request) => answer(request, aws), tls);
  const aws: FakeAws = Object.assign(server, {
    keys: new Map([[AWS_ARN, awsKey(ecKey())]]),
    alias: AWS_ARN,
  });
  return aws;
}

export function awsKey(key: KeyPairKeyObjectResult): AwsKey {
  const isRsa = key.publicKey.asymmetricKeyType === "rsa";
  return {
    key,
    spec: isRsa ? "RSA_2048" : "ECC_NIST_P256",
    usage: "SIGN_VERIFY",
    algorithms: isRsa ? ["RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256"] : ["ECDSA_SHA_256"],
  };
}

function answer(request: Received, aws: FakeAws): Reply {
  const { headers, method, path } = request;
  demand(method === "POST" && path === "/", "not a POST to /");
  demand(headers["content-type"] === "application/x-amz-json-1.1", "another content type");
  const refused = checkSignature(request);
  if (refused !== undefined) return refused;
  const body = jsonOf(request);
  const keyId = String(body["KeyId"]);
  const arn = arnOf(keyId, aws);
  const found = aws.keys.get(arn);
  if (found === undefined) return awsError("NotFoundException", `Key '${keyId}' does not exist`);
  const target = headers["x-amz-target"];
  if (target === "TrentService.GetPublicKey") return { json: publicKey(arn, found) };
  if (target === "TrentService.Sign") return { json: sign(body, arn, found) };
  demand(target === "TrentService.DescribeKey", "another X-Amz-Target");
  return { json: { KeyMetadata: { KeyId: AWS_ID, Arn: arn, SigningAlgorithms: found.algorithms } } };
}

function arnOf(keyId: string, aws: FakeAws): string {
  if (keyId === "alias/release" || keyId === AWS_ARN.replace(/key\/.*/, "alias/release")) return aws.alias;
  return keyId.startsWith("arn:") ? keyId : AWS_ARN.replace(AWS_ID, keyId);
}

function publicKey(arn: string, { key, spec, usage, algorithms }: AwsKey): object {
  return {
    KeyId: arn,
    PublicKey: spkiOf(key.publicKey).toString("base64"),
    KeySpec: spec,
    CustomerMasterKeySpec: spec,
    KeyUsage: usage,
    SigningAlgorithms: algorithms,
  };
}

function sign(body: Record<string, unknown>, arn: string, { key, algorithms }: AwsKey): object {
  const { Message: message, MessageType: type, SigningAlgorithm: algorithm } = body;
  demand(type === "DIGEST", "the message is not said to be a digest");
  demand(typeof message === "string" && Buffer.from(message, "base64").length === 32, "no SHA-256 digest");
  demand(algorithm === algorithms[0], "another algorithm");
  const signature = signDigest(Buffer.from(message, "base64"), key.privateKey);
  return { KeyId: arn, Signature: signature.toString("base64"), SigningAlgorithm: algorithm };
}

export function awsError(type: string, message: string, status = 400): Reply {
  return { status, headers: { "x-amzn-errortype": type }, json: { __type: type, message } };
}

/** Signature Version 4, made again from what came in. Source: AWS IAM user guide, "Create a signed AWS API request". */
function checkSignature({ headers, body }: Received): Reply | undefined {
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const [, id = "", day = "", region = "", service = "", signed = "", signature = ""] =
    header.exec(headers.authorization ?? "") ?? [];
  if (id !== AWS_ENV["AWS_ACCESS_KEY_ID"])
    return awsError("UnrecognizedClientException", "The security token is invalid");
  if (region !== AWS_REGION) {
    return awsError("InvalidSignatureException", `Credential should be scoped to a valid region, not '${region}'.`);
  }
  const names = signed.split(";");
  demand(service === "kms", "signed for another service");
  demand(
    ["host", "x-amz-date", "x-amz-target"].every((name) => names.includes(name)),
    "a header is not signed",
  );
  demand(headers["x-amz-security-token"] === AWS_SESSION, "no session token");
  const date = String(headers["x-amz-date"]);
  const lines = names.map((name) => `${name}:${String(headers[name]).trim()}\n`).join("");
  const canonical = ["POST", "/", "", lines, signed, sha256(body)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${AWS_SECRET}`));
  return hmac(key, toSign).toString("hex") === signature
    ? undefined
    : awsError("InvalidSignatureException", `The request signature does not match: ${toSign} ${AWS_SESSION}`);
}

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
