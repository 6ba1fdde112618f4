import { describe, expect, it } from "@jest/globals";
import { readNewPassword, readPassword } from "../src/password.ts";
import { createTerminal } from "./support.ts";

function terminalWith(env: Record<string, string>, typed: readonly string[] | undefined) {
  const answers = [...(typed ?? [])];
  const terminal = createTerminal({ env });
  return typed === undefined
    ? terminal
    : {
        ...terminal,
        readSecrets: (prompts: readonly string[]) =>
          Promise.resolve(prompts.map(() => answers.shift() ?? "asked too often")),
      };
}

describe("readPassword", () => {
  it("returns COSIGN_PASSWORD, an empty one too, without asking", async () => {
    expect(await readPassword(terminalWith({ COSIGN_PASSWORD: "given" }, ["typed"]), "?")).toBe("given");
    expect(await readPassword(terminalWith({ COSIGN_PASSWORD: "" }, ["typed"]), "?")).toBe("");
  });

  it("returns what is typed, and throws KEY_INVALID where nobody can type", async () => {
    expect(await readPassword(terminalWith({}, ["typed"]), "?")).toBe("typed");
    await expect(readPassword(terminalWith({}, undefined), "?")).rejects.toMatchObject({ code: "KEY_INVALID" });
  });
});

describe("readNewPassword", () => {
  it("returns what is given, or typed twice", async () => {
    expect(await readNewPassword(terminalWith({ COSIGN_PASSWORD: "given" }, undefined))).toBe("given");
    expect(await readNewPassword(terminalWith({ COSIGN_PASSWORD: "" }, undefined))).toBe("");
    expect(await readNewPassword(terminalWith({}, ["typed", "typed"]))).toBe("typed");
  });

  it("throws KEY_INVALID when the two differ", async () => {
    await expect(readNewPassword(terminalWith({}, ["typed", "typo"]))).rejects.toMatchObject({ code: "KEY_INVALID" });
  });
});
