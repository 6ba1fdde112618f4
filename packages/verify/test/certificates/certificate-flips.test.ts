import { describe, expect, it } from "@jest/globals";
import { readSigningCertificate, verifySigningCertificate } from "../../src/certificates/certificates.ts";
import { verifyScts } from "../../src/certificates/scts.ts";
import { parseTrustedRoot } from "../../src/index.ts";
import { leaf, NOW, rootJson } from "../support/world.ts";

const { certificateAuthorities, ctLogs } = parseTrustedRoot(JSON.stringify(rootJson()));
const good = leaf();

/** Whether the certificate leads to its authority and was promised to its log. */
function isProven(der: Uint8Array): boolean {
  try {
    const certificate = readSigningCertificate(der);
    const [, issuer] = verifySigningCertificate(certificate, [], certificateAuthorities, [NOW]);
    verifyScts(certificate, issuer ?? certificate, ctLogs);
    return true;
  } catch {
    return false;
  }
}

describe("a signing certificate", () => {
  it("when one bit of it is flipped is never proven", () => {
    expect(isProven(good)).toBe(true);
    const accepted: string[] = [];
    for (let index = 0; index < good.length * 8; index += 1) {
      const copy = Buffer.from(good);
      copy[index >> 3] = (copy[index >> 3] ?? 0) ^ (1 << (index & 7));
      if (isProven(copy)) accepted.push(`byte ${index >> 3}, bit ${index & 7}`);
    }
    expect(accepted).toEqual([]);
  });
});
