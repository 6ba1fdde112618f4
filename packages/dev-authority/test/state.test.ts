import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createState, decodeState, encodeState } from "../src/state.ts";
import { codeOf } from "./support/folder.ts";

const now = new Date("2026-11-20T07:08:09.500Z");
const state = createState(now);
const other = createState(now);
const read = (text: string) => codeOf(() => decodeState(text, "authority.json"));

describe("createState", () => {
  it("is valid from this second for ten years", () => {
    expect(state.createdAt.toISOString()).toBe("2026-11-20T07:08:09.000Z");
    expect(state.expiresAt.toISOString()).toBe("2036-11-20T07:08:09.000Z");
  });

  it("makes chains that hold: the intermediate and the timestamp leaf by their roots, the roots by themselves", () => {
    const { root, intermediate, tsaRoot, tsa } = state.certificates;
    for (const [certificate, issuer] of [
      [intermediate, root],
      [root, root],
      [tsa, tsaRoot],
      [tsaRoot, tsaRoot],
    ] as const) {
      expect(new X509Certificate(certificate).checkIssued(new X509Certificate(issuer))).toBe(true);
      expect(new X509Certificate(certificate).verify(new X509Certificate(issuer).publicKey)).toBe(true);
    }
    expect([root, intermediate, tsaRoot, tsa].map((der) => new X509Certificate(der).ca)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("does not keep the roots' keys", () => {
    const roots = [state.certificates.root, state.certificates.tsaRoot].map((der) => new X509Certificate(der));
    for (const key of Object.values(state.keys)) {
      expect(roots.some((root) => root.checkPrivateKey(key))).toBe(false);
    }
  });
});

describe("decodeState", () => {
  it("reads back what was written", () => {
    expect(encodeState(decodeState(encodeState(state), "x"))).toBe(encodeState(state));
  });

  it("throws for every text that is cut short", async () => {
    const text = encodeState(state);
    for (const length of [0, 1, text.length / 2, text.length - 2, text.length - 1]) {
      expect(await read(text.slice(0, length))).toBe("AUTHORITY_INVALID");
    }
  });

  it("throws when anything is added, left out or of another form", async () => {
    const json = JSON.parse(encodeState(state)) as Record<string, object>;
    const print = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    expect(await read(print(json))).toBeUndefined();
    expect(await read(JSON.stringify(json))).toBe("AUTHORITY_INVALID");
    expect(await read(print({ ...json, extra: 1 }))).toBe("AUTHORITY_INVALID");
    expect(await read(print({ ...json, format: "another" }))).toBe("AUTHORITY_INVALID");
    expect(await read(print({ ...json, keys: { ...json["keys"], tsa: 5 } }))).toBe("AUTHORITY_INVALID");
    expect(await read(print({ ...json, createdAt: "yesterday" }))).toBe("AUTHORITY_INVALID");
    expect(await read(print(null))).toBe("AUTHORITY_INVALID");
  });

  const mixed = (part: Partial<Record<"keys" | "certificates", object>>): string =>
    encodeState({
      ...state,
      keys: { ...state.keys, ...part.keys },
      certificates: { ...state.certificates, ...part.certificates },
    });

  it.each([
    ["the intermediate's key", mixed({ keys: { intermediate: other.keys.intermediate } })],
    ["the timestamp key", mixed({ keys: { tsa: other.keys.tsa } })],
    ["the root", mixed({ certificates: { root: other.certificates.root } })],
    ["the timestamp root", mixed({ certificates: { tsaRoot: other.certificates.tsaRoot } })],
  ])("throws when %s is another authority's", async (_name, text) => {
    expect(await read(text)).toBe("AUTHORITY_INVALID");
  });
});
