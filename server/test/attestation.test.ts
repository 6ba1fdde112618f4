import { describe, expect, it } from "@jest/globals";
import { toHeaderValue } from "../src/attestation.ts";
import type { Attestation } from "../src/attestation.ts";

function attestationOf(text: string): Attestation {
  const stamp = { dev: 0n, ino: 0n, size: 0n, mtimeNs: 0n, ctimeNs: 0n };
  return { stamp, bytes: Buffer.from(text), claimed: undefined, problem: undefined };
}

describe("toHeaderValue", () => {
  it("returns the same JSON on one line", () => {
    expect(toHeaderValue(attestationOf('{\n  "a": [1,\r\n "b"]\n}\n'))).toBe('{"a":[1,"b"]}');
  });

  it("returns printable ASCII for any text", () => {
    const value = toHeaderValue(attestationOf('{"a":"é\u007f😀"}')) ?? "";
    expect(value).toMatch(/^[ -~]+$/);
    expect(JSON.parse(value)).toEqual({ a: "é\u007f😀" });
  });

  it("returns undefined beyond 12 KiB", () => {
    const overhead = '{"a":""}'.length;
    const ofSize = (size: number): Attestation => attestationOf(`{"a":"${"x".repeat(size - overhead)}"}`);
    expect(toHeaderValue(ofSize(12 * 1024))).toHaveLength(12 * 1024);
    expect(toHeaderValue(ofSize(12 * 1024 + 1))).toBeUndefined();
  });
});
