// Jest's test functions on those of Mocha, which runs a test again without loading its file anew: a mutant takes
// milliseconds in place of seconds.
import { expect } from "expect";
import { bind } from "jest-each";

/** Mocha has functions of their own for each file, which is how it knows where a test stands: they are looked up late. */
const late =
  (name) =>
  (...parts) =>
    globalThis[name](...parts);

function withTables(name) {
  const call = late(name);
  return Object.assign(call, { each: bind(call, false), skip: (...parts) => globalThis[name].skip(...parts) });
}

const [afterAll, afterEach, beforeAll, beforeEach] = ["after", "afterEach", "before", "beforeEach"].map(late);
const describe = withTables("describe");
const it = withTables("it");

export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, it as test };
