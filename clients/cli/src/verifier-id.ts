import { isPredicateType } from "@policy-pack/pack";
import type { GitHubRun } from "@policy-pack/build";
import type { Option } from "commander";
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

/** Who verified: as the flag says, else the workflow that runs, else nobody in particular. */
export function toVerifierId(flag: string | undefined, run: GitHubRun | undefined): string {
  return flag ?? run?.builderId ?? LOCAL_VERIFIER_ID;
}
