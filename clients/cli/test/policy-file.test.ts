import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { readPolicyFile } from "../src/policy-file.ts";
import { createTerminal, withFolder } from "./support.ts";

async function read(cwd: string, policy: unknown): Promise<unknown> {
  await mkdir(join(cwd, "trust", "roots"), { recursive: true });
  await writeFile(join(cwd, "trust", "policy.json"), typeof policy === "string" ? policy : JSON.stringify(policy));
  return readPolicyFile(createTerminal({ cwd }), "trust/policy.json");
}

describe("readPolicyFile", () => {
  it("returns the document, with the roots that it names by file in place", () =>
    withFolder(async (cwd) => {
      await mkdir(join(cwd, "trust", "roots"), { recursive: true });
      await writeFile(join(cwd, "trust", "roots", "a.json"), '{"mediaType":"x"}');
      await writeFile(join(cwd, "b.json"), '{"mediaType":"y"}');
      const trustedRoots = { a: { file: "roots/a.json" }, b: { file: "../b.json" }, c: { mediaType: "z" } };
      expect(await read(cwd, { signers: [], trustedRoots })).toEqual({
        signers: [],
        trustedRoots: { a: { mediaType: "x" }, b: { mediaType: "y" }, c: { mediaType: "z" } },
      });
      expect(await read(cwd, { signers: [] })).toEqual({ signers: [] });
      expect(await read(cwd, { trustedRoots: 1 })).toEqual({ trustedRoots: 1 });
    }));

  it.each<[string, unknown, string]>([
    ["what is no JSON", "{", "CONFIG_INVALID"],
    ["what is no object", [], "CONFIG_INVALID"],
    ["a key given twice", '{"threshold":2,"threshold":1}', "CONFIG_INVALID"],
    ["too much", " ".repeat(300_000), "LIMIT_EXCEEDED"],
    ["a root's file that is absent", { trustedRoots: { a: { file: "absent.json" } } }, "CONFIG_INVALID"],
    ["a root's file by an absolute path", { trustedRoots: { a: { file: "/dev/null" } } }, "CONFIG_INVALID"],
    ["a root's file by no path", { trustedRoots: { a: { file: "" } } }, "CONFIG_INVALID"],
    ["a root's file by a number", { trustedRoots: { a: { file: 1 } } }, "CONFIG_INVALID"],
    ["a root's file and more", { trustedRoots: { a: { file: "policy.json", mediaType: "x" } } }, "CONFIG_INVALID"],
    ["a root's file that is no JSON", { trustedRoots: { a: { file: "../text" } } }, "TRUSTED_ROOT_INVALID"],
  ])("throws for %s", (_name, policy, code) =>
    withFolder(async (cwd) => {
      await writeFile(join(cwd, "text"), "text");
      await expect(read(cwd, policy)).rejects.toMatchObject({ code });
    }),
  );

  it("throws CONFIG_INVALID for a policy that is not there", async () => {
    await expect(readPolicyFile(createTerminal(), "/nonexistent")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});
