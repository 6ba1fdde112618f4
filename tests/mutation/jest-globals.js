// Jest's test functions on those of Mocha, which runs a test again without loading its file anew: a mutant takes
// milliseconds in place of seconds.
import { expect } from "expect";
import { bind } from "jest-each";

const { after: afterAll, afterEach, before: beforeAll, beforeEach } = globalThis;

function withTables(register) {
  const call = (title, test) => register(title, test);
  return Object.assign(call, { each: bind(call, false), skip: register.skip });
}

const describe = withTables(globalThis.describe);
const it = withTables(globalThis.it);

export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, it as test };
