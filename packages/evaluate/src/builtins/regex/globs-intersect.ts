import { canMeet, parseGlob } from "./globs.ts";
import type { GlobToken } from "./globs.ts";

/** Pairs of tokens; the original tries all ways and doubles its time with every flag. */
const MAX_PAIRS = 2 ** 25;

/**
 * Answers for one pair of rests, of the left glob from i and the right one from j. Which of two flagged tokens is looked
 * at first depends on which glob came first in the call, and the answers differ: hence one of each kind for both orders.
 */
interface Answers {
  /** The rests meet, the left one looked at first. */
  readonly leftFirst: boolean;
  readonly rightFirst: boolean;
  /** The left token, taken as starred, gobbles what it can of the right glob. */
  readonly leftStar: boolean;
  readonly rightStar: boolean;
}

const NOTHING: Answers = { leftFirst: false, rightFirst: false, leftStar: false, rightStar: false };

/**
 * Whether some text matches both globs: the answers of OPA's `regex.globs_match`, in time proportional to the product of
 * the lengths.
 *
 * @throws BuiltinError when one of them is no glob
 * @throws RangeError when there are more than 2^25 pairs of tokens
 */
export function globsMeet(left: string, right: string): boolean {
  const globs = trim(parseGlob(left), parseGlob(right));
  if (globs === undefined) return false;
  const [a, b] = globs;
  if ((a.length + 1) * (b.length + 1) > MAX_PAIRS) throw new RangeError("two globs are too long to be compared");
  let below: Answers[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: Answers[] = [];
    for (let j = b.length; j >= 0; j--) row[j] = answer(a, b, i, j, row, below);
    below = row;
  }
  return below[0]?.leftFirst ?? false;
}

/** From the end to the front: the answers for `[i, j+1]`, `[i+1, j]` and `[i+1, j+1]` are known. */
function answer(
  a: readonly GlobToken[],
  b: readonly GlobToken[],
  i: number,
  j: number,
  row: readonly Answers[],
  below: readonly Answers[],
): Answers {
  const [left, right] = [a[i], b[j]];
  const [next, down, across] = [row[j + 1] ?? NOTHING, below[j] ?? NOTHING, below[j + 1] ?? NOTHING];
  if (left === undefined || right === undefined) {
    const isEnd = left === right;
    // A starred token that nothing follows is content with the end of the other glob.
    return {
      leftFirst: isEnd,
      rightFirst: isEnd,
      leftStar: left !== undefined && i === a.length - 1,
      rightStar: right !== undefined && j === b.length - 1,
    };
  }
  const meets = canMeet(left, right);
  const leftStar = star(a[i + 1], right, down.leftFirst, meets && next.leftStar);
  const rightStar = star(b[j + 1], left, next.rightFirst, meets && down.rightStar);
  if (left.flag === "" && right.flag === "") {
    return { leftFirst: meets && across.leftFirst, rightFirst: meets && across.rightFirst, leftStar, rightStar };
  }
  const byLeft = left.flag === "*" ? leftStar : meets && (next.leftStar || (right.flag !== "" && down.leftFirst));
  const byRight = right.flag === "*" ? rightStar : meets && (down.rightStar || (left.flag !== "" && next.rightFirst));
  return {
    leftFirst: left.flag === "" ? byRight : byLeft,
    rightFirst: right.flag === "" ? byLeft : byRight,
    leftStar,
    rightStar,
  };
}

/** Either what follows the star goes on from here, or the star gobbles one more token. */
function star(follower: GlobToken | undefined, other: GlobToken, goesOn: boolean, gobbles: boolean): boolean {
  return (follower !== undefined && canMeet(other, follower) && goesOn) || gobbles;
}

/** Without the beginnings and ends that have no flags, but for one token each; undefined when those cannot meet. */
function trim(a: readonly GlobToken[], b: readonly GlobToken[]): [GlobToken[], GlobToken[]] | undefined {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  for (; start < shorter && arePlain(a[start], b[start]); start++) if (!doMeet(a[start], b[start])) return undefined;
  start = Math.max(0, start - 1);
  let [endA, endB] = [a.length, b.length];
  for (; endA > start && endB > start && arePlain(a[endA - 1], b[endB - 1]); endA--, endB--) {
    if (!doMeet(a[endA - 1], b[endB - 1])) return undefined;
  }
  const spare = endA < a.length ? 1 : 0;
  return [a.slice(start, endA + spare), b.slice(start, endB + spare)];
}

function arePlain(left: GlobToken | undefined, right: GlobToken | undefined): boolean {
  return left?.flag === "" && right?.flag === "";
}

function doMeet(left: GlobToken | undefined, right: GlobToken | undefined): boolean {
  return left !== undefined && right !== undefined && canMeet(left, right);
}
