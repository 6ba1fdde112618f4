/** What may follow in a list: space, tabs and commas, since empty members are to be ignored (RFC 9110, 5.6.1.2). */
const SEPARATORS = /[ \t,]*/y;
const PADDING = /[ \t]*/y;
/** `entity-tag` of RFC 9110, 8.8.3; obs-text arrives as Latin-1. The weak prefix is case-sensitive. */
const ENTITY_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/y;

/**
 * Whether an `If-None-Match` field names the entity tag: weak comparison (RFC 9110, 8.8.3.2 and 13.1.2), lists, `*`.
 * A malformed field matches nothing, so that its sender gets the whole answer.
 * @param etag a well-formed entity tag, weak or strong
 */
export function matchesEntityTag(field: string, etag: string): boolean {
  if (field === etag) return true;
  if (field.trim() === "*") return true;
  const wanted = opaqueTag(etag);
  let found = false;
  let position = skip(SEPARATORS, field, 0);
  while (position < field.length) {
    ENTITY_TAG.lastIndex = position;
    const match = ENTITY_TAG.exec(field);
    if (match === null) return false;
    if (match[1] === wanted) found = true;
    const end = skip(PADDING, field, ENTITY_TAG.lastIndex);
    if (end < field.length && field[end] !== ",") return false;
    position = skip(SEPARATORS, field, end);
  }
  return found;
}

function opaqueTag(etag: string): string {
  return etag.startsWith("W/") ? etag.slice(2) : etag;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}
