import { GRAPH_BUILTINS } from "../../src/builtins/graph/index.ts";
import { NET_BUILTINS } from "../../src/builtins/net/index.ts";
import { NUMBER_BUILTINS } from "../../src/builtins/numbers/index.ts";
import { SEMVER_BUILTINS } from "../../src/builtins/semver/index.ts";
import { UNIT_BUILTINS } from "../../src/builtins/units/index.ts";
import { RegoDecimal } from "../../src/values/values.ts";
import { describeParity } from "../support/beside-opa.ts";
import { joined, some } from "../support/random.ts";
import type { Random } from "../support/random.ts";

// Blocks close to each other, so that they meet; none of those that OPA crashes on.
function network(random: Random): string {
  const bits = random.pick([8, 16, 23, 24, 25, 26, 30, 31, 32]);
  if (random.chance(0.6)) return `10.${random.int(2)}.${random.int(4)}.${random.int(5) * 64}/${bits}`;
  return `20${random.int(2)}1:db8::${random.int(3)}:${random.int(5)}/${random.pick([16, 64, 96, 111, 112, 120, 127, 128])}`;
}

const ODD_ADDRESSES = [
  ...["0.0.0.0/0", "255.255.255.255/32", "10.0.0.1", "128.3.4.5", "223.1.1.1", "::/0", "ffff::/16", "::1", ""],
  ...[
    "010.0.0.1/8",
    "10.0.0/8",
    "10.0.0.256/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/+8",
    "10.0.0.0/08",
    "1.2.3.4/",
  ],
  ...["fe80::1%eth0/64", "fe80::1%eth0", "2001:db8:::/32", "1:2:3:4:5:6:7::/16", "1:2:3:4:5:6:7:8/16", "12345::/16"],
  ...["::1.2.3.4/120", "::ffff:1.2.3.4", "1::2::3/8", ":1::/8", "1:/8", "2001:DB8::/32", " 10.0.0.0/8", "10.0.0.0/8 "],
];

function anyNetwork(random: Random): string {
  return random.chance(0.85) ? network(random) : random.pick(ODD_ADDRESSES);
}

function matchOperand(random: Random): unknown {
  const list = some(random, 4, (r) =>
    r.chance(0.9) ? anyNetwork(r) : r.pick<unknown>([["10.0.0.0/8", "x"], [], 7, [7]]),
  );
  return random.pick<unknown>([list, list, Object.fromEntries(list.entries()), anyNetwork(random), 3]);
}

const IDENTIFIERS = ["0", "1", "10", "2", "a", "b", "rc", "-", "alpha-1", "99999999999999999999", "", "é", "A", "x y"];

function version(random: Random): string {
  const numbers = Array.from({ length: random.pick([3, 3, 3, 3, 2, 4]) }, () =>
    random.pick(
      ["0", "1", "2", "10", "01", "9223372036854775807", "9223372036854775808", "", "-1", "x"].slice(
        0,
        random.pick([4, 4, 10]),
      ),
    ),
  );
  const identifiers = IDENTIFIERS.slice(0, random.pick([9, 9, 14]));
  const tail = (mark: string) =>
    random.chance(0.5)
      ? ""
      : mark + Array.from({ length: 1 + random.int(3) }, () => random.pick(identifiers)).join(".");
  return random.pick(["", "", "", "v", "V", " "]) + numbers.join(".") + tail("-") + tail("+");
}

const AMOUNT_PARTS = [
  "0",
  "1",
  "5",
  "12",
  "999",
  ".",
  ".",
  "e",
  "E3",
  "e-2",
  "+",
  "-",
  "e12",
  "0.001",
  "123456789012345678901",
];
const UNITS = [
  "",
  "",
  "k",
  "K",
  "Ki",
  "ki",
  "kB",
  "KIB",
  "m",
  "M",
  "Mi",
  "mib",
  "g",
  "GB",
  "t",
  "Ti",
  "p",
  "PiB",
  "e",
  "Ei",
  "EB",
  "x",
  "é",
  "İ",
  "\u212a",
  "b",
  '"',
  " ",
];

/** Without the numbers of more digits than this host carries, on which it stops. */
function amount(random: Random): string {
  const text = anyAmount(random);
  return /[eE]\+?[0-9]{5,6}(?![0-9])/.test(text) ? amount(random) : text;
}

function anyAmount(random: Random): string {
  const number = random.chance(0.6)
    ? random.pick(["", "", "-", "+"]) +
      String(random.int(100_000)) +
      random.pick(["", ".5", ".123456789", ".000000000049", "e3", "e-7", "E19", "e-30", "e1234567"])
    : joined(random, 4, AMOUNT_PARTS);
  return number + random.pick(UNITS) + (random.chance(0.1) ? random.pick(UNITS) : "");
}

function graph(random: Random): Record<string, unknown> {
  const nodes = ["a", "b", "c", "d", "e"];
  const edges = (): unknown =>
    random.pick<unknown>([some(random, 3, () => random.pick([...nodes, "z"])), null, "a", {}]);
  return Object.fromEntries(nodes.slice(random.int(3)).map((node) => [node, edges()]));
}

function range(random: Random): unknown {
  return random.chance(0.8)
    ? random.int(60) - 20
    : random.pick<unknown>([
        600,
        1.5,
        new RegoDecimal("1.0"),
        new RegoDecimal("1e2"),
        new RegoDecimal("2.50e1"),
        "1",
        null,
      ]);
}

describeParity("pure builtins", [
  ["net.cidr_is_valid", NET_BUILTINS, (r) => [r.chance(0.5) ? anyNetwork(r) : r.pick<unknown>([...ODD_ADDRESSES, 1])]],
  [
    "net.cidr_expand",
    NET_BUILTINS,
    (r) => [
      r.pick([
        "10.0.0.7/30",
        "2001:db8::ff/124",
        "::ffff:10.0.0.0/126",
        "0:1::/128",
        ...ODD_ADDRESSES.filter((text) => !text.includes("/0") && !/[:/](?:8|16|32|64)$/.test(text)),
      ]),
    ],
  ],
  [
    "net.cidr_merge",
    NET_BUILTINS,
    (r) => [
      some(r, 6, (one) =>
        one.chance(0.97) ? network(one) : one.pick<unknown>([3, "x", "::1", "10.9.8.7", "10.0.0.0/8 "]),
      ),
    ],
  ],
  ["net.cidr_contains_matches", NET_BUILTINS, (r) => [matchOperand(r), matchOperand(r)]],
  ["semver.is_valid", SEMVER_BUILTINS, (r) => [r.chance(0.98) ? version(r) : 1]],
  ["semver.compare", SEMVER_BUILTINS, (r) => [version(r), version(r)]],
  ["units.parse", UNIT_BUILTINS, (r) => [amount(r)]],
  ["units.parse_bytes", UNIT_BUILTINS, (r) => [amount(r)]],
  [
    "graph.reachable_paths",
    GRAPH_BUILTINS,
    (r) => [graph(r), r.pick<unknown>([some(r, 3, () => r.pick(["a", "b", "c", "z"])), "a"])],
  ],
  ["numbers.range_step", NUMBER_BUILTINS, (r) => [range(r), range(r), r.chance(0.9) ? 1 + r.int(9) : range(r)]],
]);
