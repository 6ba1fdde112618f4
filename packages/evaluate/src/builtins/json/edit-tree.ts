import { isRegoArray, RegoObject, RegoSet } from "../../values/values.ts";
import type { RegoArray, RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { Budget } from "./budget.ts";
import { readIndex } from "./pointer.ts";
import { keyOf } from "./value-key.ts";

export type Path = readonly RegoValue[];
type Branch = ObjectBranch | ArrayBranch | SetBranch;
/** What was not entered yet is the value itself. */
type Child = RegoValue | Branch;

/** A document under edits: only the branches that an edit enters are taken apart. */
export class EditTree {
  #root: Child | undefined;
  readonly #budget: Budget;

  constructor(source: RegoValue, budget: Budget) {
    this.#root = source;
    this.#budget = budget;
  }

  insert(path: Path, value: RegoValue): void {
    const key = path.at(-1);
    if (key === undefined) this.#root = value;
    else this.#enter(path.slice(0, -1)).insert(key, value);
  }

  remove(path: Path): void {
    const key = path.at(-1);
    if (key !== undefined) {
      this.#enter(path.slice(0, -1)).remove(key);
    } else {
      this.#present();
      this.#root = undefined;
    }
  }

  read(path: Path): RegoValue {
    const key = path.at(-1);
    return render(key === undefined ? this.#present() : this.#enter(path.slice(0, -1)).step(key));
  }

  render(): RegoValue {
    return render(this.#present());
  }

  #present(): Child {
    if (this.#root === undefined) throw new BuiltinError("the whole document was removed");
    return this.#root;
  }

  #enter(path: Path): Branch {
    const root = toBranch(this.#present(), this.#budget);
    this.#root = root;
    return path.reduce<Branch>((branch, key) => branch.enter(key), root);
  }
}

function isBranch(child: Child): child is Branch {
  return child instanceof ObjectBranch || child instanceof ArrayBranch || child instanceof SetBranch;
}

function toBranch(child: Child, budget: Budget): Branch {
  if (isBranch(child)) return child;
  if (child instanceof RegoObject) return new ObjectBranch(child, budget);
  if (child instanceof RegoSet) return new SetBranch(child, budget);
  if (child !== null && typeof child === "object" && isRegoArray(child)) return new ArrayBranch(child, budget);
  throw new BuiltinError("expected composite type in path");
}

function render(child: Child): RegoValue {
  return isBranch(child) ? child.render() : child;
}

function isComposite(value: RegoValue): boolean {
  return value instanceof RegoObject || value instanceof RegoSet || isRegoArray(value);
}

class ObjectBranch {
  readonly #members = new Map<string, readonly [key: RegoValue, child: Child]>();
  readonly #budget: Budget;

  constructor(value: RegoObject, budget: Budget) {
    this.#budget = budget;
    budget.spend(value.entries.length);
    for (const entry of value.entries) this.#members.set(keyOf(entry[0]), entry);
  }

  insert(key: RegoValue, value: RegoValue): void {
    this.#members.set(keyOf(key), [key, value]);
  }

  remove(key: RegoValue): void {
    if (!this.#members.delete(keyOf(key))) throw new BuiltinError("cannot delete child key that does not exist");
  }

  step(key: RegoValue): Child {
    const member = this.#members.get(keyOf(key));
    if (member === undefined) throw new BuiltinError("path does not exist in object term");
    return member[1];
  }

  enter(key: RegoValue): Branch {
    const branch = toBranch(this.step(key), this.#budget);
    this.#members.set(keyOf(key), [key, branch]);
    return branch;
  }

  render(): RegoObject {
    this.#budget.spend(this.#members.size);
    return new RegoObject([...this.#members.values()].map(([key, child]) => [key, render(child)] as const));
  }
}

/** An element that no edit has entered or written. */
class Untouched {
  readonly value: RegoValue;

  constructor(value: RegoValue) {
    this.value = value;
  }
}

class ArrayBranch {
  readonly #source: RegoArray;
  readonly #slots: (Child | Untouched)[];
  readonly #budget: Budget;

  constructor(value: RegoArray, budget: Budget) {
    budget.spend(value.length);
    this.#source = value;
    this.#slots = value.map((item) => new Untouched(item));
    this.#budget = budget;
  }

  insert(key: RegoValue, value: RegoValue): void {
    const index = readIndex(key, this.#slots.length);
    if (index < 0 || index > this.#slots.length) throw new BuiltinError("index for array insertion out of bounds");
    this.#splice(index, 0, value);
  }

  remove(key: RegoValue): void {
    const index = readIndex(key, this.#slots.length);
    if (index < 0 || index >= this.#slots.length) throw new BuiltinError("index for array delete out of bounds");
    this.#splice(index, 1);
  }

  /**
   * OPA looks an untouched element up in the array as it came, under the index of the array as it is now: behind an
   * insertion or a removal that is another element, which from then on stands at this place.
   */
  step(key: RegoValue): Child {
    const index = readIndex(key, this.#slots.length);
    const slot = this.#slots[index];
    if (slot !== undefined && !(slot instanceof Untouched)) return slot;
    const value = this.#source[index];
    if (value === undefined || slot === undefined) throw new BuiltinError("path does not exist in array term");
    this.#slots[index] = value;
    return value;
  }

  enter(key: RegoValue): Branch {
    const branch = toBranch(this.step(key), this.#budget);
    this.#slots[readIndex(key, this.#slots.length)] = branch;
    return branch;
  }

  render(): RegoArray {
    this.#budget.spend(this.#slots.length);
    return this.#slots.map((slot) => (slot instanceof Untouched ? slot.value : render(slot)));
  }

  #splice(index: number, removed: number, ...inserted: RegoValue[]): void {
    // Moving an element is some ten times cheaper than rendering one.
    this.#budget.spend(1 + (this.#slots.length - index) / 10);
    this.#slots.splice(index, removed, ...inserted);
  }
}

/** Members are their own paths. Only one composite member is open at a time: entering another closes it first. */
class SetBranch {
  readonly #members = new Map<string, RegoValue>();
  readonly #budget: Budget;
  #open: { readonly key: string; readonly branch: Branch } | undefined;

  constructor(value: RegoSet, budget: Budget) {
    budget.spend(value.members.length);
    for (const member of value.members) this.#members.set(keyOf(member), member);
    this.#budget = budget;
  }

  insert(key: RegoValue, value: RegoValue): void {
    if (keyOf(key) !== keyOf(value)) throw new BuiltinError("set key does not equal value to be inserted");
    if (isComposite(key)) this.#close();
    this.#members.set(keyOf(key), value);
  }

  remove(key: RegoValue): void {
    if (isComposite(key)) this.#close();
    if (!this.#members.delete(keyOf(key))) throw new BuiltinError("cannot delete child key that does not exist");
  }

  step(key: RegoValue): Child {
    if (isComposite(key)) this.#close();
    const member = this.#members.get(keyOf(key));
    if (member === undefined) throw new BuiltinError("path does not exist in set term");
    return member;
  }

  enter(key: RegoValue): Branch {
    const branch = toBranch(this.step(key), this.#budget);
    this.#open = { key: keyOf(key), branch };
    return branch;
  }

  render(): RegoSet {
    this.#close();
    this.#budget.spend(this.#members.size);
    return new RegoSet([...this.#members.values()]);
  }

  #close(): void {
    if (this.#open === undefined) return;
    const rendered = this.#open.branch.render();
    this.#members.delete(this.#open.key);
    this.#members.set(keyOf(rendered), rendered);
    this.#open = undefined;
  }
}
