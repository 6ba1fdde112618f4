import { describe, expect, it } from "@jest/globals";
import { keylessParties, selectWitnesses, signingConfigWitnesses } from "../../src/services/parties.ts";
import type { Selector, Service, SigningConfig } from "../../src/services/signing-config.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const identityProvider = { getToken: () => Promise.reject(new Error("not asked")) };

function service(url: string, change: Partial<Service> & { start?: string; end?: string } = {}): Service {
  const { start = "2025-01-01T00:00:00Z", end, ...fields } = change;
  const validFor = { start: new Date(start), ...(end === undefined ? {} : { end: new Date(end) }) };
  return { url, majorApiVersion: 1, operator: url, validFor, ...fields };
}

function configOf(logs: readonly Service[], selector: Selector = { kind: "ANY" }): SigningConfig {
  return {
    certificateAuthorities: [service("https://ca.example")],
    identityProviders: [],
    logs: { services: logs, selector: logs.length === 0 ? undefined : selector },
    timestampAuthorities: { services: [], selector: undefined },
  };
}

const chosen = (logs: readonly Service[], selector?: Selector) =>
  selectWitnesses(configOf(logs, selector), NOW).logs.map(({ url }) => url);
const codeOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing was thrown";
};

describe("selectWitnesses", () => {
  const [a, b, c] = [service("a"), service("b"), service("c")];

  it("takes one, all, or a number of them", () => {
    expect(chosen([a, b, c])).toEqual(["a"]);
    expect(chosen([a, b, c], { kind: "ALL" })).toEqual(["a", "b", "c"]);
    expect(chosen([a, b, c], { kind: "EXACT", count: 2 })).toEqual(["a", "b"]);
    expect(chosen([])).toEqual([]);
  });

  it("takes the one that began last first, and only one of an operator", () => {
    const newer = service("newer", { start: "2025-06-01T00:00:00Z", operator: "one" });
    const older = service("older", { operator: "one" });
    expect(chosen([older, newer])).toEqual(["newer"]);
    expect(chosen([older, newer, b], { kind: "ALL" })).toEqual(["newer", "b"]);
  });

  it("takes the highest API version that is spoken here, and only that", () => {
    const [two, three] = [service("two", { majorApiVersion: 2 }), service("three", { majorApiVersion: 3 })];
    const { logs } = selectWitnesses(configOf([a, two, three], { kind: "ALL" }), NOW);
    expect(logs).toEqual([{ url: "two", version: 2 }]);
  });

  it("counts both ends of its time to a service", () => {
    expect(chosen([service("a", { start: NOW.toISOString(), end: NOW.toISOString() })])).toEqual(["a"]);
  });

  it.each([
    ["has ended", service("x", { end: "2025-12-31T23:59:59.999Z" })],
    ["has not begun", service("x", { start: "2026-01-01T00:00:00.001Z" })],
    ["speaks another version", service("x", { majorApiVersion: 3 })],
    ["is not released", service("x", { majorApiVersion: 0 })],
  ])("throws CONFIG_INVALID when the only service %s", (_name, only) => {
    expect(codeOf(() => chosen([only]))).toBe("CONFIG_INVALID");
    expect(codeOf(() => chosen([only], { kind: "ALL" }))).toBe("CONFIG_INVALID");
  });

  it("throws CONFIG_INVALID when fewer operators are left than are wanted", () => {
    const twin = service("twin", { operator: "a" });
    expect(codeOf(() => chosen([a, twin], { kind: "EXACT", count: 2 }))).toBe("CONFIG_INVALID");
  });
});

describe("signingConfigWitnesses", () => {
  it("gives a witness for each log and timestamp authority, logs first", () => {
    const config = {
      ...configOf([service("a"), service("b")], { kind: "ALL" }),
      timestampAuthorities: { services: [service("t")], selector: { kind: "ANY" } },
    } as const;
    const witnesses = signingConfigWitnesses(config, { now: NOW });
    expect(witnesses.map((witness) => "checkKey" in witness)).toEqual([true, true, false]);
  });
});

describe("keylessParties", () => {
  const stamps = { services: [service("t")], selector: { kind: "ANY" } } as const;

  it.each([
    ["a v1 log", configOf([service("a")])],
    ["a timestamp authority", { ...configOf([]), timestampAuthorities: stamps }],
    ["both", { ...configOf([service("a", { majorApiVersion: 2 })]), timestampAuthorities: stamps }],
  ])("takes a config whose time is proven by %s", (_name, config) => {
    expect(keylessParties(config, identityProvider, { now: NOW }).witnesses.length).toBeGreaterThan(0);
  });

  it.each([
    ["no time at all", configOf([])],
    ["a v2 log alone, which knows no time", configOf([service("a", { majorApiVersion: 2 })])],
    ["no certificate authority", { ...configOf([service("a")]), certificateAuthorities: [] }],
    [
      "a certificate authority that has ended",
      { ...configOf([service("a")]), certificateAuthorities: [service("ca", { end: "2025-12-31T00:00:00Z" })] },
    ],
  ])("throws CONFIG_INVALID for %s", (_name, config) => {
    expect(codeOf(() => keylessParties(config, identityProvider, { now: NOW }))).toBe("CONFIG_INVALID");
  });
});
