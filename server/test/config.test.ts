import { describe, expect, it } from "@jest/globals";
import { resolve } from "node:path";
import { readConfig } from "../src/config.ts";

describe("readConfig", () => {
  describe("when nothing is set", () => {
    it("returns loopback, no inline bundle and no building", () => {
      expect(readConfig({})).toEqual({
        root: process.cwd(),
        inlineBundle: false,
        buildCommand: undefined,
        host: "127.0.0.1",
        port: 8080,
        logLevel: "info",
        promotionFile: undefined,
        isProduction: false,
      });
    });

    it("returns the same for empty values", () => {
      expect(readConfig({ HOST: "", PORT: "", MC_INLINE_BUNDLE: "", MC_PACK_ROOT: "" })).toEqual(readConfig({}));
    });
  });

  describe("when building is asked for", () => {
    it("returns the command outside production", () => {
      expect(readConfig({ MC_DEV_AUTO_BUILD_PACK: "true", NODE_ENV: "development" }).buildCommand).toBeDefined();
    });

    it.each(["production", "Production", "production "])("returns none in %j", (mode) => {
      expect(readConfig({ MC_DEV_AUTO_BUILD_PACK: "true", NODE_ENV: mode }).buildCommand).toBeUndefined();
    });

    it("returns none unless it is asked for", () => {
      expect(readConfig({ NODE_ENV: "development" }).buildCommand).toBeUndefined();
    });
  });

  describe("when a value is not one of its variable's", () => {
    it.each([
      ["MC_INLINE_BUNDLE", "1"],
      ["MC_DEV_AUTO_BUILD_PACK", "yes"],
      ["PORT", "65536"],
      ["PORT", "-1"],
      ["PORT", "80a"],
      ["MC_LOG_LEVEL", "loud"],
    ])("throws CONFIG_INVALID for %s=%s", (name, value) => {
      expect(() => readConfig({ [name]: value })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    });
  });

  it("returns where the promotion configuration is, from the working directory, and whether this is production", () => {
    expect(readConfig({ MC_PROMOTION_CONFIG: "promotion.json", NODE_ENV: "production" })).toMatchObject({
      promotionFile: resolve("promotion.json"),
      isProduction: true,
    });
    expect(readConfig({ MC_PROMOTION_CONFIG: "" }).promotionFile).toBeUndefined();
  });

  it("returns the port that the system is to choose", () => {
    expect(readConfig({ PORT: "0" }).port).toBe(0);
  });
});
