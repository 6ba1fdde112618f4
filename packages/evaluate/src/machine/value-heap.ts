import type { OpaExports } from "../module/abi.ts";
import { chain, hashString } from "./key-chain.ts";
import type { MemoryView } from "./memory.ts";
import { LAYOUT, TABLE } from "./value-layout.ts";

/** What no value's address is: the writer leaves the document to the text path. */
export const NOT_TAKEN = 0;

const STRING_WORD = LAYOUT.type.string;
const NUMBER_WORD = LAYOUT.type.number | (LAYOUT.number.integerKind << 8);
const TEXT_NUMBER_WORD = LAYOUT.type.number | (LAYOUT.number.textKind << 8);
/** A number that is an integer needs no more of its structure. */
export const INTEGER_BYTES = 16;
/** Beyond, an array's indices are numbers of its own. */
const SHARED_INDICES = 128;
/** Up to here a loop over the units beats the native encoder's start. */
const MAX_SHORT_UNITS = 96;
const MAX_KEY_UNITS = 64;
/** A unit takes at most three bytes. */
const MAX_KEY_BYTES = LAYOUT.string.size + MAX_KEY_UNITS * 3;
const KEY_BYTES = 12 * 1024;
const CONSTANT_BYTES = 3 * 8;
const STACK_WORDS = 1024;
const KEPT_STACK_WORDS = 65_536;
const KEY_WORDS = 2;

/** What stays in the module's memory below the documents, for all decisions; its start is on a word. */
export const ARENA_BYTES = CONSTANT_BYTES + SHARED_INDICES * INTEGER_BYTES + LAYOUT.number.size + KEY_BYTES;

interface Key {
  readonly address: number;
  readonly hash: number;
}

/**
 * Builds values in the module's memory as the module's own parser would, one behind the other from where `begin` says.
 * The module never frees what it is given as input, so they carry no heads of its allocator. Only for a module that
 * `hasKnownLayout` accepted.
 */
export class ValueHeap {
  readonly memory: MemoryView;
  readonly null: number;
  readonly true: number;
  readonly false: number;
  /** A number that the host may set anew for each decision. */
  readonly scratchNumber: number;
  readonly #exports: OpaExports;
  readonly #indices: number;
  readonly #keyStart: number;
  readonly #keys = new Map<string, Key>();
  #keyPosition: number;
  #start = 0;
  #position = 0;
  #stack = new Int32Array(STACK_WORDS);
  #top = 0;
  #growing = false;

  constructor(exports: OpaExports, memory: MemoryView, arena: number) {
    this.#exports = exports;
    this.memory = memory;
    [this.null, this.true, this.false] = [arena, arena + 8, arena + 16];
    this.#indices = arena + CONSTANT_BYTES;
    this.scratchNumber = this.#indices + SHARED_INDICES * INTEGER_BYTES;
    this.#keyStart = this.scratchNumber + LAYOUT.number.size;
    this.#keyPosition = this.#keyStart;
    this.#writeConstants();
  }

  #writeConstants(): void {
    const { words } = this.memory;
    words[this.null >>> 2] = LAYOUT.type.null;
    words[this.true >>> 2] = LAYOUT.type.boolean | (1 << (8 * LAYOUT.boolean.value));
    words[this.false >>> 2] = LAYOUT.type.boolean;
    for (let index = 0; index < SHARED_INDICES; index++) this.setInteger(this.#indices + index * INTEGER_BYTES, index);
  }

  /** Where the next value goes. */
  get position(): number {
    return this.#position;
  }

  /** What was built before is forgotten. */
  begin(start: number): void {
    this.#start = start;
    this.#position = start;
    this.#top = 0;
    if (this.#stack.length > KEPT_STACK_WORDS) this.#stack = new Int32Array(STACK_WORDS);
    if (this.#hasRoomForKey()) return;
    this.#keys.clear();
    this.#keyPosition = this.#keyStart;
  }

  /** Makes room; the views of the memory may be other ones afterwards. */
  reserve(length: number): void {
    if (this.#position + length > this.memory.bytes.length) this.#grow(length);
  }

  /** The module grows its own memory, since its allocator must know where the memory ends. */
  #grow(length: number): void {
    this.#growing = true;
    this.#exports.opa_heap_ptr_set(this.#position);
    this.#exports.opa_malloc(Math.max(length, (this.#position - this.#start) >>> 2));
    this.memory.refresh();
    this.#growing = false;
  }

  /** Whether what was thrown came from the module, which refused to grow its memory. */
  get failed(): boolean {
    return this.#growing;
  }

  /** The address of room for so many bytes, of which the next value starts on a word. */
  take(length: number): number {
    this.reserve(length);
    const address = this.#position;
    this.#position = onWord(address + length);
    return address;
  }

  string(text: string): number {
    if (text.length > MAX_SHORT_UNITS) return this.#longString(text);
    const address = this.take(LAYOUT.string.size + text.length);
    const { bytes } = this.memory;
    let position = address + LAYOUT.string.size;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        this.#position = address;
        return this.#longString(text);
      }
      bytes[position++] = unit;
    }
    this.setString(address, address + LAYOUT.string.size, text.length);
    return address;
  }

  /** Half a surrogate pair becomes U+FFFD: the encoder knows no other way. */
  #longString(text: string): number {
    // A unit takes at most three bytes.
    this.reserve(LAYOUT.string.size + text.length * 3);
    const address = this.#position;
    const start = address + LAYOUT.string.size;
    const length = this.memory.bytes.write(text, start, "utf8");
    this.#position = onWord(start + length);
    this.setString(address, start, length);
    return address;
  }

  /** A string whose bytes stand elsewhere in the module's memory. */
  stringAt(start: number, length: number): number {
    const address = this.take(LAYOUT.string.size);
    this.setString(address, start, length);
    return address;
  }

  setString(address: number, start: number, length: number): void {
    const { words } = this.memory;
    const word = address >>> 2;
    words[word] = STRING_WORD;
    words[word + 1] = length;
    words[word + 2] = start;
  }

  /** Of an integer of 32 bits: the module computes with larger ones only where they are text. */
  integer(value: number): number {
    const address = this.take(INTEGER_BYTES);
    this.setInteger(address, value);
    return address;
  }

  setInteger(address: number, value: number): void {
    const { words } = this.memory;
    const word = address >>> 2;
    words[word] = NUMBER_WORD;
    words[word + 2] = value;
    words[word + 3] = Math.floor(value / 2 ** 32);
  }

  /** Of a number's text that stands elsewhere in the module's memory. */
  numberAt(start: number, length: number): number {
    const address = this.take(LAYOUT.number.size);
    const { words } = this.memory;
    const word = address >>> 2;
    words[word] = TEXT_NUMBER_WORD;
    words[word + 2] = start;
    words[word + 3] = length;
    words[word + 4] = 0;
    return address;
  }

  number(text: string): number {
    const start = this.take(text.length);
    const { bytes } = this.memory;
    for (let index = 0; index < text.length; index++) bytes[start + index] = text.charCodeAt(index);
    return this.numberAt(start, text.length);
  }

  /** Where the members of the next list or object begin: `push` them, then close it. */
  open(): number {
    return this.#top;
  }

  push(word: number): void {
    if (this.#top === this.#stack.length) this.#growStack();
    this.#stack[this.#top++] = word;
  }

  #growStack(): void {
    const larger = new Int32Array(this.#stack.length * 2);
    larger.set(this.#stack);
    this.#stack = larger;
  }

  /** Followed by the address of its value. Keys come again and again: they are kept. */
  pushKey(text: string): void {
    const key = this.#keys.get(text) ?? this.#addKey(text);
    this.push(key.address);
    this.push(key.hash);
  }

  pushKeyAt(start: number, length: number, hash: number): void {
    this.push(this.stringAt(start, length));
    this.push(hash);
  }

  #addKey(text: string): Key {
    if (text.length > MAX_KEY_UNITS || !this.#hasRoomForKey()) return this.#newKey(text);
    const position = this.#position;
    this.#position = this.#keyPosition;
    const key = this.#newKey(text);
    this.#keyPosition = this.#position;
    this.#position = position;
    this.#keys.set(text, key);
    return key;
  }

  /** For the longest one that is kept. */
  #hasRoomForKey(): boolean {
    return this.#keyPosition + MAX_KEY_BYTES <= this.#keyStart + KEY_BYTES;
  }

  #newKey(text: string): Key {
    const address = this.string(text);
    return { address, hash: hashString(this.memory, address) };
  }

  closeArray(base: number): number {
    const length = this.#top - base;
    const address = this.take(LAYOUT.array.size + length * LAYOUT.arrayElement.size);
    const own = this.take(Math.max(0, length - SHARED_INDICES) * INTEGER_BYTES) - SHARED_INDICES * INTEGER_BYTES;
    for (let index = SHARED_INDICES; index < length; index++) this.setInteger(own + index * INTEGER_BYTES, index);
    const { words } = this.memory;
    const word = address >>> 2;
    words[word] = LAYOUT.type.array;
    words[word + 1] = length === 0 ? 0 : address + LAYOUT.array.size;
    words[word + 2] = length;
    words[word + 3] = length;
    let element = word + 4;
    for (let index = 0; index < length; index++) {
      words[element] = (index < SHARED_INDICES ? this.#indices : own) + index * INTEGER_BYTES;
      words[element + 1] = this.#stack[base + index] ?? 0;
      element += 2;
    }
    this.#top = base;
    return address;
  }

  /** NOT_TAKEN when a key stands twice. */
  closeObject(base: number): number {
    const length = (this.#top - base) / (KEY_WORDS + 1);
    let count: number = TABLE.minBuckets;
    while (length > count * TABLE.maxLoad) count *= 2;
    const address = this.take(LAYOUT.table.size + count * 4 + length * LAYOUT.objectElement.size);
    const { words } = this.memory;
    const word = address >>> 2;
    const buckets = word + 4;
    words[word] = LAYOUT.type.object;
    words[word + 1] = buckets << 2;
    words[word + 2] = count;
    words[word + 3] = length;
    for (let bucket = 0; bucket < count; bucket++) words[buckets + bucket] = 0;
    const stack = this.#stack;
    let element = buckets + count;
    for (let entry = base; entry < this.#top; entry += KEY_WORDS + 1) {
      words[element] = stack[entry] ?? 0;
      words[element + 1] = stack[entry + 2] ?? 0;
      if (!chain(this.memory, element, buckets + ((stack[entry + 1] ?? 0) & (count - 1)))) return NOT_TAKEN;
      element += 3;
    }
    this.#top = base;
    return address;
  }
}

/** Unsigned: a module may have 4 GiB. */
function onWord(address: number): number {
  return ((address + 3) & ~3) >>> 0;
}
