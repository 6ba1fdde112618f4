export const DRAFT_4 = 4;
export const DRAFT_6 = 6;
export const DRAFT_7 = 7;
/** What a schema without a known `$schema` is read as: the keywords of all drafts at once. */
export const ANY_DRAFT = Number.MAX_SAFE_INTEGER;
