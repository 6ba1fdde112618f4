import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCheckout, TAR } from "../e2e/cli-checkout.ts";
import type { Checkout } from "../e2e/cli-checkout.ts";

const SCRIPT = join(import.meta.dirname, "../../scripts/bytes/main.ts");
const PACK_DIR = "contracts/policy-pack/v0";
const RULES = `${PACK_DIR}/opa/cos/abac/abac.rego`;

let checkout: Checkout;

beforeAll(async () => {
  checkout = await createCheckout();
});
afterAll(() => checkout.remove());

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const options = { cwd: checkout.at(""), encoding: "utf8" } as const;
  return spawnSync(process.execPath, ["--disable-warning=ExperimentalWarning", SCRIPT, ...args], options);
}

describe("scripts/bytes/main.ts", () => {
  it("packs the source anew into the tar and the OPA bundle that the manifest states", () => {
    const { status, stdout, stderr } = run(PACK_DIR, TAR);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`${checkout.digest}  pack tar\n`);
    expect(stdout).toContain("the same bytes as everywhere\n");
  });

  it("needs no built tar for the samples and the source", () => {
    expect(run()).toMatchObject({ status: 0, stderr: "" });
  });

  it("names a file that is not read as the manifest states it, and the artifacts that it changes", async () => {
    const text = await readFile(checkout.at(RULES));
    await appendFile(checkout.at(RULES), "\r\n");
    const { status, stderr } = run(PACK_DIR, TAR);
    await writeFile(checkout.at(RULES), text);
    expect(status).toBe(1);
    expect(stderr.match(/(?<=expected: ).+/g)).toEqual(["opa/cos/abac/abac.rego", "pack tar", "pack bundle"]);
  });

  it("names a file that only one side has", async () => {
    await writeFile(checkout.at(`${PACK_DIR}/signing/extra.md`), "x");
    const { status, stderr } = run();
    await rm(checkout.at(`${PACK_DIR}/signing/extra.md`));
    expect([status, stderr]).toEqual([1, "not the bytes that are expected: signing/extra.md\n"]);
  });

  it("fails on a tar that is no pack", () => {
    expect(run(PACK_DIR, `${PACK_DIR}/manifest.json`).status).not.toBe(0);
  });
});
