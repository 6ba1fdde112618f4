import { describe, expect, it } from "@jest/globals";

import { URI_BUILTINS } from "../../../src/builtins/uri/index.ts";
import { RegoObject, RegoSet } from "../../../src/values/values.ts";
import { callBuiltin, toRego } from "../../support/values.ts";

const call = (name: string, operand: unknown) => callBuiltin(URI_BUILTINS[name], [operand]);

describe("uri.parse", () => {
  it.each<[string, Record<string, string>]>([
    ["", {}],
    ["*", { path: "*", raw_path: "*" }],
    [
      "HTTPS://me:p@ss@Example.com:8080/a%20b/%2F?q=1&r#f%20g",
      {
        ...{ scheme: "https", hostname: "Example.com", port: "8080", fragment: "f g" },
        ...{ path: "/a b//", raw_path: "/a%20b/%2F", raw_query: "q=1&r" },
      },
    ],
    ["http://[fe80::1%25en0]:80/", { scheme: "http", hostname: "fe80::1%en0", port: "80", path: "/", raw_path: "/" }],
    ["mailto:a@b.test", { scheme: "mailto" }],
    ["//host", { hostname: "host" }],
    ["///path", { path: "///path", raw_path: "///path" }],
    ["/a?", { path: "/a", raw_path: "/a" }],
    ["/a??", { path: "/a", raw_path: "/a", raw_query: "?" }],
    ["ftp://a:b:80", { scheme: "ftp", hostname: "a:b", port: "80" }],
    ["http://é.test", { scheme: "http", hostname: "é.test" }],
    ["/\u0085", { path: "/\u0085", raw_path: "/\u0085" }],
  ])("takes %j apart", (text, parts) => {
    expect(call("uri.parse", text)).toEqual(toRego(parts));
  });

  it.each([
    ...["http://a:b:80/", "http://a:x/", "http://[::1/", "http://x[::1]/", "http://[1.2.3.4]/", "http://[::1]x/", ":a"],
    ...[
      "http://a b/",
      "http://%41/",
      "http://a%2",
      "/%zz",
      "/\n",
      "/\u007f",
      "1a:b",
      "http://é@a/",
      "http://[fe80::1%25%41%2f]/",
    ],
    "#%",
  ])("has no answer for %j", (text) => {
    expect(call("uri.parse", text)).toBeUndefined();
    expect(call("uri.is_valid", text)).toBe(false);
  });

  it("has no answer for what is no text", () => {
    expect(call("uri.parse", 1)).toBeUndefined();
    expect(call("uri.is_valid", 1)).toBe(false);
    expect(call("uri.is_valid", "")).toBe(false);
    expect(call("uri.is_valid", "/x")).toBe(true);
  });
});

describe("urlquery.encode and urlquery.decode", () => {
  it.each([
    ["a b+c/é~", "a+b%2Bc%2F%C3%A9~"],
    ["😀", "%F0%9F%98%80"],
    ["", ""],
  ])("turn %j into %s and back", (text, encoded) => {
    expect(call("urlquery.encode", text)).toBe(encoded);
    expect(call("urlquery.decode", encoded)).toBe(text);
  });

  it("replace each byte that is no UTF-8", () => {
    expect(call("urlquery.decode", "a%ff%e2%82%e2%82%ac")).toBe("a\ufffd\ufffd\ufffd€");
    expect(call("urlquery.decode", "%ed%a0%80%c0")).toBe("\ufffd\ufffd\ufffd\ufffd");
  });

  it.each(["%", "%4", "%zz", "a%%"])("have no answer for %s", (text) => {
    expect(call("urlquery.decode", text)).toBeUndefined();
  });
});

describe("urlquery.encode_object", () => {
  it("sorts by key, and repeats it for a list or set", () => {
    const object = new RegoObject([
      ["b", new RegoSet(["2", "1"])],
      ["a c", "x&y"],
      ["d", []],
    ]);
    expect(call("urlquery.encode_object", object)).toBe("a+c=x%26y&b=1&b=2");
    expect(call("urlquery.encode_object", new RegoObject([[1n, "x"]]))).toBe("1=x");
  });

  it.each([{ a: 1 }, { a: [1] }, { a: null }, [], "a"])("has no answer for %j", (operand) => {
    expect(call("urlquery.encode_object", operand)).toBeUndefined();
  });
});

describe("urlquery.decode_object", () => {
  it("collects the values of a key", () => {
    expect(call("urlquery.decode_object", "a=1&&a=%20&b&=c&a+b=d=e")).toEqual(
      toRego({ a: ["1", " "], b: [""], "": ["c"], "a b": ["d=e"] }),
    );
  });

  it.each(["a;b", "%", "a=%", "&".repeat(10_000)])("has no answer for it: case %#", (text) => {
    expect(call("urlquery.decode_object", text)).toBeUndefined();
  });
});
