import type { JsonValue } from "@policy-pack/pack";

/** What a decision means for whoever asked. A warning is an ALLOW: the action goes on. */
export type Outcome = "ALLOW" | "DENY" | "OTHER";

/**
 * How an entrypoint's values are read. `plain`: true or "allow" lets it happen. `inverted`: true, or a list that is not
 * empty, forbids it. `explains`: it says why and decides nothing. Else the values that allow and those that deny; any
 * other value is OTHER.
 */
export type OutcomeRule =
  "plain" | "inverted" | "explains" | { readonly allow: readonly JsonValue[]; readonly deny: readonly JsonValue[] };

/** What a pack says of its own entrypoints in `cases/outcomes.json`; the convention holds for all others. */
export interface OutcomeRules {
  readonly entrypoints: ReadonlyMap<string, OutcomeRule>;
}
