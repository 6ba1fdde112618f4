import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { CA_NAMES } from "../src/certificate-authority.ts";
import { readElements } from "../src/der-reader.ts";
import { createState } from "../src/state.ts";
import { createTimestamp } from "../src/timestamp-authority.ts";

const now = new Date("2026-11-20T07:08:09.987Z");
const { keys, certificates } = createState(now);
const signer = { key: keys.tsa, certificate: certificates.tsa, issuerName: CA_NAMES.tsaRoot };
const hash = createHash("sha256").update("signature").digest();
const request = { algorithm: "sha256", hash, withCertificate: false } as const;

describe("createTimestamp", () => {
  const response = createTimestamp(request, signer, now);

  it("is granted, over the hash, at a whole second", () => {
    const [whole] = readElements(response);
    const [status, token] = readElements(whole?.content ?? Buffer.alloc(0));
    expect(Buffer.from(status?.content ?? []).toString("hex")).toBe("020100");
    expect(token?.tag).toBe(0x30);
    expect(response.includes(hash)).toBe(true);
    expect(response.includes("20261120070809Z")).toBe(true);
  });

  it("brings the certificate only when asked, and the nonce when there is one", () => {
    expect(response.includes(Buffer.from(certificates.tsa))).toBe(false);
    const nonce = Buffer.from("0badcafe", "hex");
    const full = createTimestamp({ ...request, withCertificate: true, nonce }, signer, now);
    expect(full.includes(Buffer.from(certificates.tsa))).toBe(true);
    expect(full.includes(Buffer.concat([Buffer.from([2, 4]), nonce]))).toBe(true);
  });

  it("never has the same serial number twice", () => {
    expect(createTimestamp(request, signer, now).equals(response)).toBe(false);
  });
});
