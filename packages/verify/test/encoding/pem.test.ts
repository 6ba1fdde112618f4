import { describe, expect, it } from "@jest/globals";
import { decodePem } from "../../src/encoding/pem.ts";

const PEM = "-----BEGIN X-----\nAAAA\n-----END X-----";

describe("decodePem", () => {
  it.each(["", "\n", "\r\n", " \n", "\n\n"])("when %j stands behind the block reads it", (after) => {
    expect(decodePem(`${PEM}${after}`)).toEqual({ label: "X", der: Buffer.alloc(3) });
  });

  it.each(["\t", "\v", "\f", "\u00a0", "\ufeff", "x", PEM])("when %j stands behind the block throws", (after) => {
    expect(() => decodePem(`${PEM}\n${after}`)).toThrow();
  });
});
