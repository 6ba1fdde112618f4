import { describe, expect, it } from "@jest/globals";
import { preAuthEncoding } from "../src/envelope.ts";

const encoded = (payloadType: string, payload: Buffer) => Buffer.from(preAuthEncoding({ payloadType, payload }));

describe("preAuthEncoding", () => {
  it("gives the bytes of the DSSE protocol's own example", () => {
    expect(encoded("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
  });

  it("counts bytes, not characters, and takes any payload", () => {
    expect(encoded("ü", Buffer.from([0, 255]))).toEqual(
      Buffer.concat([Buffer.from("DSSEv1 2 ü 2 "), Buffer.from([0, 255])]),
    );
  });

  it("never gives the same bytes for another split of the same text", () => {
    expect(encoded("a b", Buffer.from("c"))).not.toEqual(encoded("a", Buffer.from("b c")));
  });
});
