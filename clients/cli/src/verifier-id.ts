import { isPredicateType } from "@policy-pack/pack";
import type { Option } from "commander";
import type { Terminal } from "./terminal.ts";
import { valueFlag } from "./verb.ts";

/** A verifier on a machine that nobody vouches for. */
export const LOCAL_VERIFIER_ID = "urn:policy-pack:verifier:local:v1";

/** `--verifier-id`, for who is known under a name of their own. */
export function verifierIdFlag(): Option {
  return valueFlag(
    "--verifier-id <uri>",
    "who verified, as the statement says it (default: the GitHub workflow that runs, or a local verifier)",
    (value) => (isPredicateType(value) ? undefined : "Write an absolute URI, such as https://acme.example/verifier."),
  );
}

/**
 * Who verifies: as the flag says, else the workflow that runs, else nobody in particular.
 * @throws ConfigError CONFIG_INVALID for an environment that is only partly GitHub's
 */
export async function readVerifierId(env: Terminal["env"], flag: string | undefined): Promise<string> {
  if (flag !== undefined) return flag;
  const { readGitHubRun } = await import("@policy-pack/build");
  return readGitHubRun(env)?.builderId ?? LOCAL_VERIFIER_ID;
}
