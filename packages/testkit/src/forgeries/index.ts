import { algorithmForgeries } from "./algorithms.ts";
import { chainForgeries } from "./chains.ts";
import { checkpointForgeries } from "./checkpoints.ts";
import { documentForgeries } from "./documents.ts";
import { duplicateForgeries } from "./duplicates.ts";
import { encodingForgeries } from "./encodings.ts";
import { envelopeForgeries } from "./envelopes.ts";
import type { Forgery } from "./forgery.ts";
import { identityForgeries } from "./identities.ts";
import { knownForgeries } from "./known.ts";
import { messageHashForgeries } from "./message-hashes.ts";
import { signatureForgeries } from "./signatures.ts";
import { statementForgeries } from "./statements.ts";
import { swapForgeries } from "./swaps.ts";
import { tokenForgeries } from "./tokens.ts";
import { transparencyForgeries } from "./transparency.ts";
import { windowForgeries } from "./windows.ts";

export { rekorV2Bundle } from "./forgery.ts";
export type { Attempt, Expected, Forgery } from "./forgery.ts";

/** Every forgery, and beside each kind the honest oddities that must pass: a verifier that refuses all is not safe. */
export function createForgeries(): readonly Forgery[] {
  return [
    ...knownForgeries,
    ...swapForgeries(),
    ...windowForgeries,
    ...transparencyForgeries,
    ...duplicateForgeries,
    ...algorithmForgeries,
    ...messageHashForgeries,
    ...signatureForgeries,
    ...documentForgeries,
    ...encodingForgeries,
    ...checkpointForgeries,
    ...chainForgeries,
    ...identityForgeries,
    ...tokenForgeries,
    ...statementForgeries,
    ...envelopeForgeries,
  ];
}
