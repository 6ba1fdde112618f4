import { URI_BUILTINS } from "../../src/builtins/uri/index.ts";
import { UUID_BUILTINS } from "../../src/builtins/uuid/index.ts";
import { describeParity } from "../support/beside-opa.ts";
import { joined, some } from "../support/random.ts";
import type { Random } from "../support/random.ts";

const URL_PARTS = [
  ...[
    "http",
    "https",
    "ftp",
    "a+b",
    "1x",
    "://",
    "//",
    "///",
    ":",
    "/",
    "?",
    "#",
    "@",
    "[",
    "]",
    "%",
    "%2",
    "%2F",
    "%41",
    "%zz",
  ],
  ...[
    "a",
    "B",
    "é",
    "example.com",
    "127.0.0.1",
    "[::1]",
    "[fe80::1%25en0]",
    "[1.2.3.4]",
    ":80",
    ":x",
    ":",
    "user:pw@",
    "*",
    ".",
  ],
  ...[
    "a=b",
    "&",
    ";",
    "+",
    " ",
    "%25",
    "%E9",
    "%c3%a9",
    "%ff",
    "~",
    "!",
    "'",
    "(",
    "<",
    '"',
    "|",
    "\\",
    "^",
    "`",
    "\u007f",
    "\u0001",
    ",",
  ],
];

function url(random: Random): string {
  const start = random.chance(0.6)
    ? random.pick(["http://", "https://", "ftp://", "//", "mailto:", "/", "HTTP://"])
    : "";
  return start + joined(random, 7, URL_PARTS);
}

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick(Array.from("0123456789abcdefABCDEF"))).join("");
}

function uuid(random: Random): string {
  const third = random.pick(["1", "2", "4", "0", "f", "6", "7"]) + hex(random, 3);
  const id = [hex(random, 8), hex(random, 4), third, hex(random, 4), hex(random, 12)].join("-");
  const forms = [
    id,
    id,
    `urn:uuid:${id}`,
    `URN:UUID:${id}`,
    `{${id}}`,
    `[${id}é`,
    id.replaceAll("-", ""),
    `${id}x`,
    id.slice(1),
    `g${id.slice(1)}`,
    `xy${id}`,
  ];
  return random.pick(forms);
}

describeParity("URLs and UUIDs", [
  ["uri.parse", URI_BUILTINS, (r) => [url(r)]],
  ["uri.is_valid", URI_BUILTINS, (r) => [r.chance(0.98) ? url(r) : 1]],
  ["urlquery.encode", URI_BUILTINS, (r) => [joined(r, 6, URL_PARTS)]],
  [
    "urlquery.decode",
    URI_BUILTINS,
    (r) => [joined(r, 5, [...URL_PARTS, "%e2%82", "%f0%9f%98%80", "%ed%a0%80", "%c0%80"])],
  ],
  [
    "urlquery.decode_object",
    URI_BUILTINS,
    (r) => [joined(r, 6, ["a=", "b=", "a", "&", "=", "1", "%20", "+", "é", ";", "%x", "%C3%A9"])],
  ],
  [
    "urlquery.encode_object",
    URI_BUILTINS,
    (r) => [
      Object.fromEntries(
        some(
          r,
          4,
          (one) =>
            [
              joined(one, 2, URL_PARTS),
              one.pick<unknown>(["x y", ["é", "/"], [], one.pick<unknown>(["", 1, ["a", 1]])]),
            ] as const,
        ),
      ),
    ],
  ],
  ["uuid.parse", UUID_BUILTINS, (r) => [uuid(r)]],
]);
