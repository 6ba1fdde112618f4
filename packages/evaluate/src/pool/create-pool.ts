import type { Capabilities } from "../capabilities/capabilities.ts";
import type { PolicyContents } from "../policy-instance.ts";
import { resolveLimits } from "../limits.ts";
import { encodeData } from "../machine/data.ts";
import { compilePolicy, moduleOf } from "../module/compiled-policy.ts";
import { InputArena } from "./arena.ts";
import { DataKeeper, shareBytes } from "./data-keeper.ts";
import type { DecisionPool } from "./decision-pool.ts";
import { resolvePoolSettings } from "./options.ts";
import type { PoolOptions } from "./options.ts";
import { HANDING, ONE_BY_ONE } from "./plan.ts";
import { ThreadPool } from "./thread-pool.ts";
import { WORKER_URL } from "./worker-entry.ts";

/**
 * Loads a pack's policy and data into `size` threads, which share one compiled module. What `createInstance` says of the
 * contents holds here too.
 *
 * @throws as `createInstance`; ConfigError CONFIG_INVALID for an option out of range
 */
export async function createPool(contents: PolicyContents, options: PoolOptions = {}): Promise<DecisionPool> {
  const settings = resolvePoolSettings(options);
  const limits = resolveLimits(options.limits);
  const policy = contents.module ?? (await compilePolicy(contents.wasm));
  const rules = { limits, refuseNul: moduleOf(policy).endsTextsAtNul };
  const data = shareBytes(encodeData(contents.dataJson ?? contents.data, rules));
  const { digest, revision } = contents;
  const entrypoints = Object.freeze([...new Set(contents.entrypoints)].toSorted());
  const { capabilities } = options;
  const pool = new ThreadPool({
    entry: WORKER_URL,
    settings,
    entrypoints,
    keeper: new DataKeeper(data, rules),
    arena: new InputArena(rules),
    handing: isOutward(capabilities) ? ONE_BY_ONE : HANDING,
    identity: { digest, revision },
    start: {
      policy,
      contents: { digest, revision, entrypoints },
      options: { limits: options.limits, capabilities, strictBuiltinErrors: options.strictBuiltinErrors },
    },
  });
  await pool.whenReady();
  return pool;
}

function isOutward(capabilities: Capabilities | undefined): boolean {
  return capabilities?.http !== undefined || capabilities?.lookup !== undefined;
}
