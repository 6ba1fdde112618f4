import { ConfigError, isJsonObject, messageOf, parseJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { DEFAULTS } from "./defaults.ts";
import { SIGN_LIMITS } from "./limits.ts";
import { isConfidential } from "./service-url.ts";
import { readCapped } from "./services/http.ts";

/** Where an OpenID Connect token comes from that says who is signing. */
export interface IdentityProvider {
  getToken(): Promise<string>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface IdentityTokenOptions {
  /** Who the token must be meant for; default "sigstore". */
  readonly audience?: string;
  /** Of the one request to GitHub; default 30 000 ms. */
  readonly timeoutMs?: number;
  /** The clock that a token's end is compared with; default the system's. */
  readonly now?: () => Date;
}

/**
 * The identity that the environment offers: `SIGSTORE_ID_TOKEN` as it is, otherwise a token from GitHub Actions.
 * The token's form, audience and end are checked here, so that a wrong one is not sent; whether it is genuine is for
 * Fulcio to say.
 * @param env for instance `process.env`
 * @throws ConfigError SIGNER_UNAVAILABLE naming the variables that are looked for
 */
export function identityTokenProvider(env: Environment, options: IdentityTokenOptions = {}): IdentityProvider {
  const given = valueOf(env, "SIGSTORE_ID_TOKEN");
  if (given !== undefined) return { getToken: () => Promise.resolve().then(() => checkedToken(given, options)) };
  const url = valueOf(env, "ACTIONS_ID_TOKEN_REQUEST_URL");
  const secret = valueOf(env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url === undefined || secret === undefined) throw unavailable();
  return { getToken: async () => checkedToken(await requestToken(url, secret, options), options) };
}

/** Asks GitHub's token service. Source: GitHub documentation, "OpenID Connect reference", "Requesting the JWT". */
async function requestToken(url: string, secret: string, options: IdentityTokenOptions): Promise<string> {
  try {
    const target = new URL(url);
    if (!isConfidential(target)) throw new Error("ACTIONS_ID_TOKEN_REQUEST_URL is not https");
    target.searchParams.set("audience", options.audience ?? DEFAULTS.audience);
    const response = await fetch(target, {
      headers: { accept: "application/json", authorization: `Bearer ${secret}` },
      redirect: "error",
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULTS.timeoutMs),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { value } = parseObject(await readCapped(response, SIGN_LIMITS.maxTokenBytes), "GitHub's answer");
    if (typeof value !== "string") throw new Error("its answer has no token");
    return value;
  } catch (error) {
    throw new ConfigError(
      "SIGNER_UNAVAILABLE",
      `GitHub's token service gave no identity token: ${messageOf(error)}; run the job again, or check its "id-token: write" permission.`,
      { cause: error, retryable: true },
    );
  }
}

/**
 * Who the token says is signing: a verified e-mail address, or else a subject. That the token is genuine, meant for
 * Fulcio and valid now is not checked. Source: RFC 7519; Fulcio, "OIDC Usage".
 * @throws ConfigError SIGNER_UNAVAILABLE, which never repeats the token
 */
export function subjectOf(token: string): string {
  const { email, email_verified: isVerified, sub } = claimsOf(token);
  const name = email === undefined ? sub : email;
  if (typeof name !== "string" || name === "" || (email !== undefined && isVerified !== true)) throw noToken();
  return name;
}

/** A token that Fulcio would refuse is not sent. */
function checkedToken(token: string, options: IdentityTokenOptions): string {
  subjectOf(token);
  const { aud, exp } = claimsOf(token);
  const audience = options.audience ?? DEFAULTS.audience;
  const audiences: readonly (JsonValue | undefined)[] = Array.isArray(aud) ? (aud as readonly JsonValue[]) : [aud];
  if (!audiences.includes(audience)) throw unusable(`is not meant for ${JSON.stringify(audience)} (its claim "aud")`);
  const now = (options.now ?? (() => new Date()))().getTime();
  if (typeof exp !== "number" || exp * 1000 <= now) throw unusable("has expired");
  return token;
}

function claimsOf(token: string): JsonObject {
  const [header, payload, signature, ...more] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) throw noToken();
  try {
    return parseObject(Buffer.from(payload, "base64url"), "The identity token's payload");
  } catch {
    throw noToken();
  }
}

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  const json = parseJson(bytes, { maxBytes: SIGN_LIMITS.maxTokenBytes, code: "INPUT_INVALID", what });
  if (!isJsonObject(json)) throw new Error(`${what} is not an object`);
  return json;
}

function unusable(reason: string): ConfigError {
  return new ConfigError("SIGNER_UNAVAILABLE", `The identity token ${reason}; get a new one from its issuer.`);
}

/** Neither the token nor what a parser says of it is told: it is a secret. */
function noToken(): ConfigError {
  return new ConfigError(
    "SIGNER_UNAVAILABLE",
    "The identity token is not a JSON Web Token with a verified e-mail address or a subject; get a new one from its issuer.",
  );
}

/** An empty variable counts as unset, as GitHub and shells leave them. */
function valueOf(env: Environment, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

function unavailable(): ConfigError {
  return new ConfigError(
    "SIGNER_UNAVAILABLE",
    "There is no identity to sign with: neither SIGSTORE_ID_TOKEN nor both of ACTIONS_ID_TOKEN_REQUEST_URL and " +
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN is set; " +
      `in GitHub Actions give the job the permission "id-token: write", elsewhere set SIGSTORE_ID_TOKEN.`,
  );
}
