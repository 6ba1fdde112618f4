import { EvaluationError, messageOf } from "@policy-pack/pack";

import { BuiltinError } from "../builtins/builtin.ts";
import type { Builtin, BuiltinContext, BuiltinFamily } from "../builtins/builtin.ts";
import type { BuiltinErrorReport, DecideOptions } from "../decision.ts";
import { invalid } from "../module/module.ts";
import { NO_FAST_BUILTINS } from "./fast-builtins.ts";
import type { FastBuiltin, FastBuiltins } from "./fast-builtins.ts";
import { PolicyAbort } from "./policy-abort.ts";
import { SeededBytes } from "./seeded-bytes.ts";
import type { ValueCodec } from "./value-codec.ts";
import { NOT_TAKEN } from "./value-heap.ts";
import type { RegoValue } from "../values/values.ts";

/** The address that stands for "undefined". */
const UNDEFINED = 0;
const MAX_UINT63 = 2n ** 63n;

interface BoundBuiltin {
  readonly name: string;
  readonly run: Builtin;
  readonly fast: FastBuiltin | undefined;
  readonly fastConstant: ((context: BuiltinContext) => number) | undefined;
}

/** What a decision's builtins draw from; `now` is asked at most once a decision. */
export type BuiltinSources = Omit<BuiltinContext, "once">;

export interface HostOptions {
  readonly builtins: BuiltinFamily;
  /** The numbers that the module calls builtins by. */
  readonly required: ReadonlyMap<string, number>;
  readonly sources: BuiltinSources;
  readonly codec: ValueCodec;
  readonly fast?: FastBuiltins;
  /** A builtin error stops the decision, as in OPA's strict mode. */
  readonly strict: boolean;
}

const NO_ERRORS: readonly BuiltinErrorReport[] = Object.freeze([]);
/** A policy that calls a failing builtin for each of a million items needs no million reports. */
const MAX_REPORTS = 100;
const MAX_MESSAGE_LENGTH = 1000;

/** Answers the module's calls: operands in, the builtin, its value back. */
export class BuiltinHost {
  readonly #answers = new Map<string, unknown>();
  readonly #byId: BoundBuiltin[] = [];
  /** Builtins without operands answer once a decision; the address of the answer serves every later call. */
  readonly #constants: { decision: number; address: number }[] = [];
  #context: BuiltinContext | undefined;
  #print: ((line: string) => void) | undefined;
  #decision = 0;
  #codec: ValueCodec | undefined;
  #strict = false;
  #now: bigint | undefined;
  #seeded: SeededBytes | undefined;
  #errors: BuiltinErrorReport[] | undefined;

  /** @throws EvaluationError WASM_INVALID naming every builtin that is not there */
  start({ builtins, required, sources, codec, fast = NO_FAST_BUILTINS, strict }: HostOptions): void {
    const missing = [...required.keys()].filter((name) => !Object.hasOwn(builtins, name));
    if (missing.length > 0) {
      throw invalid(
        `policy.wasm calls ${missing.toSorted().join(", ")}, which this host does not provide; ` +
          "take the call out of the policy, or use a later version of policy-pack.",
      );
    }
    for (const [name, id] of required) {
      const run = builtins[name];
      if (run === undefined) continue;
      this.#byId[id] = { name, run, fast: fast.plain[name], fastConstant: fast.constant[name] };
      this.#constants[id] = { decision: 0, address: UNDEFINED };
    }
    this.#codec = codec;
    this.#strict = strict;
    const { now, randomBytes, print, capabilities } = sources;
    this.#print = print;
    this.#context = {
      now: () => (this.#now ??= checkNow(now())),
      randomBytes: (length) => (this.#seeded === undefined ? randomBytes(length) : this.#seeded.take(length)),
      once: (key, make) => this.#once(key, make),
      print,
      capabilities,
    };
  }

  startDecision(options: DecideOptions | undefined): void {
    this.#now = options?.now;
    this.#seeded = options?.seed === undefined ? undefined : new SeededBytes(options.seed);
    this.#errors = undefined;
    if (this.#answers.size > 0) this.#answers.clear();
    this.#decision++;
  }

  /** Of the decision before. */
  get errors(): readonly BuiltinErrorReport[] {
    return this.#errors ?? NO_ERRORS;
  }

  print(line: string): void {
    if (this.#print === undefined) throw calledTooEarly();
    this.#print(line);
  }

  #once<T>(key: string, make: () => T): T {
    if (!this.#answers.has(key)) this.#answers.set(key, make());
    return this.#answers.get(key) as T;
  }

  callConstant(id: number): number {
    const constant = this.#constants[id];
    if (constant?.decision === this.#decision) return constant.address;
    const address = this.#fastConstant(id) || this.call(id, []);
    if (constant !== undefined) {
      constant.decision = this.#decision;
      constant.address = address;
    }
    return address;
  }

  #fastConstant(id: number): number {
    const [fast, context] = [this.#byId[id]?.fastConstant, this.#context];
    if (fast === undefined || context === undefined) return NOT_TAKEN;
    try {
      return fast(context);
    } catch (thrown) {
      throw failed(this.#byId[id]?.name ?? "", thrown);
    }
  }

  /** By the fast builtin of this number, or NOT_TAKEN. */
  callFast(id: number, first: number, second: number, third: number): number {
    const fast = this.#byId[id]?.fast;
    return fast === undefined ? NOT_TAKEN : fast(first >>> 0, second >>> 0, third >>> 0);
  }

  call(id: number, addresses: readonly number[]): number {
    const [builtin, codec, context] = [this.#byId[id], this.#codec, this.#context];
    if (codec === undefined || context === undefined) throw calledTooEarly();
    if (builtin === undefined) throw new RangeError(`the module calls builtin ${id}`);
    const operands: RegoValue[] = [];
    try {
      for (const address of addresses) operands.push(codec.read(address >>> 0));
      return codec.write(builtin.run(operands, context));
    } catch (thrown) {
      // The module stops while it prints an operand or parses the answer, at its memory's cap above all.
      if (thrown instanceof PolicyAbort) throw thrown;
      if (!(thrown instanceof BuiltinError)) throw failed(builtin.name, thrown);
      this.#report(builtin.name, thrown);
      return UNDEFINED;
    }
  }

  #report(builtin: string, error: BuiltinError): void {
    const message = error.message.slice(0, MAX_MESSAGE_LENGTH);
    if (this.#strict) throw failed(builtin, error);
    const errors = (this.#errors ??= []);
    if (errors.length < MAX_REPORTS) errors.push(Object.freeze({ builtin, message }));
  }
}

function failed(builtin: string, cause: unknown): EvaluationError {
  const reason = messageOf(cause).slice(0, MAX_MESSAGE_LENGTH);
  return new EvaluationError("BUILTIN_FAILED", `The builtin ${builtin} failed: ${reason}.`, { cause });
}

function calledTooEarly(): EvaluationError {
  return invalid("policy.wasm calls its host before it is asked anything; do not use this pack.");
}

export function checkNow(now: unknown): bigint {
  if (typeof now === "bigint" && now >= -MAX_UINT63 && now < MAX_UINT63) return now;
  throw new TypeError("now() must return nanoseconds since 1970 as a bigint of 64 bits");
}
