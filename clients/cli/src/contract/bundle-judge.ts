import { messageOf, PolicyPackError } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";
import type { Artifact } from "@policy-pack/verify";
import { readPublicGoodRoot } from "../public-good.ts";
import { namesSigner } from "../signer-names.ts";
import type { Terminal } from "../terminal.ts";
import { readTrust } from "../trust.ts";
import type { TrustFlags } from "../trust.ts";
import { readLists } from "../trust-lists.ts";

/** A bundle that is not accepted. */
interface Refusal {
  readonly path: string;
  /** With the code, for people. */
  readonly reason: string;
}

/** Tells which of the bundles over one artifact are not accepted. */
type BundleJudge = (bundles: readonly SourceFile[], artifact: Artifact) => readonly Refusal[];

/**
 * The judge that the flags mean: the signers or the policy that they name, to all of whose demands the bundles must
 * come up together, and each be needed; or else the public-good Sigstore instance, which must vouch for each.
 * --dev-authority names no signer here: nothing of a development authority is accepted.
 * @throws as `readTrust` and `readLists`
 */
export async function createBundleJudge(terminal: Terminal, flags: TrustFlags): Promise<BundleJudge> {
  const isNamed = flags.devAuthority === undefined && (namesSigner(flags) || flags.policy !== undefined);
  return isNamed ? createNamedJudge(terminal, flags) : createPublicJudge();
}

async function createPublicJudge(): Promise<BundleJudge> {
  const { parseBundle, parseTrustedRoot, verifyBundle } = await import("@policy-pack/verify");
  const root = parseTrustedRoot(readPublicGoodRoot());
  return (bundles, artifact) =>
    bundles.flatMap(({ path, bytes }) => {
      try {
        verifyBundle(parseBundle(bytes), artifact, root);
        return [];
      } catch (error) {
        if (!(error instanceof PolicyPackError)) throw error;
        return [{ path, reason: `${error.code}: ${messageOf(error)}` }];
      }
    });
}

async function createNamedJudge(terminal: Terminal, flags: TrustFlags): Promise<BundleJudge> {
  const { assessArtifact } = await import("@policy-pack/verify");
  const { trustedRoot, verificationPolicy: policy } = await readTrust(terminal, flags);
  const lists = await readLists(terminal, flags);
  const root = trustedRoot === undefined ? {} : { trustedRoot };
  return (bundles, artifact) => {
    const sources = bundles.map(({ bytes }) => bytes);
    const {
      verified,
      failure,
      bundles: judged,
    } = assessArtifact({ bundle: sources, artifact, policy, ...root, ...lists });
    const accepted = new Set(judged.filter(({ outcome }) => outcome === "accepted").map(({ index }) => index));
    const reason = failure === undefined ? "nothing in the policy asks for it" : `${failure.code}: ${failure.message}`;
    return bundles.filter((_, index) => !verified || !accepted.has(index)).map(({ path }) => ({ path, reason }));
  };
}
