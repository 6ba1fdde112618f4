import { EvaluationError } from "@policy-pack/pack";

import { CAPABILITY_OF } from "../capabilities/capabilities.ts";
import type { Capabilities } from "../capabilities/capabilities.ts";

type Capability = keyof Capabilities;

/** What must be granted for these builtins to load, sorted; most need nothing. */
export function requiredCapabilities(builtins: Iterable<string>): readonly Capability[] {
  const needed = new Set([...builtins].flatMap((name) => capabilityOf(name) ?? []));
  return Object.freeze([...needed].toSorted());
}

/** @throws EvaluationError CAPABILITY_MISSING naming every builtin that needs more than was granted, and what it needs */
export function checkCapabilities(builtins: Iterable<string>, granted: Capabilities): void {
  const refused = [...builtins].toSorted().flatMap((name) => {
    const capability = capabilityOf(name);
    return capability === undefined || granted[capability] !== undefined ? [] : [[name, capability] as const];
  });
  if (refused.length === 0) return;
  const names = refused.map(([name]) => name).join(", ");
  const options = [...new Set(refused.map(([, capability]) => `capabilities.${capability}`))].join(" and ");
  throw new EvaluationError(
    "CAPABILITY_MISSING",
    `The policy calls ${names}, which nothing grants it; hand in ${options}, or use a policy without that call.`,
  );
}

function capabilityOf(name: string): Capability | undefined {
  return Object.hasOwn(CAPABILITY_OF, name) ? CAPABILITY_OF[name] : undefined;
}
