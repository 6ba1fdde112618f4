import { mutateBytes } from "./mutate-bytes.ts";
import { mutateDer } from "./mutate-der.ts";
import type { Random } from "./random.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values at which readers differ. */
const ODD: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  "",
  "0",
  "-1",
  "01",
  "9223372036854775808",
  "AAAA",
  "AA==",
  "a",
  "__proto__",
  "\u0000",
  "\u202e",
  [],
  {},
  [[]],
  "2026-01-02T03:04:05Z",
  "2026-02-30T00:00:00Z",
  "sha256:",
  "toString",
];

/** Changes a JSON document: a value somewhere in its tree, or now and then its bare text. */
export function mutateJson(source: Buffer, random: Random): Buffer {
  if (random.oneIn(4)) return mutateBytes(source, random);
  const root = JSON.parse(source.toString()) as Json;
  const holder: { root?: Json } = { root };
  for (let edits = 1 + random.below(2); edits > 0; edits -= 1) {
    const places = placesIn(holder);
    if (places.length === 0) break;
    const [parent, key] = random.pick(places);
    change(parent, key, random, holder);
  }
  const text = JSON.stringify(holder.root ?? null);
  return Buffer.from(random.oneIn(12) ? withKeyTwice(text, random) : text);
}

type Place = readonly [parent: Record<string, Json>, key: string];

/** Every place of the document that holds a value. Arrays are objects too. */
function placesIn(value: Json | { root?: Json }): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, Json>;
  return Object.entries(parent).flatMap(([key, inner]): Place[] => [[parent, key], ...placesIn(inner)]);
}

function change(parent: Record<string, Json>, key: string, random: Random, holder: { root?: Json }): void {
  const value = parent[key] ?? null;
  switch (random.below(8)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else Reflect.deleteProperty(parent, key);
      return;
    case 1:
      parent[key] = structuredClone(random.pick(ODD));
      return;
    case 2: {
      const [other, at] = random.pick(placesIn(holder));
      parent[key] = structuredClone(other[at] ?? null);
      return;
    }
    case 3:
      if (Array.isArray(value)) value.push(...structuredClone(value.slice(0, 1 + random.below(40))));
      else parent[`${key}${random.pick(["", "x", "\u0000"])}x`] = value;
      return;
    case 4:
      parent[key] = nested(value, 1 + random.below(80));
      return;
    default:
      parent[key] = typeof value === "string" ? mutateText(value, random) : structuredClone(random.pick(ODD));
  }
}

function nested(value: Json, depth: number): Json {
  let result = value;
  for (let level = 0; level < depth; level += 1) result = [result];
  return result;
}

/** Most long strings of these documents are DER in base64, some are JSON in base64. */
function mutateText(text: string, random: Random): string {
  if (!/^[A-Za-z0-9+/]{16,}=*$/.test(text) || random.oneIn(5)) return mutateBytes(Buffer.from(text), random).toString();
  const bytes = Buffer.from(text, "base64");
  const isJson = bytes[0] === 0x7b && isParsed(bytes);
  return (isJson ? mutateJson(bytes, random) : mutateDer(bytes, random)).toString("base64");
}

function isParsed(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

function withKeyTwice(text: string, random: Random): string {
  const keys = [...text.matchAll(/"[^"\\]*":/g)];
  const key = keys.length === 0 ? undefined : random.pick(keys);
  return key === undefined ? text : `${text.slice(0, key.index)}${key[0]}null,${text.slice(key.index)}`;
}
