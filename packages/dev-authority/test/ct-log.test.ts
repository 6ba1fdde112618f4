import { createHash, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { logIdOf, sctExtension } from "../src/ct-log.ts";
import { readElements } from "../src/der-reader.ts";

const log = generateKeyPairSync("ec", { namedCurve: "P-256" });
const issuer = generateKeyPairSync("ec", { namedCurve: "P-256" });
const now = new Date("2026-11-20T07:08:09.123Z");

/** The SCT in the extension, without the framing around it. */
function sctOf(extension: Uint8Array): Buffer {
  const [whole] = readElements(extension);
  const [, value] = readElements(whole?.content ?? Buffer.alloc(0));
  const [list] = readElements(value?.content ?? Buffer.alloc(0));
  const framed = Buffer.from(list?.content ?? []);
  expect(framed.readUInt16BE(0)).toBe(framed.length - 2);
  expect(framed.readUInt16BE(2)).toBe(framed.length - 4);
  return framed.subarray(4);
}

describe("sctExtension", () => {
  const tbs = Buffer.from("anything");
  const sct = sctOf(sctExtension({ tbs, issuerKey: issuer.publicKey }, log.privateKey, now));

  it("names the log and the millisecond", () => {
    expect(sct[0]).toBe(0);
    expect(sct.subarray(1, 33)).toEqual(logIdOf(log.publicKey));
    expect(sct.readBigUInt64BE(33)).toBe(BigInt(now.getTime()));
  });

  it("is the log's signature over the precertificate and its issuer's key (RFC 6962, 3.2)", () => {
    const issuerHash = createHash("sha256")
      .update(issuer.publicKey.export({ format: "der", type: "spki" }))
      .digest();
    const length = Buffer.from([0, 0, tbs.length]);
    const signed = Buffer.concat([
      Buffer.from([0, 0]),
      sct.subarray(33, 41),
      Buffer.from([0, 1]),
      issuerHash,
      length,
      tbs,
      Buffer.from([0, 0]),
    ]);
    expect(sct.subarray(41, 45).toString("hex")).toBe("00000403");
    expect(sct.readUInt16BE(45)).toBe(sct.length - 47);
    expect(verify("sha256", signed, log.publicKey, sct.subarray(47))).toBe(true);
  });
});
