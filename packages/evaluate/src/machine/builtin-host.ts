import { EvaluationError, messageOf } from "@policy-pack/pack";

import { BuiltinError } from "../builtins/builtin.ts";
import type { Builtin, BuiltinContext, BuiltinFamily } from "../builtins/builtin.ts";
import { invalid } from "../module/module.ts";
import type { ValueCodec } from "./value-codec.ts";
import type { RegoValue } from "../values/values.ts";

/** The address that stands for "undefined". */
const UNDEFINED = 0;
const MAX_UINT63 = 2n ** 63n;

interface BoundBuiltin {
  readonly name: string;
  readonly run: Builtin;
}

/** What a decision's builtins draw from; `now` is asked at most once a decision. */
export type BuiltinSources = Omit<BuiltinContext, "once">;

/** Answers the module's calls: operands in, the builtin, its value back. */
export class BuiltinHost {
  readonly #builtins: BuiltinFamily;
  readonly #context: BuiltinContext;
  readonly #answers = new Map<string, unknown>();
  readonly #byId: BoundBuiltin[] = [];
  /** Builtins without operands answer once a decision; the address of the answer serves every later call. */
  readonly #constants: { decision: number; address: number }[] = [];
  #decision = 0;
  #codec: ValueCodec | undefined;
  #now: bigint | undefined;

  constructor(builtins: BuiltinFamily, { now, randomBytes, print, capabilities }: BuiltinSources) {
    this.#builtins = builtins;
    this.#context = {
      now: () => (this.#now ??= checkNow(now())),
      randomBytes,
      once: (key, make) => this.#once(key, make),
      print,
      capabilities,
    };
  }

  /**
   * Binds the numbers that the module calls builtins by.
   *
   * @throws EvaluationError WASM_INVALID naming every builtin that this host does not have
   */
  start(required: ReadonlyMap<string, number>, codec: ValueCodec): void {
    const missing = [...required.keys()].filter((name) => !Object.hasOwn(this.#builtins, name));
    if (missing.length > 0) {
      throw invalid(
        `policy.wasm calls ${missing.toSorted().join(", ")}, which this host does not provide; ` +
          "take the call out of the policy, or use a later version of policy-pack.",
      );
    }
    for (const [name, id] of required) {
      const run = this.#builtins[name];
      if (run === undefined) continue;
      this.#byId[id] = { name, run };
      this.#constants[id] = { decision: 0, address: UNDEFINED };
    }
    this.#codec = codec;
  }

  startDecision(): void {
    this.#now = undefined;
    this.#answers.clear();
    this.#decision++;
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#answers.has(key)) this.#answers.set(key, make());
    return this.#answers.get(key) as T;
  }

  callConstant(id: number): number {
    const constant = this.#constants[id];
    if (constant?.decision === this.#decision) return constant.address;
    const address = this.call(id, []);
    if (constant !== undefined) {
      constant.decision = this.#decision;
      constant.address = address;
    }
    return address;
  }

  call(id: number, addresses: readonly number[]): number {
    const builtin = this.#byId[id];
    const codec = this.#codec;
    if (builtin === undefined || codec === undefined) throw new RangeError(`the module calls builtin ${id}`);
    const operands: RegoValue[] = [];
    try {
      for (const address of addresses) operands.push(codec.read(address >>> 0));
      return codec.write(builtin.run(operands, this.#context));
    } catch (thrown) {
      if (thrown instanceof BuiltinError) return UNDEFINED;
      throw new EvaluationError("BUILTIN_FAILED", `The builtin ${builtin.name} failed: ${messageOf(thrown)}.`, {
        cause: thrown,
      });
    }
  }
}

function checkNow(now: unknown): bigint {
  if (typeof now === "bigint" && now >= -MAX_UINT63 && now < MAX_UINT63) return now;
  throw new TypeError("now() must return nanoseconds since 1970 as a bigint of 64 bits");
}
