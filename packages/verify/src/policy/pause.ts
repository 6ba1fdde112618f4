import { isPackId, TrustError } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { array, object, optional, text } from "../encoding/fields.ts";
import type { Field } from "../encoding/fields.ts";
import { malformed } from "../encoding/malformed.ts";
import { VERIFY_LIMITS } from "../limits.ts";
import { distinct, line, nonEmpty, withoutNull } from "./exact-fields.ts";
import { datedFields, readDocument, toDated } from "./freshness.ts";
import type { DatedDocument } from "./freshness.ts";

/** Whether packs may be used at all for now. docs/contracts/pause.schema.json is its schema. */
export interface Pause extends DatedDocument {
  readonly paused: boolean;
  /** The packs that are paused; without it all are. */
  readonly packIds?: readonly string[];
  /** Why it is paused, or was lifted. */
  readonly reason: string;
}

const packId: Field<string> = (value) => {
  const said = text(value);
  return isPackId(said) ? said : malformed("must be <name>-v<number>");
};

const pauseFields = withoutNull(
  object({
    ...datedFields,
    paused: (value) => (typeof value === "boolean" ? value : malformed("must be true or false")),
    packIds: optional(distinct(nonEmpty(array(packId, VERIFY_LIMITS.maxPausedPacks)))),
    reason: line(VERIFY_LIMITS.maxReasonLength),
  }),
);

/**
 * Reads the predicate of a pause status. A status that is not paused names no packs: whether the others are would be the
 * reader's guess. Whether it is current is for `checkFresh`, who signed it for the policy.
 * @throws FormatError METADATA_INVALID, LIMIT_EXCEEDED
 */
export function parsePause(predicate: JsonValue): Pause {
  return readDocument("pause status", () => {
    const { paused, packIds, reason, ...dated } = pauseFields(predicate);
    if (!paused && packIds !== undefined) malformed("names packs without pausing them");
    return { ...toDated(dated), paused, ...(packIds === undefined ? {} : { packIds }), reason };
  });
}

/**
 * Refuses a pack that is paused, and, when only some packs are, an artifact of which the pack is not known.
 * @throws TrustError PAUSED with the reason of the status
 */
export function checkPause(pause: Pause, facts: { readonly packId?: string | undefined }): void {
  const isNamed = pause.packIds === undefined || facts.packId === undefined || pause.packIds.includes(facts.packId);
  if (!pause.paused || !isNamed) return;
  const { issuedAt, reason } = pause;
  const when = `paused since ${issuedAt} ("${reason}")`;
  if (pause.packIds === undefined || facts.packId !== undefined) {
    throw new TrustError("PAUSED", `${facts.packId ?? "Everything"} is ${when}; wait until whoever paused lifts it.`);
  }
  throw new TrustError(
    "PAUSED",
    `Some packs are ${when}, and whether this is one of them is not known; verify it as a pack, or wait until they are lifted.`,
  );
}
