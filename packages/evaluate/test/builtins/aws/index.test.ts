import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import { RegoDecimal, RegoObject } from "../../../src/values/values.ts";
import type { RegoEntry, RegoValue } from "../../../src/values/values.ts";
import { call, opaAnswers, ourAnswers } from "../../support/builtins.ts";
import type { Call } from "../../support/builtins.ts";
import { createRandom } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";

const SIGN = "providers.aws.sign_req";
const CASES = 800;
const TIME = 1_780_315_200_000_000_000n;

/** Later entries win; undefined takes one away. */
function objectOf(...entries: readonly (readonly [string, RegoValue | undefined])[]): RegoObject {
  const kept = [...new Map(entries)].filter((entry): entry is [string, RegoValue] => entry[1] !== undefined);
  return new RegoObject(kept);
}

const config = (...entries: readonly (readonly [string, RegoValue | undefined])[]): RegoObject =>
  objectOf(
    ["aws_service", "s3"],
    ["aws_region", "r"],
    ["aws_access_key", "key"],
    ["aws_secret_access_key", "secret"],
    ...entries,
  );
const request = (...entries: readonly (readonly [string, RegoValue | undefined])[]): RegoObject =>
  objectOf(["method", "get"], ["url", "https://example.com"], ...entries);

describe("providers.aws.sign_req", () => {
  it("adds the headers that sign the request, and leaves the others", async () => {
    const signed = await call(SIGN, request(["headers", objectOf(["foo", "bar"])]), config(), TIME);
    const headers = (signed as RegoObject).entries.find(([name]) => name === "headers")?.[1] as RegoObject;
    expect(headers.entries.map(([name]) => name)).toEqual([
      "Authorization",
      "foo",
      "host",
      "x-amz-content-sha256",
      "x-amz-date",
    ]);
  });

  it.each<[string, RegoValue, RegoValue, RegoValue]>([
    ["a request that is no object", "x", config(), TIME],
    ["a configuration that is no object", request(), [], TIME],
    ["no method", request(["method", undefined]), config(), TIME],
    ["a method that is no string", request(["method", 1n]), config(), TIME],
    ["no address", request(["url", undefined]), config(), TIME],
    ["an address that does not parse", request(["url", "http://[::1"]), config(), TIME],
    ["headers that are no object", request(["headers", null]), config(), TIME],
    ["a member that no request has", request(["verb", "get"]), config(), TIME],
    ["no service", request(), config(["aws_service", undefined]), TIME],
    ["no region", request(), config(["aws_region", undefined]), TIME],
    ["no access key", request(), config(["aws_access_key", undefined]), TIME],
    ["a secret that is no string", request(), config(["aws_secret_access_key", 1n]), TIME],
    ["a switch that is no boolean", request(), config(["disable_payload_signing", null]), TIME],
    ["a time that is no number", request(), config(), "now"],
    ["a time with a fraction", request(), config(), new RegoDecimal("1.5")],
    ["a time of more than 64 bits", request(), config(), 2n ** 63n],
  ])("refuses %s", async (_what, ...operands) => {
    await expect(call(SIGN, ...operands)).rejects.toThrow(BuiltinError);
  });
});

const URLS = [
  ...["https://example.com", "http://example.com/a b?x=1&y", "https://u:p@Example.com:8080/%41%2fb/é?q=é#f", "/rel"],
  ...[
    "x:opaque",
    "http://[::1]/",
    "http://a/%zz",
    "https://e.com/*",
    "*",
    "",
    "https://e.com?",
    "https://e.com/%ff%FF",
  ],
  ...["https://e.com/a+b;c=d,(e)!'", "https://e.com/[x]", "//host/p", "https://e.com/{a}|b^"],
];
// No two of them fall together in small letters: which one wins is then up to chance in OPA.
const HEADERS = [
  "Foo",
  "X-B",
  "Authorization",
  "user-agent",
  "Host",
  "X-Amzn-Trace-Id",
  "ÄÖ",
  "İ",
  "ΑΣ",
  " s ",
  "x-amz-date",
];

function randomCall(random: Random): Call {
  const maybe = (probability: number, name: string, values: readonly RegoValue[]): RegoEntry[] =>
    random.chance(probability) ? [[name, random.pick(values)]] : [];
  const headers = HEADERS.flatMap((name) => maybe(0.2, name, ["v", " v  w ", "", 1n, null, ["a"], "é"]));
  const body = [objectOf(["a", "<b>"], ["c", [1n, new RegoDecimal("2.50")]]), "text", null, 1n, [], "\u2028"];
  const entries: RegoEntry[] = [
    ["method", random.pick(["GET", "post", "", "PÜT"])],
    ["url", random.pick(URLS)],
    ["headers", new RegoObject(headers)],
    ...maybe(0.4, "body", body),
    ...maybe(0.2, "raw_body", ["raw", "", 1n, null, "é"]),
  ];
  const options: RegoEntry[] = [
    ...maybe(0.4, "aws_session_token", ["token", "", 1n]),
    ...maybe(0.4, "disable_payload_signing", [true, false, "x"]),
  ];
  const settings = config(["aws_service", random.pick(["s3", "ec2", "glacier", ""])]).entries;
  return [
    SIGN,
    new RegoObject(entries),
    new RegoObject([...settings, ...options]),
    random.pick([TIME, 0n, -1n, -5n * 10n ** 18n]),
  ];
}

const random = createRandom();

describe(`providers.aws.sign_req beside stock OPA, on ${CASES} requests (PARITY_SEED=${random.seed})`, () => {
  it("signs alike", async () => {
    const calls = Array.from({ length: CASES }, () => randomCall(random));
    const theirs = await opaAnswers(calls);
    expect(await ourAnswers(calls)).toEqual(theirs);
    expect(theirs.filter((answer) => answer === "undefined").length).toBeLessThan(CASES / 2);
  });
});
