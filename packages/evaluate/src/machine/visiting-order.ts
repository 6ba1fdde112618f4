import { MemberOrder } from "./member-order.ts";
import type { MemoryView } from "./memory.ts";
import type { ValueCodec } from "./value-codec.ts";
import { LAYOUT } from "./value-layout.ts";

/** The members of one collection, sorted, and which of them was visited last. */
interface Visit {
  readonly members: readonly number[];
  at: number;
}

/** The end of a collection. */
const NONE = 0;
/** Orders of collections in the data that are kept from one decision to the next. */
const MAX_KEPT_MEMBERS = 1_000_000;

/**
 * Says in which order the members of sets and objects are visited: sorted, as OPA does. Only for a module that
 * `hasKnownLayout` accepted. Members are addresses: a set's values, an object's keys.
 */
export class VisitingOrder {
  readonly #memory: MemoryView;
  readonly #order: MemberOrder;
  readonly #isData: (address: number) => boolean;
  readonly #visits = new Map<number, Visit>();
  readonly #kept = new Map<number, readonly number[]>();
  #keptMembers = 0;

  /** `isData` tells what stays where it is from one decision to the next, until `forget`. */
  constructor(memory: MemoryView, codec: ValueCodec, isData: (address: number) => boolean) {
    this.#memory = memory;
    this.#order = new MemberOrder(memory, codec);
    this.#isData = isData;
  }

  /** What was visited in the decision before says nothing of this one's memory. */
  startDecision(): void {
    if (this.#visits.size > 0) this.#visits.clear();
  }

  /** The data changes. */
  forget(): void {
    this.#visits.clear();
    this.#kept.clear();
    this.#keptMembers = 0;
  }

  /** The member behind `previous`, the first one for 0; 0 at the end. */
  next(collection: number, previous: number): number {
    if (previous === NONE) return this.#first(collection);
    const visit = this.#visits.get(collection);
    if (visit === undefined) throw new RangeError("the module goes on with a visit that it never began");
    if (visit.members[visit.at] !== previous) visit.at = visit.members.indexOf(previous);
    if (visit.at === -1) throw new RangeError("the module goes on from a member that the collection does not have");
    return visit.members[++visit.at] ?? NONE;
  }

  #first(collection: number): number {
    this.#memory.refresh();
    const members = this.#isData(collection) ? this.#keep(collection) : this.#sort(collection);
    this.#visits.set(collection, { members, at: 0 });
    return members[0] ?? NONE;
  }

  #keep(collection: number): readonly number[] {
    const kept = this.#kept.get(collection);
    if (kept !== undefined) return kept;
    const members = this.#sort(collection);
    if (this.#keptMembers + members.length <= MAX_KEPT_MEMBERS) {
      this.#keptMembers += members.length;
      this.#kept.set(collection, members);
    }
    return members;
  }

  #sort(collection: number): readonly number[] {
    return this.#membersOf(collection).sort((left, right) => this.#order.compare(left, right));
  }

  /** In both kinds of table the member comes first in its element. */
  #membersOf(collection: number): number[] {
    const { bytes, data } = this.#memory;
    const isSet = bytes[collection] === LAYOUT.type.set;
    const nextAt = isSet ? LAYOUT.setElement.next : LAYOUT.objectElement.next;
    const buckets = data.getUint32(collection + LAYOUT.table.buckets, true);
    const count = data.getUint32(collection + LAYOUT.table.bucketCount, true);
    const length = data.getUint32(collection + LAYOUT.table.length, true);
    const members: number[] = [];
    for (let bucket = 0; bucket < count && members.length < length; bucket++) {
      let element = data.getUint32(buckets + bucket * 4, true);
      while (element !== 0 && members.length < length) {
        members.push(data.getUint32(element, true));
        element = data.getUint32(element + nextAt, true);
      }
    }
    return members;
  }
}
