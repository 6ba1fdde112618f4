import { afterEach, beforeAll } from "@jest/globals";
import type { PackContents } from "@policy-pack/pack";

import { createPool } from "../../src/index.ts";
import type { DecisionPool, PoolOptions } from "../../src/index.ts";
import { compileRules } from "../support/policy.ts";

const RULES = `
@default allow := false
allow if input.n > 1
@echo := input
@limit := data.limits.max
@endless if { r := numbers.range(1, 100000); some _ in r; some _ in r; some z in r; z == input.text }
@bomb := count([[x, y] | some x in numbers.range(1, input.n); some y in numbers.range(1, input.n)])
@noinput if not input
@drawn := rand.intn("x", 1000000000)
@now := time.now_ns()
@guarded if not time.parse_rfc3339_ns(input.at)
@twice := 1 if input.one
twice := 2 if input.two
`;

/** Longer than any decision takes that is to be answered, also where many test runs share a core. */
const DEADLINE_MS = 500;
export const ENDLESS = { text: "abc" };

export interface PoolFixture {
  readonly contents: () => PackContents;
  /** Two workers unless said; closed after the test. */
  readonly open: (options?: PoolOptions) => Promise<DecisionPool>;
}

export function usePool(): PoolFixture {
  let contents: PackContents;
  let opened: DecisionPool | undefined;
  beforeAll(async () => {
    contents = await compileRules(RULES, { limits: { max: 7 } });
  });
  afterEach(async () => {
    await opened?.close({ graceMs: 0 });
    opened = undefined;
  });
  return {
    contents: () => contents,
    open: async (options = {}) => {
      opened = await createPool(contents, { size: 2, deadlineMs: DEADLINE_MS, ...options });
      return opened;
    },
  };
}
