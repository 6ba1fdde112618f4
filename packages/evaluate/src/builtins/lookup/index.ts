import { resolveLookup } from "../../capabilities/grants.ts";
import { runIo } from "../../capabilities/io-thread.ts";
import { RegoSet } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext, BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";

export const LOOKUP_BUILTINS: BuiltinFamily = {
  "net.lookup_ip_addr": (operands, context) => {
    const name = stringOperand(operands, 1);
    const found = context.once(`net.lookup_ip_addr ${name}`, () => outcomeOf(name, context));
    if (found instanceof BuiltinError) throw found;
    return found;
  },
};

/** A name that there is not is not asked for again in the decision either. */
function outcomeOf(name: string, context: BuiltinContext): RegoSet | BuiltinError {
  try {
    return lookUp(name, context);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return thrown;
    throw thrown;
  }
}

/** Too late is not "no such host": OPA stops the evaluation then, and so does this. */
function lookUp(name: string, { capabilities }: BuiltinContext): RegoSet {
  // The load refuses a module that calls this without the capability.
  if (capabilities.lookup === undefined) throw new TypeError("the caller grants no lookup capability");
  const { hosts, timeoutMs } = resolveLookup(capabilities.lookup);
  if (!hosts.includes(name.toLowerCase())) throw new BuiltinError(`disallowed host: ${name.slice(0, 200)}`);
  const answer = runIo(capabilities, { kind: "lookup", name, totalMs: timeoutMs });
  if (answer.kind === "addresses") return new RegoSet(answer.addresses);
  if (answer.kind === "failed" && !answer.isTimeout) throw new BuiltinError(answer.message);
  throw new RangeError(`net.lookup_ip_addr found no answer within ${timeoutMs} ms`);
}
