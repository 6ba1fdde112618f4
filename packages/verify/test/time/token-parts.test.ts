import { describe, expect, it } from "@jest/globals";
import { childrenOf, readDer } from "../../src/encoding/der.ts";
import { MalformedError } from "../../src/encoding/malformed.ts";
import { parseTimestampResponse } from "../../src/time/timestamp-token.ts";
import { der, integer, nothing, sequence, utf8 } from "../support/asn1.ts";
import { token } from "../support/world.ts";

const good = token(Buffer.from("a signature"));

/** The value with something behind what stands at the path of places, whose tags stay. */
function longer(value: Buffer, [place, ...path]: readonly number[], more: Buffer): Buffer {
  const { tag } = readDer(value);
  const parts = childrenOf(readDer(value)).map(({ raw }) => raw);
  if (place === undefined) return der(tag, ...parts, more);
  return der(tag, ...parts.map((part, index) => (index === place ? longer(part, path, more) : part)));
}

describe("parseTimestampResponse", () => {
  it("when it is put together again from its parts reads it", () => {
    const [status = nothing(), signed = nothing()] = childrenOf(readDer(good)).map(({ raw }) => raw);
    expect(parseTimestampResponse(sequence(status, signed))).toEqual(parseTimestampResponse(good));
  });

  it.each<[string, readonly number[], Buffer]>([
    ["has something behind the token", [], nothing()],
    ["has a note beside its status", [0], utf8("a note")],
    ["has something behind its signers", [1, 1, 0], nothing()],
    ["has something behind its content", [1, 1, 0, 2], nothing()],
    ["has something behind its signer's signature", [1, 1, 0, 3, 0], integer(1)],
  ])("when it %s throws", (_, path, more) => {
    expect(() => parseTimestampResponse(longer(good, path, more))).toThrow(MalformedError);
  });
});
