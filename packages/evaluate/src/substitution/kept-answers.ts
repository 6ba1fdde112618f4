import { body, get, locals, NO_LOCALS, OP, when } from "./function-code.ts";
import type { Code } from "./function-code.ts";
import type { KeptRegion } from "./kept-region.ts";
import type { ModuleFunctions } from "./module-functions.ts";
import { signed, unsigned } from "./module-sections.ts";

/** How the module remembers a rule's answer within one decision: the functions, by their names in the name section. */
const NAMES = {
  begin: "opa_memoize_init",
  enter: "opa_memoize_push",
  leave: "opa_memoize_pop",
  put: "opa_memoize_insert",
  get: "opa_memoize_get",
} as const;

const SLOT_BITS = 10;
/** A slot: the decision that it is of (64 bits, so that none comes again), the rule's number, the answer's address. */
const SLOT_SHIFT = 4;
const [RULE_OFFSET, ANSWER_OFFSET] = [8, 12];
/** Before the slots: the decision's number, and how many `with` are around. */
const [DEPTH_OFFSET, SLOTS_OFFSET] = [8, 16];
export const ANSWERS_BYTES = SLOTS_OFFSET + (1 << (SLOT_BITS + SLOT_SHIFT));
/** Of loads and stores: their alignment, as a power of two. */
const [WORD, DOUBLE_WORD] = [2, 3];
/** LEB128 of -1. */
const MINUS_ONE = 0x7f;

/**
 * Lets the module keep its rules' answers in a table in place of an object with numbers as keys, which it makes anew for
 * each decision, and in which it hashes and compares them. Within `with` the module does as before, since an answer there
 * is none outside; and where two rules share a slot, for the one that comes later.
 */
export function keepAnswers(functions: ModuleFunctions, region: KeptRegion): void {
  const begin = functions.find(NAMES.begin, { operands: 0, results: 0 });
  const put = functions.find(NAMES.put, { operands: 2, results: 0 });
  const find = functions.find(NAMES.get, { operands: 1, results: 1 });
  const [enter, leave] = [NAMES.enter, NAMES.leave].map((name) => functions.find(name, { operands: 0, results: 0 }));
  if (begin === undefined || put === undefined || find === undefined) return;
  // A policy without `with` has neither. Where one is of another shape nobody would know what is within it.
  const isNested = functions.names.has(NAMES.enter) || functions.names.has(NAMES.leave);
  if (isNested && (enter === undefined || leave === undefined)) return;
  const table = new AnswerTable(region);
  const native = ({ index, code }: { readonly index: number; readonly code: Uint8Array }) => functions.add(index, code);
  functions.replace(begin.index, table.begin(native(begin)));
  if (enter !== undefined) functions.replace(enter.index, table.nest(native(enter), [OP.constant, 1]));
  if (leave !== undefined) functions.replace(leave.index, table.nest(native(leave), [OP.constant, MINUS_ONE]));
  functions.replace(put.index, table.put(native(put)));
  functions.replace(find.index, table.find(native(find)));
}

const RULE = 0;

/** The bodies of the module's functions; each calls the module's own, now at the index `native`, where it does not answer. */
class AnswerTable {
  readonly #start: number;
  readonly #table: Code;
  readonly #decision: Code;

  constructor({ global, start }: KeptRegion) {
    this.#start = start;
    this.#table = [OP.globalGet, ...unsigned(global)];
    this.#decision = [...this.#table, OP.load64, DOUBLE_WORD, ...unsigned(start)];
  }

  /** Another decision, outside of any `with`. */
  begin(native: number): Uint8Array {
    const next = [...this.#decision, OP.constant64, 1, OP.add64];
    const count = [...this.#table, ...next, OP.store64, DOUBLE_WORD, ...unsigned(this.#start)];
    return body(NO_LOCALS, [
      ...this.#table,
      ...when([...count, ...this.#setDepth([OP.constant, 0])]),
      OP.call,
      ...unsigned(native),
    ]);
  }

  nest(native: number, change: Code): Uint8Array {
    const depth = this.#setDepth([...this.#depth(), ...change, OP.add]);
    return body(NO_LOCALS, [...this.#table, ...when(depth), OP.call, ...unsigned(native)]);
  }

  put(native: number): Uint8Array {
    const [answer, slot] = [1, 2];
    const keep = [
      ...[...get(slot), ...this.#decision, OP.store64, DOUBLE_WORD, ...this.#inSlot(0)],
      ...[...get(slot), ...get(RULE), OP.store, WORD, ...this.#inSlot(RULE_OFFSET)],
      ...[...get(slot), ...get(answer), OP.store, WORD, ...this.#inSlot(ANSWER_OFFSET), OP.return],
    ];
    const isFree = [...this.#isOfDecision(slot), OP.isZero, ...this.#isOfRule(slot), OP.or];
    const fast = this.#outside([...this.#slot(slot), ...isFree, ...when(keep)]);
    return body(locals(1), [...fast, ...get(RULE), ...get(answer), OP.call, ...unsigned(native)]);
  }

  find(native: number): Uint8Array {
    const slot = 1;
    const isIts = [...this.#isOfDecision(slot), ...this.#isOfRule(slot), OP.and];
    const answer = [...get(slot), OP.load, WORD, ...this.#inSlot(ANSWER_OFFSET), OP.return];
    const fast = this.#outside([...this.#slot(slot), ...isIts, ...when(answer)]);
    return body(locals(1), [...fast, ...get(RULE), OP.call, ...unsigned(native)]);
  }

  /** What is done where there is a table, and no `with` around. */
  #outside(code: Code): Code {
    return [...this.#table, ...when([...this.#depth(), OP.isZero, ...when(code)])];
  }

  #depth(): Code {
    return [...this.#table, OP.load, WORD, ...unsigned(this.#start + DEPTH_OFFSET)];
  }

  #setDepth(depth: Code): Code {
    return [...this.#table, ...depth, OP.store, WORD, ...unsigned(this.#start + DEPTH_OFFSET)];
  }

  /** Sets the local to the address of the rule's slot. */
  #slot(local: number): Code {
    const index = [...get(RULE), OP.constant, ...signed((1 << SLOT_BITS) - 1), OP.and];
    const offset = [...index, OP.constant, ...signed(SLOT_SHIFT), OP.shiftLeft];
    return [...this.#table, ...offset, OP.add, OP.localSet, ...unsigned(local)];
  }

  #isOfDecision(slot: number): Code {
    return [...get(slot), OP.load64, DOUBLE_WORD, ...this.#inSlot(0), ...this.#decision, OP.equal64];
  }

  #isOfRule(slot: number): Code {
    return [...get(slot), OP.load, WORD, ...this.#inSlot(RULE_OFFSET), ...get(RULE), OP.equal];
  }

  #inSlot(offset: number): Code {
    return unsigned(this.#start + SLOTS_OFFSET + offset);
  }
}
