import { ConfigError, messageOf, PolicyPackError } from "@policy-pack/pack";

/** Turns what a Sigstore client throws into an error of ours; ours, such as a missing token, come out as they are. */
export async function converted<T>(service: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const cause = causeOf(error);
    if (cause instanceof PolicyPackError) throw cause;
    if (isTokenQuoted(error)) throw unreadableToken();
    const status = statusOf(cause);
    throw new ConfigError(
      "SIGNING_FAILED",
      `${service} did not do its part: ${messageOf(error)}; check its URL and whether it is up, then sign again.`,
      { cause: error, retryable: status === undefined || status === 429 || status >= 500 },
    );
  }
}

function causeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "cause" in error && error.cause !== undefined
    ? error.cause
    : error;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}

/** Fulcio's client repeats a token that it cannot read, which is a secret. */
function isTokenQuoted(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "IDENTITY_TOKEN_PARSE_ERROR";
}

function unreadableToken(): ConfigError {
  return new ConfigError("SIGNER_UNAVAILABLE", "The identity token cannot be read; get a new one from its issuer.");
}
