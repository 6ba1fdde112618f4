import { describe, expect, it } from "@jest/globals";
import { isDeepStrictEqual } from "node:util";
import { isJsonObject } from "@policy-pack/pack";
import type { JsonValue } from "@policy-pack/pack";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { checkConstraintsAgree, constraint, unmetByPredicate } from "../../src/policy/constraints.ts";
import type { Constraint } from "../../src/policy/constraints.ts";
import { isSameJson } from "../../src/policy/json-equality.ts";
import { parsePointer, valueAt } from "../../src/policy/json-pointer.ts";
import { createRandom } from "../support/random.ts";

const random = createRandom();
const NAMES = ["a", "", "0", "01", "-", "~", "/", "~1", "a/b", "__proto__", "constructor", "length", "é"] as const;
const SCALARS = [0, 1, -1, 0.5, true, false, "", "a", "1", "PASSED", null, 2 ** 53, -(2 ** 53) - 2] as const;

function document(depth: number): JsonValue {
  const kind = depth === 0 ? 0 : random.int(4);
  if (kind <= 1) return random.pick<JsonValue>(SCALARS);
  const members = Array.from({ length: random.int(4) }, () => document(depth - 1));
  if (kind === 2) return members;
  return Object.fromEntries(members.map((member) => [random.pick(NAMES), member]));
}

/** Each place of a document with its pointer, written down independently of how pointers are read. */
function* placesOf(value: JsonValue, pointer = ""): Generator<[string, JsonValue]> {
  yield [pointer, value];
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries<JsonValue>(value)) {
    yield* placesOf(member, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  }
}

function pointer(): string {
  return Array.from(
    { length: random.int(4) },
    () => `/${random.pick(NAMES).replaceAll("~", "~0").replaceAll("/", "~1")}`,
  ).join("");
}

function operator(): Record<string, JsonValue> {
  switch (random.int(6)) {
    case 0:
      return { equals: document(1) };
    case 1:
      return { oneOf: [document(0), document(0)] };
    case 2:
      return { pattern: random.pick(["^a$", "^.*$", "^P.*D$", "^[0-9]+$"]) };
    case 3:
      return { minimum: random.int(3) - 1 };
    case 4:
      return { maximum: random.int(3) - 1 };
    default:
      return { exists: random.int(2) === 0 };
  }
}

function read<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (thrown) {
    if (thrown instanceof MalformedError) return undefined;
    throw thrown;
  }
}

function holdsNullOrLarge(value: JsonValue): boolean {
  const members = isJsonObject(value) || Array.isArray(value) ? (Object.values(value) as JsonValue[]) : [];
  return value === null || (typeof value === "number" && Math.abs(value) >= 2 ** 53) || members.some(holdsNullOrLarge);
}

describe(`constraints on random documents (VERIFY_SEED=${random.seed})`, () => {
  it("valueAt finds what stands at each place, and nothing that does not stand in the document", () => {
    for (let round = 0; round < 1000; round += 1) {
      const value = document(3);
      const places = new Map(placesOf(value));
      for (const [place, member] of places) expect(valueAt(value, place)).toBe(member);
      const anywhere = pointer();
      expect(valueAt(value, anywhere)).toBe(places.get(anywhere));
    }
  });

  it("parsePointer keeps names apart", () => {
    for (let round = 0; round < 1000; round += 1) {
      const [left, right] = [pointer(), pointer()];
      expect(isDeepStrictEqual(parsePointer(left), parsePointer(right))).toBe(left === right);
    }
  });

  it("isSameJson tells values apart as their texts do, once large numbers are left out", () => {
    let same = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const [left, right] = [document(2), document(2)];
      const isSame = isSameJson(left, right);
      const isLarge = JSON.stringify(left).includes("9007199254740");
      const isWanted = isDeepStrictEqual(left, right) && !isLarge;
      if (isSame !== isWanted || isSameJson(right, left) !== isWanted) {
        throw new Error(`they differ on ${JSON.stringify([left, right])}`);
      }
      same += isSame ? 1 : 0;
    }
    expect(same).toBeGreaterThan(500);
  });

  it("equals is met by the value itself wherever it stands, and refused when it cannot be compared", () => {
    for (let round = 0; round < 1000; round += 1) {
      const value = document(3);
      for (const [place, member] of placesOf(value)) {
        const wanted = read(() => constraint({ pointer: place, equals: member }));
        expect(wanted === undefined).toBe(holdsNullOrLarge(member));
        if (wanted !== undefined) expect(unmetByPredicate(wanted, value)).toBeUndefined();
      }
    }
  });

  it("no operator but exists: false is met by what is absent or null", () => {
    for (let round = 0; round < 1000; round += 1) {
      const wanted = read(() => constraint({ pointer: "/a", ...operator() }));
      if (wanted === undefined) continue;
      const isAbsence = "exists" in wanted && !wanted.exists;
      expect(unmetByPredicate(wanted, {}) === undefined).toBe(isAbsence);
      expect(unmetByPredicate(wanted, { a: null })).toBeDefined();
    }
  });

  it("constraints that a document meets together are never called contradictory", () => {
    let met = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const value = { a: document(1) };
      const constraints = Array.from({ length: 3 }, () =>
        read(() => constraint({ pointer: random.pick(["/a", "/a", "", "/a/a"]), ...operator() })),
      ).filter((read): read is Constraint => read !== undefined);
      if (constraints.some((wanted) => unmetByPredicate(wanted, value) !== undefined)) continue;
      met += 1;
      expect(() => {
        checkConstraintsAgree(constraints);
      }).not.toThrow();
    }
    expect(met).toBeGreaterThan(100);
  });
});
