import { describe, expect, it } from "@jest/globals";
import { SIMULATION_TIME_NS } from "@policy-pack/simulate";
import { parityTime } from "../../src/parity/parity-time.ts";

const now = (): number => 1_800_000_000_000;

describe("parityTime", () => {
  it("when nothing asks whether something is valid now returns the fixed time", () => {
    expect(parityTime(["time.now_ns", "io.jwt.verify_hs256"], now)).toBe(SIMULATION_TIME_NS);
  });

  it.each([
    "crypto.x509.parse_and_verify_certificates",
    "crypto.x509.parse_and_verify_certificates_with_options",
    "io.jwt.decode_verify",
  ])("when the module calls %s returns the machine's time, which OPA takes", (name) => {
    expect(parityTime(["sprintf", name], now)).toBe(1_800_000_000_000_000_000n);
  });
});
