import { describe, expect, it } from "@jest/globals";
import { displayPath, packOfSource, packOfTar } from "../src/locate.ts";
import { createTerminal } from "./support.ts";

const terminal = createTerminal({ cwd: "/co" });

describe("packOfSource", () => {
  it.each(["contracts/access/v1", "./contracts/access/v1/", "/co/contracts/access/v1"])(
    "finds the pack of %s",
    (dir) => {
      const pack = packOfSource(terminal, dir);
      expect(pack?.packId).toBe("access-v1");
      expect(pack?.paths.tar).toBe("/co/dist/access/v1/access-v1.tar");
    },
  );

  it.each(["access/v1", "contracts/access", "contracts/Access/v1", "contracts/access/1", "/"])(
    "knows no pack of %s",
    (dir) => {
      expect(packOfSource(terminal, dir)).toBeUndefined();
    },
  );
});

describe("packOfTar", () => {
  it("finds the pack of its tar", () => {
    const pack = packOfTar(terminal, "dist/access/v1/access-v1.tar");
    expect(pack?.paths.bundle).toBe("/co/contracts/access/v1/signing/cosign.bundle.json");
  });

  it.each(["dist/access/v1/other-v1.tar", "dist/access/v1/access-v1.bundle.tar.gz", "out/access/v1/access-v1.tar"])(
    "knows no pack of %s",
    (tar) => {
      expect(packOfTar(terminal, tar)).toBeUndefined();
    },
  );
});

describe("displayPath", () => {
  it.each([
    ["/co/dist/a.tar", "dist/a.tar"],
    ["/elsewhere/a.tar", "/elsewhere/a.tar"],
    ["/co", "/co"],
  ])("returns %s as people would type it", (path, text) => {
    expect(displayPath(terminal, path)).toBe(text);
  });
});
