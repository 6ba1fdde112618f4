import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { BUNDLE, createCheckout, TAR } from "./cli-checkout.ts";
import type { Checkout } from "./cli-checkout.ts";

const NO_NETWORK = { NODE_OPTIONS: `--require=${join(import.meta.dirname, "../support/no-network.cjs")}` };
const TRUSTED = ["--bundle", BUNDLE, "--dev-authority"];

let checkout: Checkout;

beforeAll(async () => {
  checkout = await createCheckout();
});

afterAll(() => checkout.remove());

describe("policy-pack without a network", () => {
  it("is stopped by the test's trap when it connects", async () => {
    const address = "http://127.0.0.1:9/v1/policy/packs/policy-pack-v0";
    const { status } = await checkout.cli.run(["fetch", address, "--dev-authority"], { env: NO_NETWORK });
    expect(status).toBe(99);
  });

  it.each([
    ["verify", [TAR, ...TRUSTED]],
    ["eval", [TAR, "--entrypoint", "cos/abac/allow", ...TRUSTED]],
    ["inspect", [TAR]],
    ["build", []],
    ["sign", ["--dev-authority"]],
    ["trusted-root", ["show"]],
    ["trusted-root", ["check", ".policy-pack/dev-authority/trusted_root.json"]],
    ["doctor", []],
  ])("%s opens no socket", async (verb, args) => {
    const { status, stderr } = await checkout.cli.run([verb, ...args], { env: NO_NETWORK });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining("network") });
  });
});
