import { serviceUrl } from "../service-url.ts";
import { attempt, readCertificates, variable } from "./context.ts";
import type { KmsContext } from "./context.ts";
import { awsFailure } from "./aws-failures.ts";
import { sdkTransport } from "./aws-transport.ts";
import { malformed, misconfigured } from "./failures.ts";
import type { Service } from "./http.ts";
import type { RemoteKey } from "./key-signer.ts";
import { loadPackage } from "./packages.ts";
import type { AwsSdk } from "./packages.ts";
import { readPublicKey, wrongKind } from "./public-key.ts";
import type { PublicKey } from "./public-key.ts";
import type { AwsReference } from "./uri.ts";

/** Key specs that sign SHA-256 digests in a form verified here, and how. */
const SPECS = Object.freeze({
  ECC_NIST_P256: { kind: "P-256", algorithm: "ECDSA_SHA_256" },
  RSA_2048: { kind: "RSA", algorithm: "RSASSA_PKCS1_V1_5_SHA_256" },
  RSA_3072: { kind: "RSA", algorithm: "RSASSA_PKCS1_V1_5_SHA_256" },
  RSA_4096: { kind: "RSA", algorithm: "RSASSA_PKCS1_V1_5_SHA_256" },
} as const);

type Spec = (typeof SPECS)[keyof typeof SPECS];

interface Aws {
  readonly sdk: AwsSdk;
  readonly client: InstanceType<AwsSdk["KMSClient"]>;
  readonly service: Service;
}

/**
 * A key of AWS KMS. An alias is resolved when the key is opened: what signs is that key, wherever the alias points
 * later. Credentials and, where neither ARN nor AWS_REGION name it, the region are found as the AWS SDK finds them, in
 * the process's own environment.
 * Source: AWS KMS API reference, GetPublicKey and Sign.
 * @throws ConfigError TOOL_MISSING, CONFIG_INVALID, SIGNER_UNAVAILABLE, KEY_INVALID, SIGNING_FAILED
 */
export async function openAwsKey(reference: AwsReference, context: KmsContext): Promise<RemoteKey> {
  const aws = await connect(reference, context);
  const { arn, publicKey, spec } = await readKey(reference, aws, context);
  return { name: `the AWS key ${arn}`, publicKey, signDigest: (digest) => signDigest(digest, arn, spec, aws, context) };
}

async function connect(reference: AwsReference, context: KmsContext): Promise<Aws> {
  const sdk = await loadPackage(context.packages, "aws", "awskms://");
  const region = await regionOf(reference, context, sdk);
  const endpoint = endpointOf(reference, context);
  const ca = await readCertificates(context, "AWS_CA_BUNDLE");
  const service: Service = {
    name: `AWS KMS${endpoint === undefined ? "" : ` at ${endpoint.origin}`} in ${region}`,
    key: `the key ${reference.keyId}`,
    secrets: context.secrets,
    advice: "kms:GetPublicKey and kms:Sign are needed, in the key's policy or by a grant.",
  };
  const client = new sdk.KMSClient({
    maxAttempts: 1, // counted, spaced and cancelled in attempt()
    requestHandler: sdkTransport(service, ca),
    region,
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href }),
  });
  return { sdk, client, service };
}

/** Of the ARN, the environment, or the profile that the SDK reads. */
async function regionOf(reference: AwsReference, context: KmsContext, sdk: AwsSdk): Promise<string> {
  const region = reference.region ?? variable(context, "AWS_REGION") ?? variable(context, "AWS_DEFAULT_REGION");
  if (region !== undefined) return region;
  const found = await new sdk.KMSClient({}).config.region().catch(() => "");
  if (found !== "") return found;
  throw misconfigured("No AWS region is known; set AWS_REGION, or name the key by its ARN.");
}

function endpointOf({ endpoint }: AwsReference, context: KmsContext): URL | undefined {
  if (context.endpoint !== undefined) return context.endpoint;
  return endpoint === undefined ? undefined : serviceUrl(`https://${endpoint}`, "The endpoint in the key's URI");
}

interface AwsKey {
  readonly arn: string;
  readonly spec: Spec;
  readonly publicKey: PublicKey;
}

async function readKey(reference: AwsReference, aws: Aws, context: KmsContext): Promise<AwsKey> {
  const { sdk, client, service } = aws;
  const answer = await ask(aws, context, (abortSignal) =>
    client.send(new sdk.GetPublicKeyCommand({ KeyId: reference.keyId }), { abortSignal }),
  );
  const { KeyId: arn = "", KeySpec: keySpec = "", KeyUsage, PublicKey: spki } = answer;
  checkArn(arn, reference, service);
  if (KeyUsage !== "SIGN_VERIFY") throw wrongKind(arn, String(KeyUsage), "it is not a key for signing");
  if (!isKnownSpec(keySpec))
    throw wrongKind(arn, keySpec, "AWS KMS signs no SHA-256 digest with it that is verified here");
  const spec = SPECS[keySpec];
  const algorithms: unknown = answer.SigningAlgorithms;
  if (!Array.isArray(algorithms) || !algorithms.includes(spec.algorithm))
    throw malformed(service.name, `a key without ${spec.algorithm}`);
  if (spki === undefined) throw malformed(service.name, "no public key");
  const publicKey = readPublicKey({ spki }, arn);
  if (publicKey.kind !== spec.kind) throw malformed(service.name, `a ${publicKey.kind} key for the spec ${keySpec}`);
  return { arn, spec, publicKey };
}

async function signDigest(
  digest: Uint8Array,
  arn: string,
  spec: Spec,
  aws: Aws,
  context: KmsContext,
): Promise<Uint8Array> {
  const { sdk, client, service } = aws;
  const command = { KeyId: arn, Message: digest, MessageType: "DIGEST", SigningAlgorithm: spec.algorithm } as const;
  const answer = await ask(aws, context, (abortSignal) => client.send(new sdk.SignCommand(command), { abortSignal }));
  if (answer.KeyId !== arn) throw malformed(service.name, "the signature of another key");
  if (answer.SigningAlgorithm !== spec.algorithm) throw malformed(service.name, "a signature of another algorithm");
  if (answer.Signature === undefined) throw malformed(service.name, "no signature");
  return answer.Signature;
}

async function ask<T>(aws: Aws, context: KmsContext, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return attempt(context, aws.service.name, async (signal) => {
    try {
      return await send(signal);
    } catch (error) {
      throw awsFailure(error, aws.service);
    }
  });
}

/** The key's full name, which must be that of the key asked for; an alias may stand for any key of its account. */
function checkArn(arn: string, { keyId }: AwsReference, service: Service): void {
  const own = /^(arn:aws(?:-[a-z]+)*:kms:[a-z0-9-]+:\d{12}):key\/(.+)$/.exec(arn);
  const [, account = "", id = ""] = own ?? [];
  const asked = keyId.replace(/^arn:.*:/, "");
  const fits =
    (asked.startsWith("alias/") || asked.replace(/^key\//, "").toLowerCase() === id.toLowerCase()) &&
    (!keyId.startsWith("arn:") || keyId.startsWith(`${account}:`));
  if (own === null || !fits) throw malformed(service.name, "the public key of another key");
}

function isKnownSpec(spec: string): spec is keyof typeof SPECS {
  return Object.hasOwn(SPECS, spec);
}
