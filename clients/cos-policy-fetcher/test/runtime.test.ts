import { describe, expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { ConfigError } from "@policy-pack/pack";
import { checkNode, NODE_RANGE, nodeFits } from "../src/runtime.ts";

describe("NODE_RANGE", () => {
  it("is what package.json says", async () => {
    const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
    expect(JSON.parse(text)).toMatchObject({ engines: { node: NODE_RANGE } });
  });
});

describe("nodeFits", () => {
  it.each(["22.22.2", "22.23.0", "24.15.0", "24.99.1", "26.0.0", "27.1.0", "100.0.0"])("returns true for %s", (it) => {
    expect(nodeFits(it)).toBe(true);
  });

  it.each(["18.20.8", "20.20.2", "22.22.1", "22.9.9", "23.11.0", "24.14.9", "25.9.0", "", "v24.15.0", "24"])(
    "returns false for '%s'",
    (it) => {
      expect(nodeFits(it)).toBe(false);
    },
  );
});

describe("checkNode", () => {
  it("throws on a Node that does not fit", () => {
    expect(() => {
      checkNode("20.20.2");
    }).toThrow(ConfigError);
    expect(() => {
      checkNode("24.15.0");
    }).not.toThrow();
  });
});
