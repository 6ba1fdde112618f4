import { MemberOrder } from "./member-order.ts";
import type { MemoryView } from "./memory.ts";
import type { ValueCodec } from "./value-codec.ts";
import { LAYOUT } from "./value-layout.ts";

/** The members of one collection, sorted, and which of them was visited last. */
interface Visit {
  readonly members: readonly number[];
  at: number;
  /** Where each member stands, once loops over the same collection stand in one another. */
  places?: ReadonlyMap<number, number>;
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
  readonly #kept = new Map<number, Visit>();
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
    if (visit.members[visit.at] !== previous) visit.at = placeOf(visit, previous);
    return visit.members[++visit.at] ?? NONE;
  }

  #first(collection: number): number {
    this.#memory.refresh();
    const visit = this.#isData(collection) ? this.#keep(collection) : { members: this.#sort(collection), at: 0 };
    visit.at = 0;
    this.#visits.set(collection, visit);
    return visit.members[0] ?? NONE;
  }

  #keep(collection: number): Visit {
    const kept = this.#kept.get(collection);
    if (kept !== undefined) return kept;
    const visit = { members: this.#sort(collection), at: 0 };
    if (this.#keptMembers + visit.members.length <= MAX_KEPT_MEMBERS) {
      this.#keptMembers += visit.members.length;
      this.#kept.set(collection, visit);
    }
    return visit;
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
    // A module may say what it likes, and chain its elements in a ring.
    if (length > bytes.length / nextAt) throw new RangeError("a collection has more members than memory has room for");
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

function placeOf(visit: Visit, member: number): number {
  visit.places ??= new Map(visit.members.map((address, place) => [address, place]));
  const place = visit.places.get(member);
  if (place === undefined) throw new RangeError("the module goes on from a member that the collection does not have");
  return place;
}
