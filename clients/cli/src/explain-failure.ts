import type { BundleStep, DemandStep, VerificationReport } from "@policy-pack/verify";
import type { Explanation } from "./explain.ts";

/** What a failed step means for someone who does not know its name. */
const MEANING: Readonly<Record<BundleStep | DemandStep, string>> = {
  "parse bundle": "What was given as a signature cannot be read, so nothing is known about who signed.",
  content: "The signature is about other bytes than these: the file was changed, or it belongs to another file.",
  key: "The key that made the signature is not the one that you named.",
  timestamps: "What should prove the time of signing does not hold.",
  "log entries": "What should prove that the signature stands in a public log does not hold.",
  certificate: "The certificate that names the signer is not from an authority whom you trust, or was not valid then.",
  "certificate transparency": "The signer's certificate was not made public as it has to be.",
  signature: "The signature is wrong: whoever made it did not sign these bytes with this key.",
  signer: "Somebody signed, but not the one whom you named.",
  "signing time": "It was signed at a time that your policy does not accept, or nobody knows when.",
  threshold: "Too few of those whom your policy names have signed.",
  attestations: "A statement about the file that your policy asks for is missing, or does not say what it should.",
  denylist: "The list of what must not be used any more names it, or there is no current list.",
  pause: "Its use is stopped for now, or there is no current word on that.",
  "pack id": "It is another pack than the one that you asked for.",
  revision: "It is older than what your policy accepts.",
};

/** Why nothing may be relied upon, and what would have to be there. */
export function explainFailure({ failure }: VerificationReport): Explanation {
  if (failure === undefined) return { proven: [], notProven: ["Anything: the file was not accepted."] };
  return {
    proven: [],
    notProven: ["Anything: do not use the file.", MEANING[failure.step], `What would be needed: ${failure.needed}`],
  };
}
