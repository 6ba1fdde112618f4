import type { Terminal } from "./terminal.ts";

/** GitHub gives both to a job that may ask for an identity token. */
export const GITHUB_OIDC = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"] as const;

/** What `sign` signs with when no flag says it. */
export type SigningMode = "token" | "github" | "github without OIDC" | "development authority";

/**
 * Reads the environment; an empty variable counts as none. On GitHub it is never the development authority: a signature
 * that proves nothing, made for want of a permission, must not pass for a real one.
 */
export function signingMode({ env }: Terminal): SigningMode {
  const isSet = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  if (isSet("SIGSTORE_ID_TOKEN")) return "token";
  if (GITHUB_OIDC.every(isSet)) return "github";
  return env["GITHUB_ACTIONS"] === "true" || GITHUB_OIDC.some(isSet) ? "github without OIDC" : "development authority";
}
