import { readPackUnsafe } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import { describe, expect, it } from "@jest/globals";
import { explain } from "../../src/evaluation/explanation.ts";
import { openPolicy } from "../../src/evaluation/policy.ts";
import { createTerminal, withFolder } from "../support.ts";

describe("explain", () => {
  it("[needs opa] throws TOOL_MISSING where OPA is not installed", async () => {
    await withFolder(async (cwd) => {
      const { tar } = await compilePack({
        "opa/a.rego": "package a\n\n# METADATA\n# entrypoint: true\nb := 1\n",
        "README.md": "# A\n",
      });
      const terminal = createTerminal({ cwd, env: { PATH: cwd } });
      const policy = await openPolicy(terminal, readPackUnsafe(tar), {});
      const asked = { policy, entrypoint: "a/b", input: undefined, options: {}, answer: { text: "1" }, json: false };
      await expect(explain(terminal, asked)).rejects.toMatchObject({ code: "TOOL_MISSING", exitCode: 2 });
    });
  });
});
