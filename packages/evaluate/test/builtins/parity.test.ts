import { describe, expect, it } from "@jest/globals";

import { loadRules, opaEval } from "../support/policy.ts";
import { createRandom } from "../support/random.ts";
import type { Random } from "../support/random.ts";

const CASES = 2000;

/** Asks our host and stock OPA for one expression over all cases; a case without an answer is "undefined" on both. */
async function expectSame(expression: string, cases: readonly Record<string, unknown>[]): Promise<void> {
  const rules = `
@answers := [answer(c) | some c in input.cases]

answer(c) := {"value": value} if {
	value := ${expression}
} else := "undefined"
`;
  const ours = (await loadRules(rules)).decide({ cases }, "t/answers").value as unknown[];
  const theirs = (await opaEval(rules, "answers", { cases })) as unknown[];
  const paired = (answers: readonly unknown[]) => cases.map((item, index) => ({ item, answer: answers[index] }));
  expect(paired(ours)).toEqual(paired(theirs));
  // A table on which nothing, or everything, is undefined would show little.
  const undefinedShare = theirs.filter((answer) => answer === "undefined").length / theirs.length;
  expect(undefinedShare).toBeLessThan(0.98);
}

function list(random: Random, make: (random: Random) => Record<string, unknown>): Record<string, unknown>[] {
  return Array.from({ length: CASES }, () => make(random));
}

const two = (value: number): string => String(value).padStart(2, "0");

function dateTime(random: Random): string {
  const year = random.pick([String(1600 + random.int(800)), "2024", "1970", "1677", "2262", "0000", "9999", "-024"]);
  const date = `${year}-${two(1 + random.int(12))}-${two(random.int(32))}`;
  const time = `${two(random.int(25))}:${two(random.int(61))}:${two(random.int(61))}`;
  const fraction = random.chance(0.5) ? "" : random.pick([".", ","]) + "0123456789".repeat(2).slice(random.int(15));
  const hours = two(random.int(25));
  const zone = random.pick(["Z", "Z", "z", `+${hours}:30`, `-${hours}:00`, `+${hours}00`, ""]);
  return date + random.pick(["T", "T", "T", "T", " "]) + time + fraction + zone;
}

function duration(random: Random): string {
  const units = ["ns", "us", "µs", "ms", "s", "m", "h", "d", "w", "y", "x", ""];
  const numbers = ["0", "1", "1.5", ".25", "5.", "300", "1.2.3", "9223372036854775807", "0.000000123"];
  const parts = Array.from({ length: 1 + random.int(3) }, () => random.pick(numbers) + random.pick(units));
  return random.pick(["", "", "-", "+"]) + parts.join("");
}

// Zones whose rules are the same in every tz database of the last years; hosts differ in how new theirs is.
const ZONES = [
  "",
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Nowhere/Land",
  "utc",
];

function instant(random: Random): unknown {
  const nanoseconds = random.chance(0.7)
    ? (random.int(2_200_000_000) - 100_000_000) * 1e9
    : random.pick([0, -1, 1.5, 1e18, 1e19, 9e18, -9.2e18, 123_456_789_012_345]);
  return random.pick([
    nanoseconds,
    [nanoseconds],
    [nanoseconds, random.pick(ZONES)],
    [nanoseconds, random.pick(ZONES)],
    [],
  ]);
}

const LAYOUT_PARTS = [
  ["2006", "2024", "1969"],
  ["06", "24", "+5"],
  ["Jan", "feb", "Dec"],
  ["January", "march"],
  ["01", "12", "13"],
  ["1", "7", "07"],
  ["_2", " 9", "31"],
  ["02", "05", "30"],
  ["002", "060", "366"],
  ["Mon", "Tue", "xyz"],
  ["Monday", "sunday"],
  ["15", "23", "5", "24"],
  ["03", "11", "12"],
  ["PM", "AM", "PM", "pm"],
  ["04", "59", "60"],
  ["05", "07", "07.5", "07,123456789012"],
  [".000", ".123", ".12"],
  [".999", ".1", ""],
  ["-0700", "+0130", "-2400", "0100"],
  ["Z07:00", "Z", "+02:00", "-25:00"],
  ["MST", "UTC", "GMT+3", "CET", "ABCDEF"],
] as const;

function layoutAndValue(random: Random): Record<string, unknown> {
  const parts = Array.from({ length: 1 + random.int(5) }, () => {
    const [layout, ...values] = random.pick(LAYOUT_PARTS);
    return { layout, value: random.pick(values), separator: random.pick([" ", "-", ":", "T", ""]) };
  });
  const join = (key: "layout" | "value") => parts.map((part) => part[key] + part.separator).join("");
  return { layout: join("layout"), value: join("value") };
}

function formatOperand(random: Random): Record<string, unknown> {
  const parts = Array.from(
    { length: 1 + random.int(6) },
    () => random.pick(LAYOUT_PARTS)[0] + random.pick([" ", "", "/"]),
  );
  const layout = random.chance(0.2) ? random.pick(["", "RFC1123", "RFC3339", "RubyDate", "ANSIC"]) : parts.join("");
  const seconds = random.int(4_000_000_000) - 1_000_000_000;
  // Abbreviations other than UTC are refused here.
  const zone = /MST|RFC1123$/.test(layout) ? "UTC" : random.pick(ZONES);
  return { at: [seconds * 1e9 + random.int(4) * 256e6, zone, layout] };
}

const ARGUMENTS = [
  ...[0, 1, -1, 42, 255, -255, 1e6, 2 ** 53, 1.5, -2.5, 0.1, 2.345, 1e21, 1.5e300, 5e-324, 123456.789],
  ...["", "a", "héllo", 'tab\t"q"\\', "😀", "\u0007\u00ad", "`x`", true, false, null],
  ...[[], [1, "a", [null, 2.5]], {}, { b: 1, a: [true], é: "x\n" }],
];

function directive(random: Random): string {
  const flag = () => random.pick(["", "", "#", "0", "+", "-", " "]);
  const index = random.chance(0.1) ? random.pick(["[1]", "[2]", "[9]", "[x]"]) : "";
  const width = random.pick(["", "", "", String(random.int(12)), "*"]);
  const precision = random.pick(["", "", "", ".", `.${random.int(12)}`, ".*"]);
  return `%${flag()}${flag()}${index}${width}${precision}${random.pick(Array.from("vdsfFgGeExXoObcqUtTz%!"))}`;
}

function formatAndArguments(random: Random): Record<string, unknown> {
  const count = 1 + random.int(3);
  const format = Array.from({ length: count }, () => `${random.pick(["", "x=", "é "])}${directive(random)}`).join("");
  return { format, args: Array.from({ length: count + random.int(2) }, () => random.pick(ARGUMENTS)) };
}

const TEXTS = ["", "a", "aa", "ab", "aaa", "a/b/c", "/", "é", "éé", "😀", "x😀y", "b"];

function texts(random: Random): unknown {
  const some = Array.from({ length: random.int(4) }, () => random.pick<unknown>(TEXTS));
  return random.pick([random.pick(TEXTS), some, [...some, random.pick<unknown>([1, "c"])], null]);
}

function splitOperands(random: Random): Record<string, unknown> {
  return { x: random.pick(TEXTS), d: random.pick(TEXTS), n: random.pick([0, 1, 2, -1, -2, 5, -5, 1.5, 9e15]) };
}

const random = createRandom();

// Numbers of nanoseconds go through json.marshal: as text they are compared to the last digit.
describe(`builtins beside stock OPA, on ${CASES} random operands each (PARITY_SEED=${random.seed})`, () => {
  it.each<[string, string, (random: Random) => Record<string, unknown>]>([
    ["time.parse_rfc3339_ns", "json.marshal(time.parse_rfc3339_ns(c.text))", (r) => ({ text: dateTime(r) })],
    ["time.parse_ns", "json.marshal(time.parse_ns(c.layout, c.value))", layoutAndValue],
    ["time.parse_duration_ns", "json.marshal(time.parse_duration_ns(c.text))", (r) => ({ text: duration(r) })],
    ["time.date", "time.date(c.at)", (r) => ({ at: instant(r) })],
    ["time.clock", "time.clock(c.at)", (r) => ({ at: instant(r) })],
    ["time.weekday", "time.weekday(c.at)", (r) => ({ at: instant(r) })],
    ["time.format", "time.format(c.at)", formatOperand],
    [
      "time.add_date",
      "json.marshal(time.add_date(c.at, c.y, c.m, c.d))",
      (r) => ({ at: instant(r), y: r.int(9) - 4, m: r.pick([r.int(60) - 30, 1.5]), d: r.int(200) - 100 }),
    ],
    ["time.diff", "time.diff(c.from, c.to)", (r) => ({ from: instant(r), to: instant(r) })],
    ["indexof_n", "indexof_n(c.x, c.d)", splitOperands],
    ["strings.count", "strings.count(c.x, c.d)", splitOperands],
    ["strings.split_n", "strings.split_n(c.x, c.d, c.n)", splitOperands],
    ["strings.any_prefix_match", "strings.any_prefix_match(c.a, c.b)", (r) => ({ a: texts(r), b: texts(r) })],
    ["strings.any_suffix_match", "strings.any_suffix_match(c.a, c.b)", (r) => ({ a: texts(r), b: texts(r) })],
    ["sprintf", "sprintf(c.format, c.args)", formatAndArguments],
  ])("%s", async (_name, expression, make) => {
    await expectSame(expression, list(random, make));
  });
});
