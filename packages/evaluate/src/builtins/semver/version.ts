/** A version as OPA reads it: SemVer 2.0 with a `v` in front allowed, leading zeros too, and 64 bits for a number. */
export interface Version {
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  readonly preRelease: string;
}

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_DIGITS = 19;
const IDENTIFIERS = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;
const DIGITS = /^[0-9]+$/;

/** Undefined for what OPA calls no version. */
export function parseVersion(text: string): Version | undefined {
  const [beforeMetadata, metadata] = cut(text.startsWith("v") ? text.slice(1) : text, "+");
  const [core, preRelease] = cut(beforeMetadata, "-");
  if ([metadata, preRelease].some((part) => part !== "" && !IDENTIFIERS.test(part))) return undefined;
  const parts = core.split(".", 4);
  const [major, minor, patch] = parts.map(numberOf);
  if (parts.length !== 3 || major === undefined || minor === undefined || patch === undefined) return undefined;
  return { numbers: [major, minor, patch], preRelease };
}

function numberOf(text: string): bigint | undefined {
  if (!DIGITS.test(text)) return undefined;
  const significant = text.replace(/^0+/, "");
  if (significant.length > MAX_DIGITS) return undefined;
  const number = BigInt(text);
  return number > MAX_INT64 ? undefined : number;
}

/** Go's strconv.Atoi, whose error OPA does not look at among pre-release identifiers: the largest number is left. */
function clamped(digits: string): bigint {
  return numberOf(digits) ?? MAX_INT64;
}

/**
 * Precedence as in section 11 of SemVer 2.0.
 *
 * @throws RangeError for pre-releases that differ in leading zeros or beyond 64 bits alone: OPA never ends on them
 * @see https://semver.org/#spec-item-11
 */
export function compareVersions(left: Version, right: Version): -1 | 0 | 1 {
  for (const [index, number] of left.numbers.entries()) {
    const order = compare(number, right.numbers[index] ?? 0n);
    if (order !== 0) return order;
  }
  if (left.preRelease === right.preRelease) return 0;
  if (left.preRelease === "") return 1;
  if (right.preRelease === "") return -1;
  return comparePreReleases(left.preRelease.split("."), right.preRelease.split("."));
}

function comparePreReleases(left: readonly string[], right: readonly string[]): -1 | 1 {
  for (const [index, identifier] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  if (left.length < right.length) return -1;
  throw new RangeError("two pre-releases differ in a way that has no order");
}

function compareIdentifiers(left: string, right: string): -1 | 0 | 1 {
  const [isLeftNumber, isRightNumber] = [DIGITS.test(left), DIGITS.test(right)];
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return isLeftNumber ? compare(clamped(left), clamped(right)) : compare(left, right);
}

/** The texts are ASCII. */
function compare<T extends bigint | string>(left: T, right: T): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function cut(text: string, separator: string): [before: string, after: string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
