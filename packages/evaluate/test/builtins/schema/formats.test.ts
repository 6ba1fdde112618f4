import { describe, expect, it } from "@jest/globals";

import { parseJsonValue } from "../../../src/builtins/encoding/go-json-parse.ts";
import { FORMATS } from "../../../src/builtins/schema/formats.ts";
import { opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";

const TEXTS = [
  ...["", "a", "2024-02-29", "2023-02-29", "0000-01-01", "2024-1-1", "12:00:00", "5:04:05Z", "24:00:00", "12:60:00"],
  ...["12:00:00+24:60", "12:00:00+25:00", "12:00:00,5Z", "12:00:00.", "12:00:60", "2024-01-01T00:00:00Z"],
  ...["2024-01-01T5:00:00.5+01:00", "2024-01-01T00:00:00", "2024-01-01t00:00:00z", "2024-01-01 00:00:00Z"],
  ...[
    "a@b",
    "Ann <a@b.c>",
    '"x y"@b',
    '"" @b',
    '""@b',
    "a@[1.2.3.4]",
    "a@[x]",
    "a@[::1%e]",
    "a..b@c",
    ".a@b",
    "a.@b",
    "a@b.",
  ],
  ...[
    "g:a@b;",
    "g:a@b,c@d;",
    "g:;",
    "g:a@b",
    "a@b (c)",
    "(c) a@b",
    "a@b (c",
    "a@b (=?x?q?y?=)",
    "<a@b>",
    "<a@b",
    "é@é.é",
  ],
  ...[
    "=?utf-8?q?x?= <a@b>",
    "=?foo?q?x?= <a@b>",
    "A =?foo?q?x?= <a@b>",
    "A (c) B <a@b>",
    'A "q" <a@b>',
    "A B",
    "a @b",
    "a@ b",
  ],
  ...[
    "1.2.3.4",
    "01.2.3.4",
    "1.2.3",
    "::1",
    "::ffff:1.2.3.4",
    "fe80::1%eth0",
    "1::2::3",
    "localhost",
    "a-b.c-d",
    "-a.b",
    "a-.b",
  ],
  ...[
    "http://a/b",
    "http://[::1]:80/x",
    "//a/b",
    "a:b",
    "%zz",
    "http://a/{x}",
    "{x",
    "/{a}{b",
    "x\\y",
    "http://a b",
    ":x",
    "?q",
    "http://a:b",
  ],
  ...[
    "/a/~0b",
    "/a/~2",
    "a/b",
    "0#",
    "0",
    "1/a",
    "01/a",
    "-1",
    "123e4567-e89b-12d3-a456-426614174000",
    "123E4567-E89B-12D3-A456-42661417400g",
  ],
  ...["^a(b|c)*$", "a(?=b)", "(", "\\d+", "[a", "\n", "a\n"],
];

describe("formats", () => {
  it(`are those of stock OPA on ${TEXTS.length} texts`, async () => {
    const calls: Call[] = [...FORMATS.keys(), "unknown"].flatMap((format) =>
      TEXTS.map((text): Call => ["json.match_schema", [text], parseJsonValue(`{"items":{"format":"${format}"}}`)]),
    );
    const name = ([, document, schema]: Call): string => JSON.stringify([document, schema]);
    const [ours, theirs] = [await ourAnswers(calls), await opaAnswers(calls)];
    expect(calls.map((call, index) => [name(call), ours[index]])).toEqual(
      calls.map((call, index) => [name(call), theirs[index]]),
    );
  });
});
