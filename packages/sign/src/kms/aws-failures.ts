import { ConfigError } from "@policy-pack/pack";
import { busy, failed, unavailable, unsupportedKey } from "./failures.ts";
import { statusFailure } from "./http.ts";
import type { Service } from "./http.ts";

type Meaning = "denied" | "credentials" | "missing" | "disabled" | "usage" | "busy";

/** Source: AWS KMS API reference, "Common error types" and the errors of GetPublicKey and Sign. */
const MEANINGS: Readonly<Record<string, Meaning>> = Object.freeze({
  AccessDeniedException: "denied",
  CredentialsProviderError: "credentials",
  ExpiredTokenException: "credentials",
  IncompleteSignature: "credentials",
  InvalidClientTokenId: "credentials",
  InvalidSignatureException: "credentials",
  MissingAuthenticationTokenException: "credentials",
  TokenProviderError: "credentials",
  UnrecognizedClientException: "credentials",
  InvalidArnException: "missing",
  NotFoundException: "missing",
  DisabledException: "disabled",
  KMSInvalidStateException: "disabled",
  InvalidKeyUsageException: "usage",
  UnsupportedOperationException: "usage",
  DependencyTimeoutException: "busy",
  InternalFailure: "busy",
  KMSInternalException: "busy",
  KeyUnavailableException: "busy",
  RequestLimitExceeded: "busy",
  ServiceUnavailableException: "busy",
  Throttling: "busy",
  ThrottlingException: "busy",
  TimeoutError: "busy",
  TooManyRequestsException: "busy",
});

/**
 * What the AWS SDK throws, by name. Its own error is not kept as the cause, and what the service says of a credential is
 * not repeated: both can carry a session token.
 */
export function awsFailure(error: unknown, service: Service): ConfigError {
  if (error instanceof ConfigError) return error;
  const name = textIn(error, "name");
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  if (meaning !== undefined) return meant(meaning, name, textIn(error, "message"), service);
  const status = statusOf(error);
  if (status !== undefined && status !== 200) return statusFailure(status, name, service);
  return failed(`${service.name} answered what cannot be read (${service.secrets.quote(name)}); check its address.`);
}

function meant(meaning: Meaning, name: string, message: string, service: Service): ConfigError {
  const said = service.secrets.quote(message);
  const about = `${service.name} answered ${name} about ${service.key}`;
  switch (meaning) {
    case "denied":
      return unavailable(`${about} (${said}): ${service.advice}`);
    case "credentials":
      return unavailable(
        `${about}: the credentials are absent, expired, wrong or signed for another region; check them with: aws sts get-caller-identity`,
      );
    case "missing":
      return unavailable(`${about} (${said}): a key is found in its own account and region alone; check both.`);
    case "disabled":
      return unavailable(`${about} (${said}): enable the key, or name another.`);
    case "usage":
      return unsupportedKey(`${about} (${said}): use a key whose usage is SIGN_VERIFY.`);
    case "busy":
      return busy(`${about}: it is busy; sign again later.`);
  }
}

function textIn(error: unknown, field: "name" | "message"): string {
  if (typeof error !== "object" || error === null) return "";
  const value = (error as Partial<Record<typeof field, unknown>>)[field];
  return typeof value === "string" ? value : "";
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
